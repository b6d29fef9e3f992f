//! What an attempt says of its endpoint's health.

use super::{Attempt, AutoDisabled, DisableReason, MAX_FAILING, Webhook};
use crate::Timestamp;

/// The status of an endpoint that is gone for good.
const GONE: u16 = 410;

/// What changes of a webhook's health after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HealthChange {
    /// Nothing: it succeeds, or fails, as before.
    None,
    /// Its attempts fail since then.
    BeginsFailing(Timestamp),
    /// It has succeeded after failures.
    Recovers,
    /// It is to be disabled; where it failed for too long, only if it still has failed without a
    /// success since the time given.
    Disable(AutoDisabled, Option<Timestamp>),
}

impl Attempt {
    /// Whether the endpoint says that it is gone for good (410).
    pub fn is_gone(&self) -> bool {
        self.status == Some(GONE)
    }
}

impl Webhook {
    /// What `attempt` changes of its health.
    pub fn health_after(&self, attempt: &Attempt) -> HealthChange {
        if self.callback.is_some() {
            return HealthChange::None;
        }
        let at = attempt.at;
        let disable = |reason| AutoDisabled { at, reason };
        match self.failing_since {
            _ if attempt.is_gone() => HealthChange::Disable(disable(DisableReason::Gone), None),
            None if attempt.succeeded() => HealthChange::None,
            Some(_) if attempt.succeeded() => HealthChange::Recovers,
            None => HealthChange::BeginsFailing(at),
            Some(since) if at.since(since) >= MAX_FAILING => {
                HealthChange::Disable(disable(DisableReason::Failing), Some(since))
            }
            Some(_) => HealthChange::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{ChatbotId, Dialect, WebhookId, WebhookStatus, WorkspaceId};

    fn after(failing_since: Option<Timestamp>, status: u16, at: Timestamp) -> HealthChange {
        let webhook = Webhook {
            id: WebhookId::new(),
            workspace_id: WorkspaceId::new(),
            chatbot_id: Some(ChatbotId::new()),
            dialect: Dialect::Botplot,
            url: "https://example.com/".to_owned(),
            events: Vec::new(),
            description: String::new(),
            sealed_secret: String::new(),
            retired_secret: None,
            status: WebhookStatus::Active,
            failing_since,
            auto_disabled: None,
            circuit: None,
            slow_ms: None,
            callback: None,
            created_at: Timestamp::from_millis(0),
        };
        let response = String::new();
        webhook.health_after(&Attempt { at, status: Some(status), latency_ms: 1, response })
    }

    #[test]
    fn a_webhook_is_disabled_at_once_by_410_and_else_after_five_days_of_failures() {
        let begun = Timestamp::from_millis(0);
        let day = |n: u64| begun.plus(Duration::from_secs(n * 24 * 60 * 60));
        assert_eq!(after(None, 204, begun), HealthChange::None);
        assert_eq!(after(None, 500, begun), HealthChange::BeginsFailing(begun));
        assert_eq!(after(Some(begun), 500, day(4)), HealthChange::None);
        assert_eq!(after(Some(begun), 204, day(6)), HealthChange::Recovers);
        let disabled = |at, reason| AutoDisabled { at, reason };
        let failing = disabled(day(5), DisableReason::Failing);
        assert_eq!(after(Some(begun), 500, day(5)), HealthChange::Disable(failing, Some(begun)));
        let gone = disabled(day(1), DisableReason::Gone);
        assert_eq!(after(Some(begun), 410, day(1)), HealthChange::Disable(gone, None));
        assert_eq!(after(None, 410, day(1)), HealthChange::Disable(gone, None));
    }
}
