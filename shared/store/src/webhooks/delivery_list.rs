//! Lists of a subscription's deliveries, newest first.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{
    Delivery, DeliveryCursor, DeliveryPage, DeliveryStatus, Result, Timestamp, WebhookId,
};

use crate::{
    keys,
    table::client::{Range, Store, key_of, read},
    webhooks::deliveries::DeliveryItem,
};

/// How many deliveries one call looks at: those of one status are not found by a key.
const MAX_EXAMINED: usize = 1_000;
/// How many are read at once.
const PAGE: u32 = 100;

/// Which deliveries are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct DeliveryRange {
    /// Those of events from one time to another, both included.
    pub between: Option<(Timestamp, Timestamp)>,
    /// Those of one status.
    pub status: Option<DeliveryStatus>,
    /// What they come after.
    pub after: Option<DeliveryCursor>,
    /// How many at most.
    pub limit: usize,
}

impl Store {
    /// Deliveries of a subscription, newest first. Examines [`MAX_EXAMINED`] at most: an
    /// answer may have fewer than the limit, or none, and still have a next page.
    pub async fn list_deliveries(
        &self,
        webhook: WebhookId,
        wanted: DeliveryRange,
    ) -> Result<DeliveryPage> {
        let DeliveryRange { between, status, after, limit } = wanted;
        let partition = keys::deliveries_partition(webhook);
        let page = match status {
            // One more says whether there is a next page.
            None => u32::try_from(limit + 1).unwrap_or(PAGE).min(PAGE + 1),
            Some(_) => PAGE,
        };
        let mut range = Range::prefix(partition, keys::DELIVERY).backwards().limit(page);
        if let Some((since, until)) = between {
            let first = format!("{}{since}#", keys::DELIVERY);
            // Behind every id.
            let last = format!("{}{until}#~", keys::DELIVERY);
            range.sort =
                Some(("sk BETWEEN :first AND :last", vec![(":first", first), (":last", last)]));
        }
        let key = |cursor: DeliveryCursor| keys::delivery(webhook, cursor.created_at, cursor.id);
        let mut from = after.map(key).map(|key| key_of(&key));
        if let (Some(from), Some((since, until))) = (&from, between) {
            // A key outside of the range is no place in it.
            let first = format!("{}{since}#", keys::DELIVERY);
            let last = format!("{}{until}#~", keys::DELIVERY);
            let inside = matches!(from.get(keys::SK), Some(AttributeValue::S(sk))
                if (first.as_str()..=last.as_str()).contains(&sk.as_str()));
            if !inside {
                return Ok(DeliveryPage { deliveries: Vec::new(), next: None });
            }
        }
        let mut deliveries: Vec<Delivery> = Vec::new();
        let mut looked_at = 0;
        let mut last = None;
        loop {
            let (items, next) = self.query_page(&range, from).await?;
            for item in items {
                if deliveries.len() >= limit || looked_at >= MAX_EXAMINED {
                    return Ok(DeliveryPage { deliveries, next: last });
                }
                let delivery = Delivery::try_from(read::<DeliveryItem>(item)?)?;
                looked_at += 1;
                last = Some(DeliveryCursor { created_at: delivery.created_at, id: delivery.id });
                if status.is_none_or(|status| status == delivery.status) {
                    deliveries.push(delivery);
                }
            }
            if next.is_none() {
                return Ok(DeliveryPage { deliveries, next: None });
            }
            from = next;
        }
    }
}
