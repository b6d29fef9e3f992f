//! What people do about deliveries: look at them, send them again, give a webhook another secret.

use domain::{
    Delivery, DeliveryId, DeliveryPage, DeliveryQuery, DeliveryStatus, Dialect, Error, ErrorKind,
    ReplayRange, Result, RetiredSecret, Scope, Timestamp, Webhook, WebhookId, WebhookStatus,
    webhook::{MOST_ATTEMPTS, OVERLAP},
};
use futures::{StreamExt, TryStreamExt, stream};
use store::{DeliveryRange, DeliveryRef};

use crate::webhooks::subscriptions::{Webhooks, mint};

/// How many deliveries one call sends again.
const MOST_REPLAYED: usize = 100;
/// How many of them are written at the same time.
const AT_ONCE: usize = 10;

/// What a call sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replayed {
    /// How many are due again; those that were on their way already are not counted.
    pub count: u32,
    /// Where the next call goes on, unless all are.
    pub next: Option<domain::DeliveryCursor>,
}

/// A new secret, shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The webhook.
    pub id: WebhookId,
    /// Its new secret.
    pub secret: String,
    /// The one before signs too until then.
    pub old_until: Timestamp,
}

fn unknown() -> Error {
    Error::not_found("delivery")
}

impl Webhooks {
    /// A page of the deliveries of a subscription made in `dialect`.
    pub async fn deliveries(
        &self,
        scope: Scope,
        id: WebhookId,
        dialect: Dialect,
        query: DeliveryQuery,
    ) -> Result<DeliveryPage> {
        self.get(scope, id, dialect).await?;
        let DeliveryQuery { status, limit, after } = query;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let wanted = DeliveryRange { between: None, status, after, limit };
        self.core.store.list_deliveries(id, wanted).await
    }

    /// Sends one delivery again: as it now is. One that is on its way already stays so.
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
        let find = async || self.core.store.fresh_delivery(&key).await?.ok_or_else(unknown);
        let found = find().await?;
        if found.status != DeliveryStatus::Pending && found.attempts.len() >= MOST_ATTEMPTS {
            let message = format!("the delivery was tried {MOST_ATTEMPTS} times");
            return Err(Error::new(ErrorKind::Conflict, message));
        }
        self.send_again(&found, now).await?;
        find().await
    }

    /// Sends the deliveries of a range again, newest first, some at a time.
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
            DeliveryRange { between: Some((since, until)), status, after, limit: MOST_REPLAYED };
        let DeliveryPage { deliveries, next } = self.core.store.list_deliveries(id, wanted).await?;
        let count = stream::iter(deliveries)
            .map(|delivery| async move { self.send_again(&delivery, now).await })
            .buffer_unordered(AT_ONCE)
            .try_fold(0, async |count, due| Ok(count + u32::from(due)))
            .await?;
        Ok(Replayed { count, next })
    }

    async fn send_again(&self, delivery: &Delivery, now: Timestamp) -> Result<bool> {
        if delivery.status == DeliveryStatus::Pending || delivery.attempts.len() >= MOST_ATTEMPTS {
            return Ok(false);
        }
        self.core.store.replay_delivery(delivery, now).await
    }

    /// A subscription that is served: to one that is switched off nothing is sent again.
    async fn get_active(&self, scope: Scope, id: WebhookId, dialect: Dialect) -> Result<Webhook> {
        let webhook = self.get(scope, id, dialect).await?;
        if webhook.status != WebhookStatus::Active {
            return Err(Error::new(ErrorKind::Conflict, "the webhook is switched off"));
        }
        Ok(webhook)
    }

    /// Gives a subscription another secret; the old one signs too for a while, one older than that
    /// no more.
    pub async fn rotate_secret(
        &self,
        scope: Scope,
        id: WebhookId,
        dialect: Dialect,
        now: Timestamp,
    ) -> Result<Rotated> {
        let webhook = self.get(scope, id, dialect).await?;
        let secret = mint(dialect)?;
        let sealed = self.sealer.seal(&id.to_string(), &secret)?;
        let old_until = now.plus(OVERLAP);
        let retired = RetiredSecret { sealed: webhook.sealed_secret, until: old_until };
        if !self.core.store.rotate_webhook_secret(scope, id, &sealed, &retired).await? {
            let message = "the webhook's secret was rotated at the same time";
            return Err(Error::new(ErrorKind::Conflict, message));
        }
        Ok(Rotated { id, secret, old_until })
    }
}
