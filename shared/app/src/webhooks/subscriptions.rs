//! Webhook subscriptions: made, listed, tested, deleted.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{
    Attempt, ChatbotId, Delivery, DeliveryId, DeliveryStatus, Dialect, Error, ErrorKind, EventId,
    Page, Result, Scope, Timestamp, Webhook, WebhookFilter, WebhookId, WebhookPatch, WebhookStatus,
    WorkspaceId, bounds, webhook::most,
};
use store::PutWebhook;
use url::Url;

use crate::{
    Core,
    adapters::random,
    adapters::seal::Sealer,
    events::router::Message,
    webhooks::deliver::{Headers, secrets},
    webhooks::transport::{Sender, Targets},
};

/// A name is looked up for this long when a webhook is saved; one that does not resolve then is
/// looked at again with every delivery.
const LOOK_UP: Duration = Duration::from_secs(3);

/// Webhooks: what the `webhooks` function needs beyond [`Core`].
#[derive(Debug, Clone)]
pub struct Webhooks {
    pub(crate) core: Core,
    sender: Sender,
    pub(crate) sealer: Sealer,
}

/// A subscription to make, its bounds checked.
#[derive(Debug, Clone)]
pub struct NewWebhook {
    url: Url,
    events: Vec<String>,
    description: String,
}

impl NewWebhook {
    /// Checks the bounds: an https address (http only in the local run) or one of the deployer's
    /// queues, at least one of `known` events, each once.
    pub fn new(
        url: Option<&str>,
        events: Option<Vec<String>>,
        description: Option<&str>,
        known: &[&str],
        targets: &Targets,
    ) -> Result<Self> {
        Ok(Self {
            url: targets.check(bounds::required("url", url)?)?,
            events: wanted(bounds::required("events", events)?, known)?,
            description: note(description.unwrap_or_default())?,
        })
    }
}

/// What may change of a subscription, its bounds checked.
#[derive(Debug, Clone, Default)]
pub struct ChangedWebhook {
    url: Option<Url>,
    events: Option<Vec<String>>,
    description: Option<String>,
    status: Option<WebhookStatus>,
}

impl ChangedWebhook {
    /// Checks the same bounds as [`NewWebhook::new`] for what is given.
    pub fn new(
        url: Option<&str>,
        events: Option<Vec<String>>,
        description: Option<&str>,
        status: Option<WebhookStatus>,
        known: &[&str],
        targets: &Targets,
    ) -> Result<Self> {
        Ok(Self {
            url: url.map(|url| targets.check(url)).transpose()?,
            events: events.map(|events| wanted(events, known)).transpose()?,
            description: description.map(note).transpose()?,
            status,
        })
    }
}

fn wanted(mut events: Vec<String>, known: &[&str]) -> Result<Vec<String>> {
    if events.is_empty() {
        return Err(Error::field("events", "must name at least one event"));
    }
    if let Some(at) = events.iter().position(|event| !known.contains(&event.as_str())) {
        let message = format!("must be one of {}", known.join(", "));
        return Err(Error::field(format!("events[{at}]"), message));
    }
    events.sort_unstable_by_key(|event| known.iter().position(|known| known == event));
    events.dedup();
    Ok(events)
}

fn note(text: &str) -> Result<String> {
    bounds::text("description", text, bounds::NOTE)
}

/// A fresh signing secret in the form that `dialect` gives it.
pub(crate) fn mint(dialect: Dialect) -> Result<String> {
    Ok(match dialect {
        Dialect::Conferbot => random::hex_digits(64)?,
        Dialect::Botplot | Dialect::Openbat | Dialect::Helpbot => {
            format!("whsec_{}", random::hex_digits(64)?)
        }
        // As Standard Webhooks has it: what stands after the prefix is the key in base64.
        Dialect::ChatbotPlatform => format!("whsec_{}", STANDARD.encode(random::bytes::<32>()?)),
    })
}

/// Why there can be no more webhooks of `dialect`. HelpBot documents 403.
fn full(dialect: Dialect) -> Error {
    let (kind, whose) = match dialect {
        Dialect::Botplot | Dialect::Openbat | Dialect::Conferbot => {
            (ErrorKind::Conflict, "chatbot")
        }
        Dialect::ChatbotPlatform => (ErrorKind::Conflict, "workspace"),
        Dialect::Helpbot => (ErrorKind::Forbidden, "site"),
    };
    Error::new(kind, format!("a {whose} can have at most {} webhooks", most(dialect)))
}

impl Webhooks {
    /// Webhooks over `core`.
    pub fn new(core: Core, sender: Sender, sealer: Sealer) -> Self {
        Self { core, sender, sealer }
    }

    /// What it is over.
    pub fn core(&self) -> &Core {
        &self.core
    }

    /// Which addresses are taken.
    pub fn targets(&self) -> &Targets {
        self.sender.targets()
    }

    /// Makes a subscription of `dialect` to the events of a chatbot of `workspace`, or of all of
    /// them. The secret is shown once.
    pub async fn create(
        &self,
        workspace: WorkspaceId,
        chatbot: Option<ChatbotId>,
        dialect: Dialect,
        new: NewWebhook,
    ) -> Result<(Webhook, String)> {
        let NewWebhook { url, events, description } = new;
        self.refuse_private(&url).await?;
        let id = WebhookId::new();
        let secret = mint(dialect)?;
        let webhook = Webhook {
            id,
            workspace_id: workspace,
            chatbot_id: chatbot,
            dialect,
            url: url.into(),
            events,
            description,
            sealed_secret: self.sealer.seal(&id.to_string(), &secret)?,
            retired_secret: None,
            status: WebhookStatus::Active,
            failing_since: None,
            switched_off: None,
            held: None,
            created_at: Timestamp::now(),
        };
        match self.core.store.put_webhook(&webhook, most(dialect)).await? {
            PutWebhook::Added => Ok((webhook, secret)),
            PutWebhook::Full => Err(full(dialect)),
            PutWebhook::Gone => Err(Error::not_found("chatbot")),
        }
    }

    /// A name that resolves to an address that would be refused at connect time is refused now,
    /// when its owner is there to read why.
    async fn refuse_private(&self, url: &Url) -> Result<()> {
        let Some(url::Host::Domain(name)) = url.host() else { return Ok(()) };
        let port = url.port_or_known_default().unwrap_or(443);
        let found = tokio::time::timeout(LOOK_UP, tokio::net::lookup_host((name, port))).await;
        let Ok(Ok(mut addresses)) = found else { return Ok(()) };
        if addresses.any(|address| !self.targets().policy.allows(address.ip())) {
            return Err(Error::field("url", "resolves to a loopback, private or reserved address"));
        }
        Ok(())
    }

    /// The subscriptions of a scope that were made in `dialect`, newest first.
    pub async fn list(&self, scope: Scope, dialect: Dialect) -> Result<Vec<Webhook>> {
        let mut webhooks = self.core.store.webhooks(scope).await?;
        webhooks.retain(|webhook| webhook.dialect == dialect);
        Ok(webhooks)
    }

    /// The same with their secrets, for dialects that show the end of them.
    pub async fn list_with_secrets(
        &self,
        scope: Scope,
        dialect: Dialect,
    ) -> Result<Vec<(Webhook, String)>> {
        let opened = |webhook: Webhook| {
            let secret = self.sealer.open(&webhook.id.to_string(), &webhook.sealed_secret)?;
            Ok((webhook, secret))
        };
        self.list(scope, dialect).await?.into_iter().map(opened).collect()
    }

    /// A page of a scope's subscriptions that `filter` wants, newest first, with how many it wants
    /// in all. They are read whole, since there are few of them.
    pub async fn page(
        &self,
        scope: Scope,
        dialect: Dialect,
        filter: &WebhookFilter,
        page: Page,
    ) -> Result<(Vec<Webhook>, u64)> {
        let mut webhooks = self.list(scope, dialect).await?;
        webhooks.retain(|webhook| filter.matches(webhook));
        let total = webhooks.len() as u64;
        Ok((page.of(webhooks), total))
    }

    /// The subscriptions that a workspace lists whatever their chatbots, newest first, each with
    /// its chatbot's name.
    pub async fn list_all(&self, workspace: WorkspaceId) -> Result<Vec<(Webhook, String)>> {
        let webhooks = self.core.store.listed_webhooks(workspace).await?;
        let chatbots: Vec<ChatbotId> = webhooks.iter().filter_map(|w| w.chatbot_id).collect();
        let names = self.core.store.chatbot_names(workspace, &chatbots).await?;
        // Those of a chatbot that has just been deleted are about to go too.
        let named = |webhook: Webhook| {
            let name = names.get(&webhook.chatbot_id?)?.clone();
            Some((webhook, name))
        };
        Ok(webhooks.into_iter().filter_map(named).collect())
    }

    /// Where a subscription is that a workspace lists.
    pub async fn find(&self, workspace: WorkspaceId, id: WebhookId) -> Result<Scope> {
        let found = self.core.store.listed_webhook(workspace, id).await?;
        found.ok_or_else(|| Error::not_found("webhook"))
    }

    /// A subscription made in `dialect`.
    pub async fn get(&self, scope: Scope, id: WebhookId, dialect: Dialect) -> Result<Webhook> {
        let webhook = self.core.store.webhook(scope, id, true).await?;
        webhook
            .filter(|webhook| webhook.dialect == dialect)
            .ok_or_else(|| Error::not_found("webhook"))
    }

    /// Changes a subscription made in `dialect`.
    pub async fn update(
        &self,
        scope: Scope,
        id: WebhookId,
        dialect: Dialect,
        change: ChangedWebhook,
    ) -> Result<Webhook> {
        self.get(scope, id, dialect).await?;
        let ChangedWebhook { url, events, description, status } = change;
        if let Some(url) = &url {
            self.refuse_private(url).await?;
        }
        let patch = WebhookPatch { url: url.map(Into::into), events, description, status };
        let changed = self.core.store.update_webhook(scope, id, &patch).await?;
        changed.ok_or_else(|| Error::not_found("webhook"))
    }

    /// Deletes a subscription made in `dialect`; its deliveries follow behind the stream.
    pub async fn delete(&self, scope: Scope, id: WebhookId, dialect: Dialect) -> Result<()> {
        let webhook = self.get(scope, id, dialect).await?;
        match self.core.store.delete_webhook(&webhook).await? {
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
        let now = Timestamp::now();
        let event_id = EventId::new();
        let mut delivery = Delivery {
            id: DeliveryId::derived_at(now, &[&event_id.to_string()]),
            webhook_id: webhook.id,
            scope: webhook.scope(),
            event_id,
            event: message.event,
            body: message.body,
            status: DeliveryStatus::Pending,
            attempts: Vec::new(),
            replayed_at: None,
            replayed_after: 0,
            next_attempt_at: None,
            created_at: now,
        };
        let secrets = secrets(&self.sealer, webhook, now)?;
        let headers = headers(webhook, &delivery, &secrets, now);
        let attempt = self.sender.send(webhook, &delivery, &headers).await.attempt;
        delivery.status = match attempt.succeeded() {
            true => DeliveryStatus::Delivered,
            false => DeliveryStatus::Failed,
        };
        delivery.attempts.push(attempt.clone());
        self.core.store.put_delivery(&delivery).await?;
        Ok((delivery.id, attempt))
    }
}
