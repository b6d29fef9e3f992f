//! Asks the backend that was chosen and, where it fails, the fallback, within one deadline.

use std::time::{Duration, Instant};

use ai::{AnswerError, Request};
use domain::{MessageId, Timestamp};

use super::{
    backends::{Backend, Backends, Integrations},
    breaker::BreakerAdmission,
    choice::candidates,
    clocks::{Clocks, bounded},
    drive::{AnswerFailure, AnswerOutcome, DeltaSink, drive},
};

/// The share of the time left that a backend gets while there is another one to ask.
const FIRST_SHARE: f64 = 0.6;
/// How long to wait before the same backend is asked again, unless it says otherwise.
const RETRY_DELAY: Duration = Duration::from_millis(250);
/// A wait that a backend asks for is granted up to this share of the time left.
const MAX_WAIT_SHARE: f64 = 0.25;

/// The time that everything together may take.
#[derive(Debug, Clone, Copy)]
pub struct Deadline {
    begun: Instant,
    budget: Duration,
}

impl Deadline {
    /// `budget` from now on.
    pub fn after(budget: Duration) -> Self {
        Self { begun: Instant::now(), budget }
    }

    pub(super) fn left(&self) -> Duration {
        self.budget.saturating_sub(self.begun.elapsed())
    }
}

/// The backends that are asked, first to last; none if the built-in answerer answers.
pub struct Candidates(Vec<Backend>);

impl Candidates {
    /// Those of `backends` for this message.
    pub fn of(backends: &Backends, message: MessageId) -> Self {
        let all = backends.all();
        let integrations: Vec<_> = all.iter().map(|b| b.integration.clone()).collect();
        let chosen = candidates(&integrations, message).into_iter();
        Self(chosen.filter_map(|at| all.get(at).cloned()).collect())
    }

    /// First to last.
    pub fn all(&self) -> &[Backend] {
        &self.0
    }
}

/// One request to one backend.
pub struct BackendAttempt {
    /// Which one.
    pub backend: Backend,
    /// From the request to its first text.
    pub first_text: Option<Duration>,
    /// From the request to its end.
    pub total: Duration,
    /// Why it failed, if it did. A rejection by the circuit breaker is an attempt that took no time.
    pub error: Option<AnswerError>,
    pub(super) admission: BreakerAdmission,
}

/// How it ended.
pub enum AskOutcome {
    /// A backend answered.
    Answered(AnswerOutcome),
    /// A backend's answer broke off after the visitor had read its beginning.
    BrokenOff(String),
    /// None answered, and the visitor has read nothing.
    Failed,
}

impl Integrations {
    /// Asks `candidates` in their order, each what `request` makes for it. Text goes to `sink` as it
    /// comes, which rules a fallback out from the first piece on; without a sink the answer comes as a
    /// whole, and a fallback may still take over.
    pub async fn ask(
        &self,
        candidates: &Candidates,
        request: impl Fn(&Backend) -> Request,
        sink: Option<&dyn DeltaSink>,
        deadline: Deadline,
    ) -> (AskOutcome, Vec<BackendAttempt>) {
        let mut attempts = Vec::new();
        for (at, backend) in candidates.all().iter().enumerate() {
            let others = at + 1 < candidates.all().len();
            for retry in [false, true] {
                let left = deadline.left();
                let share = if others { left.mul_f64(FIRST_SHARE) } else { left };
                let asked = (backend, request(backend));
                let (result, attempt) = attempt(asked, sink, share, self.app.now()).await;
                attempts.push(attempt);
                let failure = match result {
                    Ok(outcome) => return (AskOutcome::Answered(outcome), attempts),
                    Err(failure) => failure,
                };
                if sink.is_some() && !failure.text.is_empty() {
                    return (AskOutcome::BrokenOff(failure.text), attempts);
                }
                match retry_delay(&failure.error, deadline).filter(|_| !retry) {
                    Some(delay) => tokio::time::sleep(delay).await,
                    None => break,
                }
            }
        }
        (AskOutcome::Failed, attempts)
    }
}

/// How long to wait before the same backend is asked again; `None` if that is of no use.
pub(super) fn retry_delay(error: &AnswerError, deadline: Deadline) -> Option<Duration> {
    let asked = match error {
        AnswerError::RateLimited { retry_after, .. } => *retry_after,
        AnswerError::Unavailable { .. } | AnswerError::BrokenOff => None,
        // A time-out has used its share up; the others last.
        AnswerError::Timeout { .. }
        | AnswerError::Rejected { .. }
        | AnswerError::Misconfigured { .. }
        | AnswerError::Refused { .. }
        | AnswerError::Malformed { .. }
        | AnswerError::CircuitOpen
        | AnswerError::Empty => return None,
    };
    let (left, delay) = (deadline.left(), asked.unwrap_or(RETRY_DELAY));
    let in_time = left >= deadline.budget / 2 && delay <= left.mul_f64(MAX_WAIT_SHARE);
    in_time.then_some(delay)
}

async fn attempt(
    (backend, request): (&Backend, Request),
    sink: Option<&dyn DeltaSink>,
    total: Duration,
    now: Timestamp,
) -> (Result<AnswerOutcome, AnswerFailure>, BackendAttempt) {
    let begun = Instant::now();
    let admission = backend.breaker.admit(backend.integration.open_until, now);
    let mut first = None;
    let result = match admission {
        BreakerAdmission::Rejected => {
            Err(AnswerFailure { error: AnswerError::CircuitOpen, text: String::new() })
        }
        BreakerAdmission::Pass | BreakerAdmission::Probe => {
            let silence = Duration::from_secs(backend.integration.timeout_seconds.into());
            let clocks = Clocks { first: silence, silence, total };
            drive(bounded(backend.answerer.answer(request), clocks), sink, &mut first).await
        }
    };
    let attempt = BackendAttempt {
        backend: backend.clone(),
        first_text: first.map(|first: Instant| first.duration_since(begun)),
        total: begun.elapsed(),
        error: result.as_ref().err().map(|failure| failure.error.clone()),
        admission,
    };
    (result, attempt)
}
