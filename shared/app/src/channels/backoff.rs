//! When an entry is tried again, and when the ticker looks at it.

use std::time::Duration;

use domain::Timestamp;

use crate::adapters::sqs::LONGEST_DELAY;

/// How long a message on the queue may be on its way before the ticker sends another.
pub(super) const LOOK_AFTER: Duration = Duration::from_secs(5 * 60);
/// How long a lease lasts without renewal: so long the peer of a worker that died waits.
pub(super) const LEASE: Duration = Duration::from_secs(20);
/// An entry that is older fails.
pub(crate) const MAX_AGE: Duration = Duration::from_secs(24 * 60 * 60);
/// How often a connected channel's platform is asked whether it still is one.
pub(super) const CHECK_EVERY: Duration = Duration::from_secs(6 * 60 * 60);
/// When it is asked again that could not be asked.
pub(super) const CHECK_AGAIN: Duration = Duration::from_secs(30 * 60);
/// A delay that a worker waits out itself, to keep its lease.
pub(super) const MAX_WAIT: Duration = Duration::from_secs(3);
/// Delays after failed attempts; the last one repeats.
const DELAYS: [u64; 6] = [2, 10, 60, 300, 900, 3_600];
/// The longest deferral of a peer that another worker has.
const MAX_BUSY: Duration = Duration::from_secs(8);

/// The delay after `attempts` failed attempts, at least what the platform `asks`, with up to a fifth of
/// `jitter` (0 to 1) added.
pub(super) fn retry_delay(attempts: u32, asks: Option<Duration>, jitter: f64) -> Duration {
    let at = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    let planned = Duration::from_secs(DELAYS[at.min(DELAYS.len() - 1)]);
    let delay = asks.unwrap_or(planned);
    delay.saturating_add(delay.min(LOOK_AFTER).mul_f64(jitter.clamp(0.0, 1.0) / 5.0)).min(MAX_AGE)
}

/// How long a job waits whose peer another worker has, the `deferrals`th time.
pub(super) fn busy(deferrals: u32) -> Duration {
    Duration::from_secs(1).saturating_mul(1 << deferrals.min(8)).min(MAX_BUSY)
}

/// When the ticker looks at an entry that is tried at `next`, `delay` from now: a while after it where a
/// message is on its way, well before it where one has yet to be sent.
pub(super) fn look_again(next: Timestamp, delay: Duration) -> Timestamp {
    if delay <= LONGEST_DELAY {
        return next.plus(LOOK_AFTER);
    }
    let early = i64::try_from((LONGEST_DELAY - LOOK_AFTER).as_millis()).unwrap_or(0);
    Timestamp::from_millis(next.millis() - early)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_and_what_the_platform_asks_is_kept() {
        let seconds = |attempts, asks: Option<u64>, jitter| {
            retry_delay(attempts, asks.map(Duration::from_secs), jitter).as_secs()
        };
        assert_eq!([1, 2, 3, 9].map(|attempts| seconds(attempts, None, 0.0)), [2, 10, 60, 3_600]);
        assert_eq!(seconds(1, Some(30), 0.0), 30);
        assert_eq!(seconds(5, Some(1), 0.0), 1);
        assert_eq!(seconds(1, Some(30), 1.0), 36);
        assert_eq!(seconds(1, Some(u64::MAX), 1.0), MAX_AGE.as_secs());
    }

    #[test]
    fn a_busy_peer_is_asked_again_soon() {
        let seconds: Vec<_> = (0..6).map(|deferrals| busy(deferrals).as_secs()).collect();
        assert_eq!(seconds, [1, 2, 4, 8, 8, 8]);
        assert_eq!(busy(u32::MAX), MAX_BUSY);
    }

    #[test]
    fn the_ticker_looks_after_a_message_that_is_on_its_way_and_before_one_to_be_sent() {
        let now = Timestamp::from_millis(0);
        let look = |seconds| {
            let delay = Duration::from_secs(seconds);
            look_again(now.plus(delay), delay).since(now).as_secs()
        };
        assert_eq!(look(5), 5 + 300);
        assert_eq!(look(2 * 60 * 60), 2 * 60 * 60 - 10 * 60);
    }
}
