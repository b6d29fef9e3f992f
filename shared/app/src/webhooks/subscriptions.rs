//! Webhook subscriptions: made, listed, tested, deleted.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{
    Attempt, ChatbotId, Delivery, DeliveryId, DeliveryStatus, Dialect, Error, EventRenderer,
    ListPage, RenderedEvent, Result, Scope, Webhook, WebhookFilter, WebhookId, WebhookPatch,
    WebhookStatus, WorkspaceId, bounds,
    dialect::{SecretForm, WebhookRules},
};
use store::PutWebhook;
use url::Url;

use crate::{
    App,
    adapters::random,
    adapters::seal::Sealer,
    webhooks::sign::secrets,
    webhooks::transport::{Targets, Transport, is_allotted},
};

/// A name is looked up for this long when a webhook is saved; one that does not resolve then is
/// looked at again with every delivery.
const LOOK_UP: Duration = Duration::from_secs(3);

/// Webhooks: what the `webhooks` function needs beyond [`App`].
#[derive(Debug, Clone)]
pub struct Webhooks {
    pub(crate) app: App,
    transport: Transport,
    pub(crate) sealer: Sealer,
    renderer: &'static dyn EventRenderer,
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
    Ok(match dialect.profile().webhooks.secret {
        SecretForm::Hex(prefix) => format!("{prefix}{}", random::hex_digits(64)?),
        SecretForm::Base64(prefix) => {
            format!("{prefix}{}", STANDARD.encode(random::bytes::<32>()?))
        }
    })
}

/// Why there can be no more webhooks of a dialect with these rules.
fn full(rules: &WebhookRules) -> Error {
    let WebhookRules { owner, max, full, .. } = *rules;
    Error::new(full, format!("a {} can have at most {max} webhooks", owner.name()))
}

impl Webhooks {
    /// Webhooks over `app`.
    pub fn new(
        app: App,
        transport: Transport,
        sealer: Sealer,
        renderer: &'static dyn EventRenderer,
    ) -> Self {
        Self { app, transport, sealer, renderer }
    }

    /// What it is over.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Which addresses are taken.
    pub fn targets(&self) -> &Targets {
        self.transport.targets()
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
        self.refuse_foreign_queue(workspace, &url).await?;
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
            auto_disabled: None,
            circuit: None,
            slow_ms: None,
            callback: None,
            created_at: self.app.now(),
        };
        let rules = &dialect.profile().webhooks;
        match self.app.store.put_webhook(&webhook, rules.max).await? {
            PutWebhook::Added => Ok((webhook, secret)),
            PutWebhook::Full => Err(full(rules)),
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

    /// A queue of the deployer's is taken from the workspaces that the operator allotted it to.
    async fn refuse_foreign_queue(&self, workspace: WorkspaceId, url: &Url) -> Result<()> {
        match is_allotted(&self.app.store, workspace, url.as_str()).await? {
            true => Ok(()),
            false => {
                let why = "must be a queue that the operator allotted to this workspace, or a URL";
                Err(Error::field("url", why))
            }
        }
    }

    /// The subscriptions of a scope that were made in `dialect`, newest first.
    pub async fn list(&self, scope: Scope, dialect: Dialect) -> Result<Vec<Webhook>> {
        let mut webhooks = self.app.store.webhooks(scope).await?;
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
        page: ListPage,
    ) -> Result<(Vec<Webhook>, u64)> {
        let mut webhooks = self.list(scope, dialect).await?;
        webhooks.retain(|webhook| filter.matches(webhook));
        let total = webhooks.len() as u64;
        Ok((page.of(webhooks), total))
    }

    /// The subscriptions that a workspace lists whatever their chatbots, newest first, each with
    /// its chatbot's name.
    pub async fn list_all(&self, workspace: WorkspaceId) -> Result<Vec<(Webhook, String)>> {
        let webhooks = self.app.store.listed_webhooks(workspace).await?;
        let chatbots: Vec<ChatbotId> = webhooks.iter().filter_map(|w| w.chatbot_id).collect();
        let names = self.app.store.chatbot_names(workspace, &chatbots).await?;
        // Those of a chatbot that has just been deleted are about to go too.
        let named = |webhook: Webhook| {
            let name = names.get(&webhook.chatbot_id?)?.clone();
            Some((webhook, name))
        };
        Ok(webhooks.into_iter().filter_map(named).collect())
    }

    /// Where a subscription is that a workspace lists.
    pub async fn find(&self, workspace: WorkspaceId, id: WebhookId) -> Result<Scope> {
        let found = self.app.store.listed_webhook(workspace, id).await?;
        found.ok_or_else(|| Error::not_found("webhook"))
    }

    /// A subscription made in `dialect`.
    pub async fn get(&self, scope: Scope, id: WebhookId, dialect: Dialect) -> Result<Webhook> {
        let webhook = self.app.store.webhook(scope, id, true).await?;
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
        let webhook = self.get(scope, id, dialect).await?;
        let ChangedWebhook { url, events, description, status } = change;
        if let Some(url) = &url {
            self.refuse_private(url).await?;
            self.refuse_foreign_queue(webhook.workspace_id, url).await?;
        }
        let patch = WebhookPatch { url: url.map(Into::into), events, description, status };
        let changed = self.app.store.update_webhook(scope, id, &patch).await?;
        changed.ok_or_else(|| Error::not_found("webhook"))
    }

    /// Deletes a subscription made in `dialect`; its deliveries follow behind the stream.
    pub async fn delete(&self, scope: Scope, id: WebhookId, dialect: Dialect) -> Result<()> {
        let webhook = self.get(scope, id, dialect).await?;
        match self.app.store.delete_webhook(&webhook).await? {
            true => Ok(()),
            false => Err(Error::not_found("webhook")),
        }
    }

    /// Sends `message` to a subscription now and waits for what comes of it. The attempt is
    /// logged like any other; it is not repeated.
    pub async fn test(
        &self,
        webhook: &Webhook,
        message: RenderedEvent,
    ) -> Result<(DeliveryId, Attempt)> {
        let now = self.app.now();
        let mut delivery = Delivery::of_test(webhook, message, now);
        let secrets = secrets(&self.sealer, webhook, now)?;
        let headers = self.renderer.headers(webhook.dialect, &delivery, &secrets, now);
        let sent = self.transport.send(&self.app.store, webhook, &delivery, &headers).await?;
        let attempt = sent.attempt;
        delivery.status = match attempt.succeeded() {
            true => DeliveryStatus::Delivered,
            false => DeliveryStatus::Failed,
        };
        delivery.attempts.push(attempt.clone());
        // It is settled, so it is never due.
        self.app.store.put_delivery(&delivery, now).await?;
        Ok((delivery.id, attempt))
    }
}
