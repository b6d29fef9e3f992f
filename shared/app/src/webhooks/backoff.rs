//! Backoff of deliveries: when a failed attempt is retried, and when an attempt that could not be
//! made is deferred to. Jitter is a number from 0 to 1 that the caller draws.

use std::time::Duration;

use domain::{Timestamp, webhook::retry::retry_delay};

use crate::adapters::sqs::LONGEST_DELAY;

/// How long a message may be on its way before the ticker sends another.
pub(crate) const LEASE: Duration = Duration::from_secs(5 * 60);
/// The shortest deferral.
pub(super) const MIN_DEFERRAL: Duration = Duration::from_secs(1);
/// The longest deferral of an attempt whose endpoint is at its concurrency limit.
const MAX_BUSY: Duration = Duration::from_secs(8);
/// This many deferrals of [`MAX_BUSY`] in a row take less than a lease.
const DEFERRALS_PER_LEASE: u32 = 16;
/// Deferred attempts are spread over this, so that they do not all come back at once.
const MAX_SPREAD: Duration = Duration::from_secs(30);

/// The retry schedule, `time_scale` times as fast.
#[derive(Debug, Clone, Copy)]
pub(super) struct Backoff {
    time_scale: u32,
}

impl Backoff {
    pub fn new(time_scale: u32) -> Self {
        Self { time_scale: time_scale.max(1) }
    }

    /// The delay after `attempts` failed attempts; `None` once the schedule is exhausted.
    pub fn retry_delay(
        self,
        attempts: usize,
        jitter: f64,
        retry_after: Option<Duration>,
    ) -> Option<Duration> {
        retry_delay(attempts, jitter, retry_after).map(|delay| delay / self.time_scale)
    }
}

/// How long an attempt is deferred whose endpoint is at its concurrency limit: doubling with each
/// deferral, up to [`MAX_BUSY`].
pub(super) fn busy(deferrals: u32) -> Duration {
    MIN_DEFERRAL.saturating_mul(1 << deferrals.min(8)).min(MAX_BUSY)
}

/// `delay` with jitter added, within what a queue can hold back.
pub(super) fn spread(delay: Duration, jitter: f64) -> Duration {
    let added = delay.min(MAX_SPREAD).mul_f64(jitter.clamp(0.0, 1.0));
    (delay + added).clamp(MIN_DEFERRAL, LONGEST_DELAY)
}

/// Whether a deferral by `delay` moves the time at which the ticker finds the delivery. Not each
/// one does, since a lease is longer than many short deferrals.
pub(super) fn renews_lease(deferrals: u32, delay: Duration) -> bool {
    deferrals.is_multiple_of(DEFERRALS_PER_LEASE) || delay > MAX_BUSY * 2
}

/// When the ticker looks at a delivery whose first message is sent at `now`.
pub(super) fn first_look(now: Timestamp) -> Timestamp {
    now.plus(LEASE)
}

/// When the ticker looks at a delivery whose attempt is due at `next`, `delay` from now: a lease
/// after it where a message is on its way, well before it where one has yet to be sent.
pub(super) fn look_again(next: Timestamp, delay: Duration) -> Timestamp {
    if delay <= LONGEST_DELAY {
        return next.plus(LEASE);
    }
    let early = i64::try_from((LONGEST_DELAY - LEASE).as_millis()).unwrap_or(0);
    Timestamp::from_millis(next.millis() - early)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deferrals_of_a_busy_endpoint_double_up_to_a_bound() {
        let seconds: Vec<_> = (0..6).map(|deferrals| busy(deferrals).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 8, 8]);
        assert_eq!(busy(u32::MAX), MAX_BUSY);
    }

    #[test]
    fn jitter_at_most_doubles_a_deferral_and_adds_at_most_its_bound() {
        let seconds = |delay, jitter| spread(Duration::from_secs(delay), jitter).as_secs();
        assert_eq!([0.0, 0.5, 1.0].map(|jitter| seconds(8, jitter)), [8, 12, 16]);
        assert_eq!([0.0, 1.0].map(|jitter| seconds(300, jitter)), [300, 330]);
        assert_eq!(seconds(0, 1.0), MIN_DEFERRAL.as_secs());
        assert_eq!(seconds(24 * 60 * 60, 1.0), LONGEST_DELAY.as_secs());
    }

    #[test]
    fn a_lease_outlasts_the_deferrals_that_do_not_renew_it() {
        let longest = spread(MAX_BUSY, 1.0);
        assert!(!renews_lease(1, longest) && renews_lease(0, longest));
        assert!(longest * DEFERRALS_PER_LEASE < LEASE);
        assert!(renews_lease(1, longest + Duration::from_millis(1)));
    }

    #[test]
    fn the_ticker_looks_after_a_message_that_is_on_its_way_and_before_one_to_be_sent() {
        let now = Timestamp::from_millis(0);
        let look = |seconds| {
            let delay = Duration::from_secs(seconds);
            look_again(now.plus(delay), delay).since(now).as_secs()
        };
        assert_eq!(look(5), 5 + 300);
        assert_eq!(look(15 * 60), 15 * 60 + 300);
        assert_eq!(look(2 * 60 * 60), 2 * 60 * 60 - 10 * 60);
    }

    #[test]
    fn a_time_scale_shortens_the_schedule() {
        let delay = |scale| Backoff::new(scale).retry_delay(2, 0.5, None);
        assert_eq!([1, 60].map(delay), [300, 5].map(Duration::from_secs).map(Some));
        assert_eq!(Backoff::new(1).retry_delay(8, 0.5, None), None);
    }
}
