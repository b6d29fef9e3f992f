//! Webhook subscriptions and their deliveries: at least once, never zero times.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    ChatbotId, DeliveryId, Dialect, Error, Event, EventId, Result, Timestamp, WebhookId,
    WorkspaceId,
};

/// How many webhooks one chatbot may have in `dialect`; in Chatbot Platform, one workspace.
pub fn most(dialect: Dialect) -> u32 {
    match dialect {
        Dialect::Botplot | Dialect::Conferbot | Dialect::Openbat => 20,
        Dialect::ChatbotPlatform => 50,
        Dialect::Helpbot => 5,
    }
}

/// An endpoint has this long to answer.
pub const TIMEOUT: Duration = Duration::from_secs(15);
/// How much of an endpoint's answer is kept, in bytes.
pub const KEPT_BODY: usize = 1024;
/// How long a delivery and its attempts are kept.
pub const KEPT_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// After a rotation the old secret signs too for this long.
pub const OVERLAP: Duration = Duration::from_secs(24 * 60 * 60);
/// An endpoint that has failed for this long without a success is switched off.
pub const PATIENCE: Duration = Duration::from_secs(5 * 24 * 60 * 60);
/// A delivery that was tried this often is not sent again: its attempts are kept in one item.
pub const MAX_ATTEMPTS: usize = 64;
/// `Retry-After` may lengthen a wait up to this.
pub const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// An endpoint that let an attempt run into the time-out is held back for this long, and for twice
/// as long each time that it does so again, up to [`LONGEST_HOLD`].
pub const HOLD: Duration = Duration::from_secs(15);
/// See [`HOLD`].
pub const LONGEST_HOLD: Duration = Duration::from_secs(5 * 60);

/// The waits before the second attempt and those after it; then a delivery has failed.
pub const RETRIES: [Duration; 7] = [
    Duration::from_secs(5),
    Duration::from_secs(5 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(2 * 60 * 60),
    Duration::from_secs(5 * 60 * 60),
    Duration::from_secs(10 * 60 * 60),
    Duration::from_secs(10 * 60 * 60),
];

/// The wait after `attempts` attempts have failed: the schedule's, moved by up to a fifth either
/// way (`jitter` from 0 to 1 picks where), and no shorter than `asked`, what the endpoint itself
/// asked for. `None` once the schedule is used up.
pub fn wait(attempts: usize, jitter: f64, asked: Option<Duration>) -> Option<Duration> {
    let base = RETRIES.get(attempts.checked_sub(1)?)?;
    let scaled = base.mul_f64(0.8 + 0.4 * jitter.clamp(0.0, 1.0));
    Some(asked.map_or(scaled, |asked| scaled.max(asked.min(LONGEST_WAIT))))
}

/// How long an endpoint is held back that has run into the time-out `times` times in a row.
pub fn hold(times: u32) -> Duration {
    let doubled = times.saturating_sub(1).min(8);
    HOLD.saturating_mul(1 << doubled).min(LONGEST_HOLD)
}

/// Whether a subscription is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookStatus {
    /// It is.
    Active,
    /// It was switched off, by its owner or because its endpoint is gone.
    Disabled,
}

impl WebhookStatus {
    /// The name as stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
        }
    }
}

/// Whose events a subscription wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Scope {
    /// One chatbot's; it goes with the chatbot.
    #[serde(rename = "chatbotId")]
    Chatbot(ChatbotId),
    /// Those of all chatbots of a workspace, later ones included.
    #[serde(rename = "workspaceId")]
    Workspace(WorkspaceId),
}

/// A signing secret that was rotated away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetiredSecret {
    /// The secret, sealed.
    pub sealed: String,
    /// It signs too until then.
    pub until: Timestamp,
}

/// Why the platform switched a subscription off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OffReason {
    /// Its endpoint said that it is gone for good.
    Gone,
    /// Its endpoint had failed for [`PATIENCE`].
    Failing,
}

/// That the platform switched a subscription off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct SwitchedOff {
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: OffReason,
}

/// That an endpoint let attempts run into the time-out: its deliveries wait, and from time to time
/// one of them finds out whether it answers again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// None is sent before.
    pub until: Timestamp,
    /// How many attempts in a row ran into the time-out.
    pub times: u32,
}

/// A subscription. It remembers its dialect; every delivery speaks it.
#[derive(Debug, Clone, PartialEq)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The chatbot whose events it wants; all of the workspace if `None`.
    pub chatbot_id: Option<ChatbotId>,
    /// The dialect it was made in.
    pub dialect: Dialect,
    /// Where deliveries go: a web address, or the ARN of a queue.
    pub url: String,
    /// The dialect's names of the events it wants.
    pub events: Vec<String>,
    /// Its owner's note.
    pub description: String,
    /// The signing secret, sealed.
    pub sealed_secret: String,
    /// The secret before that, which still signs for a while.
    pub retired_secret: Option<RetiredSecret>,
    /// Whether it is served.
    pub status: WebhookStatus,
    /// Since when every attempt has failed; `None` if the last one did not.
    pub failing_since: Option<Timestamp>,
    /// That it was the platform that switched it off, if it was.
    pub switched_off: Option<SwitchedOff>,
    /// That its endpoint is held back, if it is.
    pub held: Option<Held>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Webhook {
    /// Whose events it wants.
    pub fn scope(&self) -> Scope {
        self.chatbot_id.map_or(Scope::Workspace(self.workspace_id), Scope::Chatbot)
    }

    /// Whether an attempt that fails at `now` is one too many.
    pub fn has_failed_for_too_long(&self, now: Timestamp) -> bool {
        self.failing_since.is_some_and(|since| now.since(since) >= PATIENCE)
    }
}

/// What may change of a subscription; what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WebhookPatch {
    /// See [`Webhook::url`].
    pub url: Option<String>,
    /// See [`Webhook::events`].
    pub events: Option<Vec<String>>,
    /// See [`Webhook::description`].
    pub description: Option<String>,
    /// See [`Webhook::status`].
    pub status: Option<WebhookStatus>,
}

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// An attempt is due, now or later.
    Pending,
    /// An endpoint said 2xx.
    Delivered,
    /// Given up: the schedule is used up, or the endpoint or subscription is gone.
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
    /// Where it stands.
    pub status: DeliveryStatus,
    /// What was tried, oldest first.
    pub attempts: Vec<Attempt>,
    /// When it was last sent again, if it was.
    pub replayed_at: Option<Timestamp>,
    /// How many attempts had been made then: the schedule starts anew after them.
    pub replayed_after: usize,
    /// When the next attempt is due.
    pub next_attempt_at: Option<Timestamp>,
    /// When the event happened.
    pub created_at: Timestamp,
}

impl Delivery {
    /// The delivery of `event` to `webhook` under the dialect's name `name`, pending and without
    /// attempts. Made again it has the same id.
    pub fn of_event(event: &Event, webhook: &Webhook, name: String, body: String) -> Self {
        let parts = [event.id.to_string(), webhook.id.to_string(), name.clone()];
        let id = DeliveryId::derived_at(event.at, &parts.each_ref().map(String::as_str));
        Self::pending(id, (event.id, event.at), webhook, name, body)
    }

    /// A delivery of a test message to `webhook`, made at `now`; each is a delivery of its own.
    pub fn of_test(webhook: &Webhook, name: String, body: String, now: Timestamp) -> Self {
        let event = EventId::new();
        let id = DeliveryId::derived_at(now, &[&event.to_string()]);
        Self::pending(id, (event, now), webhook, name, body)
    }

    fn pending(
        id: DeliveryId,
        (event_id, created_at): (EventId, Timestamp),
        webhook: &Webhook,
        event: String,
        body: String,
    ) -> Self {
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
    /// The first [`KEPT_BODY`] bytes of the answer, or what went wrong instead.
    pub response: String,
}

impl Attempt {
    /// Any 2xx is success; a redirect is not followed and not a success.
    pub fn succeeded(&self) -> bool {
        self.status.is_some_and(|s| (200..300).contains(&s))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_follow_the_schedule_within_a_fifth() {
        for (attempts, base) in (1..).zip(RETRIES) {
            for jitter in [0.0, 0.3, 0.5, 1.0] {
                let wait = wait(attempts, jitter, None).unwrap();
                assert!(wait >= base.mul_f64(0.799) && wait <= base.mul_f64(1.201));
            }
        }
        assert_eq!(wait(1, 0.5, None), Some(Duration::from_secs(5)));
        assert_eq!(wait(8, 0.5, None), None);
        assert_eq!(wait(0, 0.5, None), None);
    }

    #[test]
    fn an_endpoint_is_held_back_for_longer_each_time_up_to_a_bound() {
        let seconds: Vec<_> = (1..8).map(|times| hold(times).as_secs()).collect();
        assert_eq!(seconds, [15, 30, 60, 120, 240, 300, 300]);
        assert_eq!(hold(u32::MAX), LONGEST_HOLD);
    }

    #[test]
    fn an_endpoint_may_lengthen_a_wait_but_not_shorten_it_and_only_to_a_day() {
        let ask = |s| wait(1, 0.5, Some(Duration::from_secs(s))).map(|d| d.as_secs());
        assert_eq!(ask(1), Some(5));
        assert_eq!(ask(90), Some(90));
        assert_eq!(ask(10 * 24 * 3600), Some(24 * 3600));
    }
}
