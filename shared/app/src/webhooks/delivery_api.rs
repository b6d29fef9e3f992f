//! What the delivery routes do besides replays (see [`super::replay`]): list deliveries, rotate a
//! webhook's secret.

use domain::{
    DeliveryPage, DeliveryQuery, Dialect, Error, ErrorKind, Result, RetiredSecret, Scope,
    Timestamp, WebhookId, webhook::OVERLAP,
};
use store::DeliveryRange;

use crate::webhooks::subscriptions::{Webhooks, mint};

/// What a call replayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replayed {
    /// How many are due again; those that were pending already are not counted.
    pub count: u32,
    /// Cursor of the next call; `None` once the range is replayed.
    pub next: Option<domain::DeliveryCursor>,
}

/// A new secret, shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotated {
    /// The webhook.
    pub id: WebhookId,
    /// Its new secret.
    pub secret: String,
    /// The previous secret signs too until then.
    pub old_until: Timestamp,
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
        self.app.store.list_deliveries(id, wanted).await
    }

    /// Gives a subscription another secret. The previous one signs too for [`OVERLAP`]; the one
    /// before that no longer signs.
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
        if !self.app.store.rotate_webhook_secret(scope, id, &sealed, &retired).await? {
            let message = "the webhook's secret was rotated at the same time";
            return Err(Error::new(ErrorKind::Conflict, message));
        }
        Ok(Rotated { id, secret, old_until })
    }
}
