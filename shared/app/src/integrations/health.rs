//! What answers and failures say about an integration, written to its item. A write is made when
//! something changes, so a healthy turn costs none.

use ai::AnswerError;
use domain::{Integration, IntegrationStatus, Timestamp, conversation::shorten};

use super::{
    ask::BackendAttempt,
    backends::Integrations,
    breaker::{BackendBreaker, BreakerAdmission},
};

/// Characters of a reason.
const MAX_REASON: usize = 300;

impl Integrations {
    /// Notes `attempts`. What can't be written is logged: the next attempt says the same.
    pub async fn note(&self, attempts: &[BackendAttempt]) {
        for attempt in attempts {
            let seen = &attempt.backend.integration;
            let Some(now) = after(attempt, &attempt.backend.breaker, self.app.now()) else {
                continue;
            };
            tracing::warn!(
                integration = %seen.id,
                status = now.status.name(),
                reason = now.status_reason.as_deref().unwrap_or_default(),
                "the status of an integration changed"
            );
            if let Err(error) = self.app.store.set_integration_health(&now, seen).await {
                tracing::error!(%error, integration = %seen.id, "a status could not be written");
            }
        }
    }
}

/// The integration after `attempt`, if that changes it.
fn after(
    attempt: &BackendAttempt,
    breaker: &BackendBreaker,
    now: Timestamp,
) -> Option<Integration> {
    let seen = &attempt.backend.integration;
    let Some(error) = &attempt.error else {
        breaker.succeeded();
        return (seen.status == IntegrationStatus::Error).then(|| Integration {
            status: IntegrationStatus::Active,
            status_reason: None,
            open_until: None,
            trips: 0,
            ..seen.clone()
        });
    };
    let reason = shorten(&error.to_string(), MAX_REASON);
    if attempt.admission == BreakerAdmission::Rejected {
        return None;
    }
    if error.is_transient() {
        let cooldown = breaker.failed(attempt.admission, seen.trips)?;
        return Some(Integration {
            status: IntegrationStatus::Error,
            status_reason: Some(reason),
            open_until: Some(now.plus(cooldown)),
            trips: seen.trips.saturating_add(1),
            ..seen.clone()
        });
    }
    breaker.released();
    // A request that it rejects says nothing about the backend.
    let lasts = !matches!(error, AnswerError::Rejected { .. });
    let changes = seen.status != IntegrationStatus::Error
        || seen.status_reason.as_deref() != Some(&reason)
        || seen.open_until.is_some();
    (lasts && changes).then(|| Integration {
        status: IntegrationStatus::Error,
        status_reason: Some(reason),
        open_until: None,
        ..seen.clone()
    })
}
