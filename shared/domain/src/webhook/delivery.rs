//! Deliveries and their attempts.

use serde::{Deserialize, Serialize};

use crate::{
    DeliveryId, Error, Event, EventId, RenderedEvent, Result, Timestamp, WebhookId,
    webhook::{Scope, Webhook},
};

/// The state of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// An attempt is due, now or later.
    Pending,
    /// An endpoint said 2xx.
    Delivered,
    /// The schedule is exhausted, or the endpoint or subscription is gone.
    Failed,
}

impl DeliveryStatus {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Delivered, Self::Failed];

    /// The name as stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    /// The status that the field `field` names.
    pub fn named(field: &str, text: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|status| status.name() == text);
        found.ok_or_else(|| Error::field(field, "must be one of pending, delivered, failed"))
    }
}

/// One event on its way to one subscription.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// Derived from event and subscription, and says when the event happened; the same for every attempt.
    pub id: DeliveryId,
    /// The subscription.
    pub webhook_id: WebhookId,
    /// Whose events the subscription wants.
    pub scope: Scope,
    /// The event.
    pub event_id: EventId,
    /// The dialect's name of the event.
    pub event: String,
    /// The exact bytes of every attempt's body.
    pub body: String,
    /// Its state.
    pub status: DeliveryStatus,
    /// Its attempts, oldest first.
    pub attempts: Vec<Attempt>,
    /// When it was last replayed, if it was.
    pub replayed_at: Option<Timestamp>,
    /// How many attempts had been made then: the schedule starts again after them.
    pub replayed_after: usize,
    /// When the next attempt is due.
    pub next_attempt_at: Option<Timestamp>,
    /// When the event happened.
    pub created_at: Timestamp,
}

impl Delivery {
    /// The delivery of `event` to `webhook` under the name that `rendered` has, pending and without
    /// attempts. Made again it has the same id.
    pub fn of_event(event: &Event, webhook: &Webhook, rendered: RenderedEvent) -> Self {
        let parts = [event.id.to_string(), webhook.id.to_string(), rendered.event.clone()];
        let id = DeliveryId::derived_at(event.at, &parts.each_ref().map(String::as_str));
        Self::pending(id, (event.id, event.at), webhook, rendered)
    }

    /// A delivery of a test message to `webhook`, made at `now`; each is a delivery of its own.
    pub fn of_test(webhook: &Webhook, rendered: RenderedEvent, now: Timestamp) -> Self {
        let event = EventId::new();
        let id = DeliveryId::derived_at(now, &[&event.to_string()]);
        Self::pending(id, (event, now), webhook, rendered)
    }

    fn pending(
        id: DeliveryId,
        (event_id, created_at): (EventId, Timestamp),
        webhook: &Webhook,
        rendered: RenderedEvent,
    ) -> Self {
        let RenderedEvent { event, body } = rendered;
        Self {
            id,
            webhook_id: webhook.id,
            scope: webhook.scope(),
            event_id,
            event,
            body,
            status: DeliveryStatus::Pending,
            attempts: Vec::new(),
            replayed_at: None,
            replayed_after: 0,
            next_attempt_at: None,
            created_at,
        }
    }
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When it began.
    pub at: Timestamp,
    /// The endpoint's status code; `None` if there was no answer.
    pub status: Option<u16>,
    /// How long it took, in milliseconds.
    pub latency_ms: u32,
    /// The first [`KEPT_BODY`](super::KEPT_BODY) bytes of the answer, or what went wrong instead.
    pub response: String,
}

impl Attempt {
    /// Any 2xx is success; a redirect is not followed and not a success.
    pub fn succeeded(&self) -> bool {
        self.status.is_some_and(|s| (200..300).contains(&s))
    }
}
