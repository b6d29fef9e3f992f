//! Deliveries: put once per event and subscription, then changed by each attempt.

use domain::{
    AgentLoopId, Attempt, ChatbotId, Delivery, DeliveryId, DeliveryStatus, Error, EventId, Result,
    Scope, Timestamp, WebhookId, WorkspaceId, webhook::KEPT_FOR,
};
use serde::{Deserialize, Serialize};

use crate::{
    keys::{self, Key},
    table::client::{Range, Store, key_in, read},
    table::write::Write,
};

/// Deliveries looked at in one go.
const PAGE: u32 = 200;

/// What leads to a delivery: the ids in its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveryRef {
    /// The subscription.
    pub webhook_id: WebhookId,
    /// When the event happened.
    pub created_at: Timestamp,
    /// The delivery.
    pub id: DeliveryId,
}

impl DeliveryRef {
    /// Where it is stored.
    pub fn key(&self) -> Key {
        keys::delivery(self.webhook_id, self.created_at, self.id)
    }
}

/// What became of a delivery that was to be put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutDelivery {
    /// It is new.
    Added,
    /// It was there and still waits, so its message may have been lost.
    Pending,
    /// It was there and had failed.
    Failed,
    /// It was there and arrived.
    Delivered,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct DeliveryItem {
    id: DeliveryId,
    webhook_id: WebhookId,
    /// Of a subscription to one chatbot's events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chatbot_id: Option<ChatbotId>,
    /// Of a subscription to a whole workspace's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    workspace_id: Option<WorkspaceId>,
    /// Of the callback of an agent loop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agent_loop_id: Option<AgentLoopId>,
    event_id: EventId,
    event: String,
    body: String,
    status: DeliveryStatus,
    #[serde(default)]
    attempts: Vec<Attempt>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replayed_at: Option<Timestamp>,
    #[serde(default)]
    replayed_after: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next_attempt_at: Option<Timestamp>,
    created_at: Timestamp,
    /// Seconds; the table sweeps it some time after.
    expires_at: i64,
}

impl From<&Delivery> for DeliveryItem {
    fn from(from: &Delivery) -> Self {
        let Delivery {
            id,
            webhook_id,
            scope,
            event_id,
            event,
            body,
            status,
            attempts,
            replayed_at,
            replayed_after,
            next_attempt_at,
            created_at,
        } = from.clone();
        let (chatbot_id, workspace_id, agent_loop_id) = match scope {
            Scope::Chatbot(id) => (Some(id), None, None),
            Scope::Workspace(id) => (None, Some(id), None),
            Scope::AgentLoop(id) => (None, None, Some(id)),
        };
        Self {
            id,
            webhook_id,
            chatbot_id,
            workspace_id,
            agent_loop_id,
            event_id,
            event,
            body,
            status,
            attempts,
            replayed_at,
            replayed_after,
            next_attempt_at,
            created_at,
            expires_at: created_at.plus(KEPT_FOR).seconds(),
        }
    }
}

impl TryFrom<DeliveryItem> for Delivery {
    type Error = Error;

    fn try_from(from: DeliveryItem) -> Result<Self> {
        let DeliveryItem {
            id,
            webhook_id,
            chatbot_id,
            workspace_id,
            agent_loop_id,
            event_id,
            event,
            body,
            status,
            attempts,
            replayed_at,
            replayed_after,
            next_attempt_at,
            created_at,
            expires_at: _,
        } = from;
        let scope = chatbot_id.map(Scope::Chatbot).or(workspace_id.map(Scope::Workspace));
        let scope = scope.or(agent_loop_id.map(Scope::AgentLoop));
        let scope = scope.ok_or_else(|| Error::internal("a delivery without a scope"))?;
        Ok(Self {
            id,
            webhook_id,
            scope,
            event_id,
            event,
            body,
            status,
            attempts,
            replayed_at,
            replayed_after,
            next_attempt_at,
            created_at,
        })
    }
}

impl Store {
    /// Puts a delivery unless it is there. While it waits, the ticker finds it from `look` on,
    /// whatever becomes of its message.
    pub async fn put_delivery(&self, delivery: &Delivery, look: Timestamp) -> Result<PutDelivery> {
        let key = keys::delivery(delivery.webhook_id, delivery.created_at, delivery.id);
        let mut put = Write::put(key.clone(), &DeliveryItem::from(delivery))?.if_absent();
        if delivery.status == DeliveryStatus::Pending {
            put = put.with("due_pk", keys::due_partition_of(&key)).with("due_at", look.to_string());
        }
        if self.write(put).await?.is_done() {
            return Ok(PutDelivery::Added);
        }
        let there: Option<DeliveryItem> = self.get(&key, true).await?;
        Ok(match there.map(|item| item.status) {
            Some(DeliveryStatus::Pending) => PutDelivery::Pending,
            Some(DeliveryStatus::Failed) => PutDelivery::Failed,
            Some(DeliveryStatus::Delivered) | None => PutDelivery::Delivered,
        })
    }

    /// A delivery. Asked eventually consistent first, since it is most often there; only what
    /// seems to be missing is read again.
    pub async fn delivery(&self, key: &Key) -> Result<Option<Delivery>> {
        let found: Option<DeliveryItem> = match self.get(key, false).await? {
            Some(item) => Some(item),
            None => self.get(key, true).await?,
        };
        found.map(TryInto::try_into).transpose()
    }

    /// A delivery as it is at this moment.
    pub async fn fresh_delivery(&self, key: &Key) -> Result<Option<Delivery>> {
        let found: Option<DeliveryItem> = self.get(key, true).await?;
        found.map(TryInto::try_into).transpose()
    }

    /// Writes an attempt down with the delivery's new state: settled, or due again at `next.0`,
    /// where the `due` index brings it up at `next.1`. Only attempt number `number` (from 0) of a
    /// pending delivery is written; `false` if another worker was faster.
    pub async fn log_attempt(
        &self,
        delivery: &DeliveryRef,
        number: usize,
        attempt: &Attempt,
        status: DeliveryStatus,
        next: Option<(Timestamp, Timestamp)>,
    ) -> Result<bool> {
        let key = delivery.key();
        let (due, clear) = match next {
            Some(_) => (", next_attempt_at = :next, due_pk = :due_pk, due_at = :due_at", ""),
            None => ("", " REMOVE next_attempt_at, due_pk, due_at"),
        };
        let expression = format!(
            "SET #status = :status, attempts = list_append(attempts, :attempt){due}{clear}"
        );
        let mut write = Write::update(key.clone(), expression)
            .name("status", "status")
            .value("status", status)?
            .value("attempt", [attempt])?
            .when("attribute_exists(pk) AND #status = :pending AND size(attempts) = :number")
            .value("pending", DeliveryStatus::Pending)?
            .value("number", number)?;
        if let Some((next, look)) = next {
            write = write
                .value("next", next)?
                .value("due_pk", keys::due_partition_of(&key))?
                .value("due_at", look.to_string())?;
        }
        Ok(self.write(write).await?.is_done())
    }

    /// Makes a delivery that was settled pending again, unless that was done since it was seen; the
    /// stream sends it on its way, and the ticker finds it from `look` on. Its attempts stay, and it
    /// is kept for as long as a new one.
    pub async fn replay_delivery(
        &self,
        seen: &Delivery,
        now: Timestamp,
        look: Timestamp,
    ) -> Result<bool> {
        let key = keys::delivery(seen.webhook_id, seen.created_at, seen.id);
        let partition = keys::due_partition_of(&key);
        let write = Write::update(
            key,
            "SET #status = :pending, replayed_at = :now, replayed_after = :tried, \
             expires_at = :expires, due_pk = :due_pk, due_at = :look REMOVE next_attempt_at",
        )
        .value("due_pk", partition)?
        .value("look", look.to_string())?
        .name("status", "status")
        .value("pending", DeliveryStatus::Pending)?
        .value("now", now)?
        .value("tried", seen.attempts.len())?
        .value("expires", now.plus(KEPT_FOR).seconds())?
        .when("attribute_exists(pk) AND #status <> :pending AND size(attempts) = :tried");
        Ok(self.write(write).await?.is_done())
    }

    /// Removes the settled deliveries of a webhook since `from` whose body names any of `texts`.
    pub(crate) async fn delete_deliveries_about(
        &self,
        webhook: WebhookId,
        from: Timestamp,
        texts: &[String],
    ) -> Result<()> {
        let mut from = format!("{}{from}", keys::DELIVERY);
        loop {
            let range = Range {
                sort: Some(("sk >= :a", vec![(":a", from)])),
                ..Range::prefix(keys::deliveries_partition(webhook), "")
            };
            let page = self.query_items(range.limit(PAGE)).await?;
            let last = page.last().map(key_in).transpose()?;
            let full = page.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX);
            let mut doomed = Vec::new();
            for item in page {
                let key = key_in(&item)?;
                let item: DeliveryItem = read(item)?;
                let names = |text: &String| item.body.contains(text);
                if item.status != DeliveryStatus::Pending && texts.iter().any(names) {
                    doomed.push(key);
                }
            }
            self.batch_delete(&doomed).await?;
            match last.filter(|_| full) {
                // The key right behind it.
                Some(key) => from = format!("{} ", key.sk),
                None => return Ok(()),
            }
        }
    }

    /// Gives up on a delivery without an attempt, since its subscription is gone.
    pub async fn abandon_delivery(&self, key: &Key) -> Result<()> {
        let write = Write::update(
            key.clone(),
            "SET #status = :failed REMOVE next_attempt_at, due_pk, due_at",
        )
        .name("status", "status")
        .value("failed", DeliveryStatus::Failed)?
        .value("pending", DeliveryStatus::Pending)?
        .when("attribute_exists(pk) AND #status = :pending");
        self.write(write).await.map(drop)
    }

    /// Lets a delivery that still waits come up in the due index at `until` and not before, since
    /// its message is on its way until then.
    pub async fn defer_delivery(&self, key: &Key, until: Timestamp) -> Result<()> {
        let write = Write::update(key.clone(), "SET due_pk = :due_pk, due_at = :until")
            .name("status", "status")
            .value("pending", DeliveryStatus::Pending)?
            .value("due_pk", keys::due_partition_of(key))?
            .value("until", until.to_string())?
            .when("attribute_exists(pk) AND #status = :pending");
        self.write(write).await.map(drop)
    }

    /// Takes a due delivery on: it is due again at `until`, should its message be lost. `false`
    /// if another ticker was faster or it is settled.
    pub async fn lease_delivery(&self, key: &Key, due_at: &str, until: Timestamp) -> Result<bool> {
        let write = Write::update(key.clone(), "SET due_at = :until")
            .value("until", until.to_string())?
            .value("seen", due_at)?
            .when("attribute_exists(pk) AND due_at = :seen");
        Ok(self.write(write).await?.is_done())
    }
}
