//! Replaying deliveries: one that is settled becomes pending again, and its row's change leads to
//! the next attempt. Only settled ones, below [`MAX_ATTEMPTS`] attempts.

use domain::{
    Delivery, DeliveryId, DeliveryPage, DeliveryStatus, Dialect, Error, ErrorKind, ReplayRange,
    Result, Scope, Timestamp, Webhook, WebhookId, WebhookStatus, webhook::MAX_ATTEMPTS,
};
use futures::{StreamExt, TryStreamExt, stream};
use store::{DeliveryRange, DeliveryRef, Store};

use crate::webhooks::{backoff, delivery_api::Replayed, subscriptions::Webhooks};

/// How many deliveries one call replays.
const MAX_REPLAYED: usize = 100;
/// How many of them are written at the same time.
const AT_ONCE: usize = 10;

fn unknown() -> Error {
    Error::not_found("delivery")
}

impl Webhooks {
    /// Replays one delivery: as it is then. A pending one stays as it is.
    pub async fn replay(
        &self,
        scope: Scope,
        id: WebhookId,
        dialect: Dialect,
        delivery: DeliveryId,
        now: Timestamp,
    ) -> Result<Delivery> {
        self.get_active(scope, id, dialect).await?;
        // Where it is stored follows from its id.
        let created_at = delivery.made_at().filter(|at| at.is_plain()).ok_or_else(unknown)?;
        let key = DeliveryRef { webhook_id: id, created_at, id: delivery }.key();
        let find = async || self.app.store.fresh_delivery(&key).await?.ok_or_else(unknown);
        let found = find().await?;
        if found.status != DeliveryStatus::Pending && found.attempts.len() >= MAX_ATTEMPTS {
            let message = format!("the delivery was tried {MAX_ATTEMPTS} times");
            return Err(Error::new(ErrorKind::Conflict, message));
        }
        replay_settled(&self.app.store, &found, now).await?;
        find().await
    }

    /// Replays the deliveries of a range, newest first, up to [`MAX_REPLAYED`] of them.
    pub async fn replay_range(
        &self,
        scope: Scope,
        id: WebhookId,
        dialect: Dialect,
        range: ReplayRange,
        now: Timestamp,
    ) -> Result<Replayed> {
        self.get_active(scope, id, dialect).await?;
        let ReplayRange { since, until, status, after } = range;
        let wanted =
            DeliveryRange { between: Some((since, until)), status, after, limit: MAX_REPLAYED };
        let DeliveryPage { deliveries, next } = self.app.store.list_deliveries(id, wanted).await?;
        let store = &self.app.store;
        let count = stream::iter(deliveries)
            .map(|delivery| async move { replay_settled(store, &delivery, now).await })
            .buffer_unordered(AT_ONCE)
            .try_fold(0, async |count, due| Ok(count + u32::from(due)))
            .await?;
        Ok(Replayed { count, next })
    }

    /// An active subscription: to a disabled one nothing is sent.
    async fn get_active(&self, scope: Scope, id: WebhookId, dialect: Dialect) -> Result<Webhook> {
        let webhook = self.get(scope, id, dialect).await?;
        if webhook.status != WebhookStatus::Active {
            return Err(Error::new(ErrorKind::Conflict, "the webhook is switched off"));
        }
        Ok(webhook)
    }
}

/// Replays the delivery at `reference`, which a replay of its event found failed.
pub(super) async fn replay_failed(
    store: &Store,
    reference: &DeliveryRef,
    now: Timestamp,
) -> Result<()> {
    match store.fresh_delivery(&reference.key()).await? {
        Some(found) => replay_settled(store, &found, now).await.map(drop),
        None => Ok(()),
    }
}

/// Makes a settled delivery pending again, unless it has no attempts left; whether it did.
async fn replay_settled(store: &Store, delivery: &Delivery, now: Timestamp) -> Result<bool> {
    if delivery.status == DeliveryStatus::Pending || delivery.attempts.len() >= MAX_ATTEMPTS {
        return Ok(false);
    }
    store.replay_delivery(delivery, now, backoff::first_look(now)).await
}
