//! Dead letters, messages that failed for good: for an operator to look at, to try again or to drop.

use aws_sdk_sqs::{
    Client,
    error::{DisplayErrorContext, SdkError},
    types::{Message, MessageSystemAttributeName, QueueAttributeName},
};
use domain::{Error, ErrorKind, Result, Timestamp};
use futures::FutureExt;
use serde::Deserialize;

/// Messages that are taken at once; SQS gives no more.
const BATCH: i32 = 10;
/// Looked at, a message is out of sight for this long, unless it is put back sooner.
const LOOK_SECONDS: i32 = 60;
/// How often a queue that says nothing is asked again: SQS may find none though there are some.
const EMPTY: usize = 3;

/// A queue of messages that failed for good.
#[derive(Debug, Clone)]
pub struct DeadLetters {
    client: Client,
    /// Where they came from, if they can go back there.
    source: Option<String>,
    url: String,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// SQS' id.
    pub id: String,
    /// When it was sent, if SQS says so.
    pub sent_at: Option<Timestamp>,
    /// Why it was put aside, where whoever did it knew.
    pub reason: Option<String>,
    /// The job.
    pub body: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RedrivePolicy {
    dead_letter_target_arn: String,
}

impl DeadLetters {
    /// Those of the queue at `source`, wherever its redrive policy sends them.
    pub async fn of(client: Client, source: &str) -> Result<Self> {
        let asked = client
            .get_queue_attributes()
            .queue_url(source)
            .attribute_names(QueueAttributeName::RedrivePolicy)
            .send()
            .boxed();
        let answer = asked.await.map_err(internal)?;
        let policy = answer.attributes().and_then(|a| a.get(&QueueAttributeName::RedrivePolicy));
        let policy = policy.ok_or_else(|| Error::internal("a queue without a redrive policy"))?;
        let policy: RedrivePolicy = serde_json::from_str(policy).map_err(Error::internal)?;
        let name = policy.dead_letter_target_arn.rsplit(':').next().unwrap_or_default();
        let found = client.get_queue_url().queue_name(name).send().boxed();
        let url = found.await.map_err(internal)?.queue_url.unwrap_or_default();
        Ok(Self { client, source: Some(source.to_owned()), url })
    }

    /// A queue that nothing goes back from.
    pub fn at(client: Client, url: &str) -> Self {
        Self { client, source: None, url: url.to_owned() }
    }

    /// About how many there are.
    pub async fn count(&self) -> Result<u64> {
        let asked = self
            .client
            .get_queue_attributes()
            .queue_url(&self.url)
            .attribute_names(QueueAttributeName::ApproximateNumberOfMessages)
            .send()
            .boxed();
        let answer = asked.await.map_err(internal)?;
        let count = answer
            .attributes()
            .and_then(|a| a.get(&QueueAttributeName::ApproximateNumberOfMessages));
        Ok(count.and_then(|count| count.parse().ok()).unwrap_or(0))
    }

    /// Up to `most` of them; they stay.
    pub async fn look(&self, most: usize) -> Result<Vec<DeadLetter>> {
        let mut letters = Vec::new();
        let mut empty = 0;
        let mut taken = Vec::new();
        while letters.len() < most && empty < EMPTY {
            let messages = self.receive(most - letters.len()).await?;
            empty = if messages.is_empty() { empty + 1 } else { 0 };
            letters.extend(messages.iter().map(letter));
            taken.extend(messages);
        }
        for message in taken {
            let back = self
                .client
                .change_message_visibility()
                .queue_url(&self.url)
                .receipt_handle(message.receipt_handle.unwrap_or_default())
                .visibility_timeout(0)
                .send()
                .boxed();
            back.await.map_err(internal)?;
        }
        Ok(letters)
    }

    /// Sends up to `most` of them back to where they came from; how many. Each is sent before it
    /// is deleted here: cut short in between it is there twice, and jobs are idempotent.
    pub async fn replay(&self, most: usize) -> Result<usize> {
        let source = self.source.as_ref().ok_or_else(|| {
            let message = "nothing goes back from here; derive the events again instead";
            Error::new(ErrorKind::Conflict, message)
        })?;
        self.take(most, Some(source)).await
    }

    /// Deletes up to `most` of them; how many.
    pub async fn drop_letters(&self, most: usize) -> Result<usize> {
        self.take(most, None).await
    }

    /// Not more than were there when it began: what fails again at once is not tried for ever.
    async fn take(&self, most: usize, to: Option<&String>) -> Result<usize> {
        let there = usize::try_from(self.count().await?).unwrap_or(usize::MAX);
        let most = most.min(there);
        let (mut done, mut empty) = (0, 0);
        while done < most && empty < EMPTY {
            let messages = self.receive(most - done).await?;
            empty = if messages.is_empty() { empty + 1 } else { 0 };
            for message in messages {
                if let Some(queue) = to {
                    let body = message.body.unwrap_or_default();
                    let sent = self.client.send_message().queue_url(queue).message_body(body);
                    sent.send().boxed().await.map_err(internal)?;
                }
                let handle = message.receipt_handle.unwrap_or_default();
                let gone = self.client.delete_message().queue_url(&self.url).receipt_handle(handle);
                gone.send().boxed().await.map_err(internal)?;
                done += 1;
            }
        }
        Ok(done)
    }

    async fn receive(&self, most: usize) -> Result<Vec<Message>> {
        let received = self
            .client
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(i32::try_from(most).unwrap_or(BATCH).clamp(1, BATCH))
            .visibility_timeout(LOOK_SECONDS)
            .wait_time_seconds(1)
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .message_attribute_names("All")
            .send()
            .boxed();
        Ok(received.await.map_err(internal)?.messages.unwrap_or_default())
    }
}

fn letter(message: &Message) -> DeadLetter {
    let sent = message
        .attributes()
        .and_then(|all| all.get(&MessageSystemAttributeName::SentTimestamp))
        .and_then(|millis| millis.parse().ok());
    let reason = message.message_attributes().and_then(|all| all.get("reason"));
    DeadLetter {
        id: message.message_id().unwrap_or_default().to_owned(),
        sent_at: sent.map(Timestamp::from_millis),
        reason: reason.and_then(|reason| reason.string_value()).map(str::to_owned),
        body: message.body().unwrap_or_default().to_owned(),
    }
}

fn internal<E, R>(error: SdkError<E, R>) -> Error
where
    E: std::error::Error + Send + Sync + 'static,
    R: std::fmt::Debug + Send + Sync + 'static,
{
    Error::internal(DisplayErrorContext(error).to_string())
}
