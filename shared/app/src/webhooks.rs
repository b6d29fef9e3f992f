//! Webhook subscriptions: made, listed, tested, deleted.

use std::time::Duration;

use domain::{
    Attempt, Chatbot, ChatbotId, Delivery, DeliveryId, DeliveryStatus, Dialect, Error, ErrorKind,
    EventId, Result, Timestamp, Webhook, WebhookId, WebhookStatus, bounds, webhook::MAX_WEBHOOKS,
};
use outbound::{Client, Policy};
use url::Url;

use crate::{
    Core,
    delivering::{Headers, attempt},
    fan_out::Message,
    random,
    seal::Sealer,
};

/// A name is looked up for this long when a webhook is saved; one that does not resolve then is
/// looked at again with every delivery.
const LOOK_UP: Duration = Duration::from_secs(3);

/// Webhooks: what the `webhooks` function needs beyond [`Core`].
#[derive(Debug, Clone)]
pub struct Webhooks {
    core: Core,
    client: Client,
    sealer: Sealer,
}

/// A subscription to make, its bounds checked.
#[derive(Debug, Clone)]
pub struct NewWebhook {
    url: Url,
    events: Vec<String>,
    description: String,
}

impl NewWebhook {
    /// Checks the bounds: an https address (http only in the local run), at least one of `known`
    /// events, each once.
    pub fn new(
        url: Option<&str>,
        events: Option<Vec<String>>,
        description: Option<&str>,
        known: &[&str],
        policy: Policy,
    ) -> Result<Self> {
        let url = bounds::web_url("url", bounds::required("url", url)?)?;
        if url.scheme() != "https" && policy == Policy::Public {
            return Err(Error::field("url", "must begin with https://"));
        }
        if let Some(why) = policy.refuses(&url) {
            return Err(Error::field("url", why));
        }
        let mut events = bounds::required("events", events)?;
        if events.is_empty() {
            return Err(Error::field("events", "must name at least one event"));
        }
        if let Some(at) = events.iter().position(|event| !known.contains(&event.as_str())) {
            let message = format!("must be one of {}", known.join(", "));
            return Err(Error::field(format!("events[{at}]"), message));
        }
        events.sort_unstable_by_key(|event| known.iter().position(|known| known == event));
        events.dedup();
        let description =
            bounds::text("description", description.unwrap_or_default(), bounds::NOTE)?;
        Ok(Self { url, events, description })
    }
}

impl Webhooks {
    /// Webhooks over `core`.
    pub fn new(core: Core, client: Client, sealer: Sealer) -> Self {
        Self { core, client, sealer }
    }

    /// What it is over.
    pub fn core(&self) -> &Core {
        &self.core
    }

    /// Which addresses are taken.
    pub fn policy(&self) -> Policy {
        self.client.policy()
    }

    /// Makes a subscription of `dialect` to the events of `chatbot`. The secret is shown once.
    pub async fn create(
        &self,
        chatbot: &Chatbot,
        dialect: Dialect,
        new: NewWebhook,
    ) -> Result<(Webhook, String)> {
        let NewWebhook { url, events, description } = new;
        self.refuse_private(&url).await?;
        if self.core.store.webhooks(chatbot.id).await?.len() >= MAX_WEBHOOKS {
            let message = format!("a chatbot can have at most {MAX_WEBHOOKS} webhooks");
            return Err(Error::new(ErrorKind::Conflict, message));
        }
        let id = WebhookId::new();
        let secret = format!("whsec_{}", random::hex_digits(64)?);
        let webhook = Webhook {
            id,
            workspace_id: chatbot.workspace_id,
            chatbot_id: chatbot.id,
            dialect,
            url: url.into(),
            events,
            description,
            sealed_secret: self.sealer.seal(&id.to_string(), &secret)?,
            status: WebhookStatus::Active,
            created_at: Timestamp::now(),
        };
        match self.core.store.put_webhook(&webhook).await? {
            true => Ok((webhook, secret)),
            false => Err(Error::not_found("chatbot")),
        }
    }

    /// A name that resolves to an address that would be refused at connect time is refused now,
    /// when its owner is there to read why.
    async fn refuse_private(&self, url: &Url) -> Result<()> {
        let Some(url::Host::Domain(name)) = url.host() else { return Ok(()) };
        let port = url.port_or_known_default().unwrap_or(443);
        let found = tokio::time::timeout(LOOK_UP, tokio::net::lookup_host((name, port))).await;
        let Ok(Ok(mut addresses)) = found else { return Ok(()) };
        if addresses.any(|address| !self.policy().allows(address.ip())) {
            return Err(Error::field("url", "resolves to a loopback, private or reserved address"));
        }
        Ok(())
    }

    /// The subscriptions to a chatbot's events that were made in `dialect`, newest first.
    pub async fn list(&self, chatbot: ChatbotId, dialect: Dialect) -> Result<Vec<Webhook>> {
        let mut webhooks = self.core.store.webhooks(chatbot).await?;
        webhooks.retain(|webhook| webhook.dialect == dialect);
        Ok(webhooks)
    }

    /// A subscription made in `dialect`.
    pub async fn get(
        &self,
        chatbot: ChatbotId,
        id: WebhookId,
        dialect: Dialect,
    ) -> Result<Webhook> {
        let webhook = self.core.store.webhook(chatbot, id, true).await?;
        webhook
            .filter(|webhook| webhook.dialect == dialect)
            .ok_or_else(|| Error::not_found("webhook"))
    }

    /// Deletes a subscription; its deliveries follow behind the stream.
    pub async fn delete(&self, chatbot: ChatbotId, id: WebhookId, dialect: Dialect) -> Result<()> {
        self.get(chatbot, id, dialect).await?;
        match self.core.store.delete_webhook(chatbot, id).await? {
            true => Ok(()),
            false => Err(Error::not_found("webhook")),
        }
    }

    /// Sends `message` to a subscription now and waits for what comes of it. The attempt is
    /// logged like any other; it is not repeated.
    pub async fn test(
        &self,
        webhook: &Webhook,
        message: Message,
        headers: Headers,
    ) -> Result<(DeliveryId, Attempt)> {
        let mut delivery = Delivery {
            id: DeliveryId::new(),
            webhook_id: webhook.id,
            chatbot_id: webhook.chatbot_id,
            event_id: EventId::new(),
            event: message.event,
            body: message.body,
            status: DeliveryStatus::Pending,
            attempts: Vec::new(),
            next_attempt_at: None,
            created_at: Timestamp::now(),
        };
        let secret = self.sealer.open(&webhook.id.to_string(), &webhook.sealed_secret)?;
        let headers = headers(webhook, &delivery, &secret);
        let (attempt, _) =
            attempt(&self.client, &webhook.url, &headers, delivery.body.clone()).await;
        delivery.status = match attempt.succeeded() {
            true => DeliveryStatus::Delivered,
            false => DeliveryStatus::Failed,
        };
        delivery.attempts.push(attempt.clone());
        self.core.store.put_delivery(&delivery).await?;
        Ok((delivery.id, attempt))
    }
}
