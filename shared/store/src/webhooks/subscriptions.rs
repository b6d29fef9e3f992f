//! Webhook subscriptions: of one chatbot, or of a whole workspace.

use std::collections::HashMap;

use domain::{
    AutoDisabled, ChatbotId, Dialect, LoopCallback, OpenCircuit, Result, RetiredSecret, Scope,
    Timestamp, Webhook, WebhookId, WebhookPatch, WebhookStatus, WorkspaceId,
};
use serde::{Deserialize, Serialize};

use crate::{
    keys::{self, Key},
    table::client::{Range, Store, read},
    table::conversions::item_conversions,
    table::write::Write,
};

/// How many webhooks a workspace's list shows, whatever their chatbots.
const MAX_LISTED: u32 = 1_000;

#[derive(Serialize, Deserialize)]
pub(crate) struct WebhookItem {
    id: WebhookId,
    workspace_id: WorkspaceId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chatbot_id: Option<ChatbotId>,
    dialect: Dialect,
    url: String,
    events: Vec<String>,
    description: String,
    sealed_secret: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retired_secret: Option<RetiredSecret>,
    status: WebhookStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failing_since: Option<Timestamp>,
    #[serde(rename = "switched_off", default, skip_serializing_if = "Option::is_none")]
    auto_disabled: Option<AutoDisabled>,
    #[serde(rename = "held", default, skip_serializing_if = "Option::is_none")]
    circuit: Option<OpenCircuit>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    slow_ms: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    callback: Option<LoopCallback>,
    created_at: Timestamp,
}

item_conversions!(
    WebhookItem,
    Webhook {
        id,
        workspace_id,
        chatbot_id,
        dialect,
        url,
        events,
        description,
        sealed_secret,
        retired_secret,
        status,
        failing_since,
        auto_disabled,
        circuit,
        slow_ms,
        callback,
        created_at,
    }
);

#[derive(Serialize, Deserialize)]
struct PointerItem {
    id: WebhookId,
    chatbot_id: ChatbotId,
}

/// What became of a webhook that was to be put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutWebhook {
    /// It is there now.
    Added,
    /// There are as many as may be.
    Full,
    /// The chatbot or workspace that it would belong to is gone.
    Gone,
}

/// The item that counts a scope's webhooks.
fn owner(webhook: &Webhook) -> Key {
    match webhook.scope() {
        Scope::Chatbot(id) => keys::chatbot(webhook.workspace_id, id),
        Scope::Workspace(id) => keys::workspace(id),
        Scope::AgentLoop(id) => keys::agent_loop(webhook.workspace_id, id),
    }
}

/// The attribute there that counts those of one dialect.
fn counter(dialect: Dialect) -> String {
    format!("webhooks_{}", dialect.name())
}

/// Where a webhook is found by its workspace alone, in dialects that look for it that way.
fn pointer(webhook: &Webhook) -> Option<(Key, PointerItem)> {
    let Webhook { id, workspace_id, chatbot_id, dialect, .. } = *webhook;
    let chatbot_id = chatbot_id.filter(|_| dialect.profile().webhooks.listed_by_workspace)?;
    Some((keys::webhook_pointer(workspace_id, id), PointerItem { id, chatbot_id }))
}

impl Store {
    /// Stores a subscription if its chatbot or workspace is there and has fewer than `most` of
    /// its dialect. However many come at once, no more than that get in.
    pub async fn put_webhook(&self, webhook: &Webhook, most: u32) -> Result<PutWebhook> {
        let room = Write::update(owner(webhook), "ADD #count :one")
            .name("count", &counter(webhook.dialect))
            .value("one", 1)?
            .when("attribute_exists(pk) AND (attribute_not_exists(#count) OR #count < :most)")
            .value("most", most)?;
        let key = keys::webhook(webhook.scope(), webhook.id);
        let put = Write::put(key, &WebhookItem::from(webhook))?.if_absent();
        let mut writes = vec![room, put];
        if let Some((key, item)) = pointer(webhook) {
            writes.push(Write::put(key, &item)?.if_absent());
        }
        if self.transact(writes).await?.is_done() {
            return Ok(PutWebhook::Added);
        }
        let there: Option<serde_json::Value> = self.get(&owner(webhook), true).await?;
        Ok(if there.is_some() { PutWebhook::Full } else { PutWebhook::Gone })
    }

    /// A subscription. `fresh` asks for the very latest, at twice the cost.
    pub async fn webhook(
        &self,
        scope: Scope,
        id: WebhookId,
        fresh: bool,
    ) -> Result<Option<Webhook>> {
        let found: Option<WebhookItem> = self.get(&keys::webhook(scope, id), fresh).await?;
        Ok(found.map(Into::into))
    }

    /// All subscriptions of a scope, newest first.
    pub async fn webhooks(&self, scope: Scope) -> Result<Vec<Webhook>> {
        let range = Range::prefix(keys::webhooks_partition(scope), keys::WEBHOOK).backwards();
        let items: Vec<WebhookItem> = self.query(range).await?;
        Ok(items.into_iter().map(Into::into).collect())
    }

    /// The chatbot whose webhook `id` is, if the workspace lists it.
    pub async fn listed_webhook(
        &self,
        workspace: WorkspaceId,
        id: WebhookId,
    ) -> Result<Option<Scope>> {
        let found: Option<PointerItem> =
            self.get(&keys::webhook_pointer(workspace, id), true).await?;
        Ok(found.map(|pointer| Scope::Chatbot(pointer.chatbot_id)))
    }

    /// The webhooks that a workspace lists whatever their chatbots, newest first: the newest
    /// [`MAX_LISTED`].
    pub async fn listed_webhooks(&self, workspace: WorkspaceId) -> Result<Vec<Webhook>> {
        let partition = keys::webhooks_partition(Scope::Workspace(workspace));
        let range = Range::prefix(partition, keys::WEBHOOK_POINTER).backwards();
        let pointers: Vec<PointerItem> = self.query(range.limit(MAX_LISTED)).await?;
        let keys: Vec<Key> =
            pointers.iter().map(|p| keys::webhook(Scope::Chatbot(p.chatbot_id), p.id)).collect();
        let mut found = HashMap::new();
        for item in self.batch_get(&keys, true).await? {
            let webhook = Webhook::from(read::<WebhookItem>(item)?);
            found.insert(webhook.id, webhook);
        }
        // A pointer may outlive its webhook for a moment.
        Ok(pointers.into_iter().filter_map(|pointer| found.remove(&pointer.id)).collect())
    }

    /// Changes a subscription; the one that is there then, or `None` if it is gone.
    pub async fn update_webhook(
        &self,
        scope: Scope,
        id: WebhookId,
        patch: &WebhookPatch,
    ) -> Result<Option<Webhook>> {
        let WebhookPatch { url, events, description, status } = patch;
        let given = [
            ("url", url.is_some()),
            ("events", events.is_some()),
            ("description", description.is_some()),
            ("status", status.is_some()),
        ];
        let given = given.into_iter().filter(|(_, given)| *given).map(|(name, _)| name);
        let set: Vec<String> = given.clone().map(|name| format!("#{name} = :{name}")).collect();
        if !set.is_empty() {
            // One that is switched on again begins with a clean slate, and so does another address.
            let clear = match status {
                Some(WebhookStatus::Active) => " REMOVE failing_since, switched_off, held, slow_ms",
                _ if url.is_some() => " REMOVE held",
                _ => "",
            };
            let expression = format!("SET {}{clear}", set.join(", "));
            let mut write = Write::update(keys::webhook(scope, id), expression).if_present();
            for name in given {
                write = write.name(name, name);
            }
            if let Some(url) = url {
                write = write.value("url", url)?;
            }
            if let Some(events) = events {
                write = write.value("events", events)?;
            }
            if let Some(description) = description {
                write = write.value("description", description)?;
            }
            if let Some(status) = status {
                write = write.value("status", status)?;
            }
            if !self.write(write).await?.is_done() {
                return Ok(None);
            }
        }
        self.webhook(scope, id, true).await
    }

    /// Notes that a subscription's attempts fail since `at`, unless they did before; costs a write
    /// on the first failure alone.
    pub async fn begin_failing(&self, scope: Scope, id: WebhookId, at: Timestamp) -> Result<()> {
        let write = Write::update(keys::webhook(scope, id), "SET failing_since = :at")
            .value("at", at)?
            .when("attribute_exists(pk) AND attribute_not_exists(failing_since)");
        self.write(write).await.map(drop)
    }

    /// Notes that an attempt of a subscription has succeeded.
    pub async fn end_failing(&self, scope: Scope, id: WebhookId) -> Result<()> {
        let write = Write::update(keys::webhook(scope, id), "REMOVE failing_since")
            .when("attribute_exists(failing_since)");
        self.write(write).await.map(drop)
    }

    /// Replaces the circuit of a webhook's endpoint, unless it is another one than the `seen`;
    /// `false` if it is, or the webhook is gone. `None` is a closed circuit.
    pub async fn set_circuit(
        &self,
        scope: Scope,
        id: WebhookId,
        seen: Option<OpenCircuit>,
        next: Option<OpenCircuit>,
    ) -> Result<bool> {
        let expression = if next.is_some() { "SET held = :next" } else { "REMOVE held" };
        let mut write = Write::update(keys::webhook(scope, id), expression);
        if let Some(next) = next {
            write = write.value("next", next)?;
        }
        write = match seen {
            Some(seen) => write.value("seen", seen)?.when("attribute_exists(pk) AND held = :seen"),
            None => write.when("attribute_exists(pk) AND attribute_not_exists(held)"),
        };
        Ok(self.write(write).await?.is_done())
    }

    /// Replaces what is known of how long requests to a webhook's endpoint take, unless it is something
    /// else than was `seen`.
    pub async fn set_slow(
        &self,
        scope: Scope,
        id: WebhookId,
        seen: Option<u32>,
        next: Option<u32>,
    ) -> Result<()> {
        let expression = if next.is_some() { "SET slow_ms = :next" } else { "REMOVE slow_ms" };
        let mut write = Write::update(keys::webhook(scope, id), expression);
        if let Some(next) = next {
            write = write.value("next", next)?;
        }
        write = match seen {
            Some(seen) => write.value("seen", seen)?.when("slow_ms = :seen"),
            None => write.when("attribute_exists(pk) AND attribute_not_exists(slow_ms)"),
        };
        self.write(write).await.map(drop)
    }

    /// Disables a webhook for the platform's reason `why`, unless it is disabled or gone; with
    /// `failing_since`, only if it has failed since then without a success. `false` if it was left
    /// as it is.
    pub async fn auto_disable_webhook(
        &self,
        scope: Scope,
        id: WebhookId,
        why: AutoDisabled,
        failing_since: Option<Timestamp>,
    ) -> Result<bool> {
        let still = if failing_since.is_some() { " AND failing_since = :since" } else { "" };
        let mut write =
            Write::update(keys::webhook(scope, id), "SET #status = :off, switched_off = :why")
                .name("status", "status")
                .value("off", WebhookStatus::Disabled)?
                .value("on", WebhookStatus::Active)?
                .value("why", why)?
                .when(format!("attribute_exists(pk) AND #status = :on{still}"));
        if let Some(since) = failing_since {
            write = write.value("since", since)?;
        }
        Ok(self.write(write).await?.is_done())
    }

    /// Gives a subscription another secret; the one it has now, `seen`, is kept as `retired`.
    /// `false` if another one was faster, or it is gone.
    pub async fn rotate_webhook_secret(
        &self,
        scope: Scope,
        id: WebhookId,
        sealed: &str,
        retired: &RetiredSecret,
    ) -> Result<bool> {
        let write = Write::update(
            keys::webhook(scope, id),
            "SET sealed_secret = :sealed, retired_secret = :retired",
        )
        .value("sealed", sealed)?
        .value("retired", retired)?
        .value("seen", &retired.sealed)?
        .when("attribute_exists(pk) AND sealed_secret = :seen");
        Ok(self.write(write).await?.is_done())
    }

    /// Deletes a subscription and makes room for another; whether there was one. Its deliveries
    /// follow behind the stream.
    pub async fn delete_webhook(&self, webhook: &Webhook) -> Result<bool> {
        let doomed = || {
            let key = keys::webhook(webhook.scope(), webhook.id);
            let pointer = pointer(webhook).map(|(key, _)| Write::delete(key));
            [Write::delete(key).if_present()].into_iter().chain(pointer)
        };
        let room = Write::update(owner(webhook), "ADD #count :less")
            .name("count", &counter(webhook.dialect))
            .value("less", -1)?
            .when("#count > :none")
            .value("none", 0)?;
        let outcome = self.transact([room].into_iter().chain(doomed()).collect()).await?;
        if !outcome.is_done() && !outcome.refused(1) {
            // Its chatbot has just gone, or it is from before they were counted.
            return Ok(self.transact(doomed().collect()).await?.is_done());
        }
        Ok(outcome.is_done())
    }
}
