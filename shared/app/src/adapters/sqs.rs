//! Jobs on queues: what they say, and the adapter that sends them. Every message has a version,
//! and every job is idempotent by the ids in it.

use std::time::Duration;

use aws_sdk_sqs::{
    Client,
    error::DisplayErrorContext,
    types::{MessageAttributeValue, SendMessageBatchRequestEntry},
};
use domain::{
    ChatbotId, ConversationId, Delivery, DeliveryId, Error, EventId, JobId, Result, Scope,
    SourceId, Timestamp, WebhookId, WorkspaceId, source::Page,
};
use futures::FutureExt;
use serde::{Deserialize, Serialize};
use store::{DeliveryRef, PurgeTarget};

/// SQS holds a message back for a quarter of an hour at the most.
pub const LONGEST_DELAY: Duration = Duration::from_secs(15 * 60);

/// The version of every message here.
pub const VERSION: u8 = 1;

/// Crawl one page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CrawlPage {
    /// [`VERSION`].
    pub v: u8,
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// The chatbot that reads the source.
    pub chatbot_id: ChatbotId,
    /// The source.
    pub source_id: SourceId,
    /// Its crawl.
    pub job: JobId,
    /// The page's address.
    pub url: String,
    /// When its turn comes at a host that wants pages to be apart, once that is settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<Timestamp>,
}

/// Make one attempt at a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deliver {
    /// [`VERSION`].
    pub v: u8,
    /// Whose events the subscription wants: `chatbotId` or `workspaceId`.
    #[serde(flatten)]
    pub scope: Scope,
    /// The subscription.
    pub webhook_id: WebhookId,
    /// When the event happened, in milliseconds.
    pub created_at: Timestamp,
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// Attempts made before this one.
    pub attempt: usize,
    /// How often this one was put off, since its endpoint was busy or held back.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub put_off: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// A job that a queue holds.
pub trait Job: Serialize {
    /// Whose job it is. SQS lets those of one that has many wait, rather than those of all others.
    fn group(&self) -> Option<String> {
        None
    }
}

impl Job for CrawlPage {
    fn group(&self) -> Option<String> {
        Some(self.workspace_id.to_string())
    }
}

impl Job for Deliver {
    fn group(&self) -> Option<String> {
        Some(match self.scope {
            Scope::Chatbot(id) => id.to_string(),
            Scope::Workspace(id) => id.to_string(),
        })
    }
}

impl Job for Purge {}

/// A message such as somebody outside sends.
impl Job for serde_json::Value {}

impl Job for Mail {
    fn group(&self) -> Option<String> {
        Some(self.workspace_id.to_string())
    }
}

impl CrawlPage {
    /// Crawl `page`.
    pub fn of(page: &Page) -> Self {
        Self {
            v: VERSION,
            workspace_id: page.workspace_id,
            chatbot_id: page.chatbot_id,
            source_id: page.source_id,
            job: page.job,
            url: page.url.clone(),
            turn: None,
        }
    }
}

impl Deliver {
    /// The next attempt at `delivery`.
    pub fn next(delivery: &Delivery) -> Self {
        Self {
            v: VERSION,
            scope: delivery.scope,
            webhook_id: delivery.webhook_id,
            created_at: delivery.created_at,
            delivery_id: delivery.id,
            attempt: delivery.attempts.len(),
            put_off: 0,
        }
    }

    /// Where the delivery is stored.
    pub fn delivery(&self) -> DeliveryRef {
        DeliveryRef {
            webhook_id: self.webhook_id,
            created_at: self.created_at,
            id: self.delivery_id,
        }
    }
}

/// Clear away what hung on something that was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Purge {
    /// [`VERSION`].
    pub v: u8,
    /// What is to be cleared away.
    pub target: PurgeTarget,
}

/// Mail the owner of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Mail {
    /// [`VERSION`].
    pub v: u8,
    /// The event that the mail is about; there is one mail for it.
    pub event_id: EventId,
    /// When it happened, in milliseconds.
    pub at: Timestamp,
    /// The tenant, whose owner is told.
    pub workspace_id: WorkspaceId,
    /// The chatbot, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chatbot_id: Option<ChatbotId>,
    /// What happened.
    pub about: MailAbout,
}

/// What an owner is told of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum MailAbout {
    /// A visitor asked for a person.
    HandoffRequested {
        /// The conversation that was handed over.
        conversation_id: ConversationId,
    },
    /// The platform switched a webhook off.
    WebhookDisabled {
        /// The webhook.
        webhook_id: WebhookId,
    },
}

/// One SQS queue.
#[derive(Debug, Clone)]
pub struct Queue {
    client: Client,
    url: String,
}

impl Queue {
    /// The queue at `url`.
    pub fn new(client: Client, url: impl Into<String>) -> Self {
        Self { client, url: url.into() }
    }

    /// Sends one message, to be seen after `delay`.
    pub async fn send(&self, message: &impl Job, delay: Duration) -> Result<()> {
        let delay = i32::try_from(delay.min(LONGEST_DELAY).as_secs()).unwrap_or(0);
        let request = self
            .client
            .send_message()
            .queue_url(&self.url)
            .message_body(serde_json::to_string(message).map_err(Error::internal)?)
            .set_delay_seconds((delay > 0).then_some(delay))
            .set_message_group_id(message.group());
        // On the heap, since the client's futures nest too deep for the compiler.
        let sent = request.send().boxed();
        sent.await.map_err(|e| Error::internal(DisplayErrorContext(e).to_string()))?;
        Ok(())
    }

    /// Puts a message that can't be worked on aside, as it came, with the reason as an attribute.
    pub async fn put_aside(&self, body: &str, reason: &str) -> Result<()> {
        let reason = MessageAttributeValue::builder().data_type("String").string_value(reason);
        let request = self
            .client
            .send_message()
            .queue_url(&self.url)
            // An empty body is none that SQS takes.
            .message_body(if body.is_empty() { "(empty)" } else { body })
            .message_attributes("reason", reason.build().map_err(Error::internal)?);
        let sent = request.send().boxed();
        sent.await.map_err(|e| Error::internal(DisplayErrorContext(e).to_string()))?;
        Ok(())
    }

    /// Sends all `messages`, ten at a time. Fails if any was not taken; sending all again is
    /// harmless, since jobs are idempotent.
    pub async fn send_all<M: Job>(&self, messages: &[M]) -> Result<()> {
        for chunk in messages.chunks(10) {
            let mut entries = Vec::with_capacity(chunk.len());
            for (at, message) in chunk.iter().enumerate() {
                let body = serde_json::to_string(message).map_err(Error::internal)?;
                let entry = SendMessageBatchRequestEntry::builder().id(at.to_string());
                let entry = entry.message_body(body).set_message_group_id(message.group());
                entries.push(entry.build().map_err(Error::internal)?);
            }
            let request =
                self.client.send_message_batch().queue_url(&self.url).set_entries(Some(entries));
            let sent = request.send().boxed();
            let sent =
                sent.await.map_err(|e| Error::internal(DisplayErrorContext(e).to_string()))?;
            if !sent.failed().is_empty() {
                let count = sent.failed().len();
                return Err(Error::internal(format!("{count} messages were not taken")));
            }
        }
        Ok(())
    }
}
