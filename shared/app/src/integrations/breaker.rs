//! The circuit breaker of one integration, in this process. Opening it is also written to the table
//! (`health`), so that other processes don't have to find out for themselves.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::Timestamp;

/// Transient failures in a row that open it.
const THRESHOLD: u32 = 3;
/// How long it stays open the first time, and at most.
const COOLDOWN: Duration = Duration::from_secs(30);
const MAX_COOLDOWN: Duration = Duration::from_secs(300);

/// Closed: requests pass. Open: none passes. Half open: one passes and finds out.
#[derive(Debug, Default)]
pub struct BackendBreaker(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    failures: u32,
    /// A request finds out whether the backend answers again.
    probing: bool,
}

/// Whether a request may pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerAdmission {
    /// It may.
    Pass,
    /// It may, alone: the breaker was open.
    Probe,
    /// It may not.
    Rejected,
}

impl BackendBreaker {
    /// Asks at `now` to let a request pass; `open_until` is what the integration's item says.
    pub fn admit(&self, open_until: Option<Timestamp>, now: Timestamp) -> BreakerAdmission {
        let Some(until) = open_until else { return BreakerAdmission::Pass };
        let mut state = self.lock();
        if now < until || state.probing {
            return BreakerAdmission::Rejected;
        }
        state.probing = true;
        BreakerAdmission::Probe
    }

    /// The request that was admitted answered.
    pub fn succeeded(&self) {
        *self.lock() = State::default();
    }

    /// The request that was admitted failed in a way that may pass. For how long the breaker opens now,
    /// if it does; `trips` is how often it opened since the last answer.
    pub fn failed(&self, admission: BreakerAdmission, trips: u32) -> Option<Duration> {
        let mut state = self.lock();
        state.failures += 1;
        if admission == BreakerAdmission::Probe || state.failures >= THRESHOLD {
            *state = State::default();
            return Some(cooldown(trips));
        }
        None
    }

    /// The request that was admitted ended without saying anything about the backend's health.
    pub fn released(&self) {
        self.lock().probing = false;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Doubles with every time that it opens, up to a bound.
fn cooldown(trips: u32) -> Duration {
    COOLDOWN.saturating_mul(1 << trips.min(10)).min(MAX_COOLDOWN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_failures_in_a_row_open_it_and_a_success_between_starts_over() {
        let breaker = BackendBreaker::default();
        assert_eq!(breaker.failed(BreakerAdmission::Pass, 0), None);
        assert_eq!(breaker.failed(BreakerAdmission::Pass, 0), None);
        breaker.succeeded();
        assert_eq!(breaker.failed(BreakerAdmission::Pass, 0), None);
        assert_eq!(breaker.failed(BreakerAdmission::Pass, 0), None);
        assert_eq!(breaker.failed(BreakerAdmission::Pass, 0), Some(COOLDOWN));
    }

    #[test]
    fn one_request_probes_after_the_cooldown() {
        let breaker = BackendBreaker::default();
        let at = Timestamp::from_millis;
        let open = Some(at(1_000));
        assert_eq!(breaker.admit(None, at(0)), BreakerAdmission::Pass);
        assert_eq!(breaker.admit(open, at(999)), BreakerAdmission::Rejected);
        assert_eq!(breaker.admit(open, at(1_000)), BreakerAdmission::Probe);
        assert_eq!(breaker.admit(open, at(1_001)), BreakerAdmission::Rejected, "one at a time");
        assert_eq!(breaker.failed(BreakerAdmission::Probe, 1), Some(COOLDOWN * 2));
        assert_eq!(breaker.admit(open, at(1_002)), BreakerAdmission::Probe);
        breaker.succeeded();
        assert_eq!(breaker.admit(None, at(1_003)), BreakerAdmission::Pass);
    }

    #[test]
    fn cooldowns_double_up_to_a_bound() {
        let seconds: Vec<_> = (0..6).map(|trips| cooldown(trips).as_secs()).collect();
        assert_eq!(seconds, [30, 60, 120, 240, 300, 300]);
        assert_eq!(cooldown(u32::MAX), MAX_COOLDOWN);
    }
}
