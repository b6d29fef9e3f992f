//! The retry schedule of deliveries.

use std::time::Duration;

/// `Retry-After` may lengthen a delay up to this.
pub const MAX_RETRY_AFTER: Duration = Duration::from_secs(24 * 60 * 60);

/// The delays before the second attempt and those after it; then a delivery has failed.
pub const RETRY_DELAYS: [Duration; 7] = [
    Duration::from_secs(5),
    Duration::from_secs(5 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(2 * 60 * 60),
    Duration::from_secs(5 * 60 * 60),
    Duration::from_secs(10 * 60 * 60),
    Duration::from_secs(10 * 60 * 60),
];

/// The delay after `attempts` attempts have failed: the schedule's, moved by up to a fifth either
/// way (`jitter` from 0 to 1 picks where), and no shorter than the endpoint's `retry_after`.
/// `None` once the schedule is exhausted.
pub fn retry_delay(
    attempts: usize,
    jitter: f64,
    retry_after: Option<Duration>,
) -> Option<Duration> {
    let base = RETRY_DELAYS.get(attempts.checked_sub(1)?)?;
    let scaled = base.mul_f64(0.8 + 0.4 * jitter.clamp(0.0, 1.0));
    Some(retry_after.map_or(scaled, |after| scaled.max(after.min(MAX_RETRY_AFTER))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_follow_the_schedule_within_a_fifth() {
        for (attempts, base) in (1..).zip(RETRY_DELAYS) {
            for jitter in [0.0, 0.3, 0.5, 1.0] {
                let delay = retry_delay(attempts, jitter, None).unwrap();
                assert!(delay >= base.mul_f64(0.799) && delay <= base.mul_f64(1.201));
            }
        }
        assert_eq!(retry_delay(1, 0.5, None), Some(Duration::from_secs(5)));
        assert_eq!(retry_delay(8, 0.5, None), None);
        assert_eq!(retry_delay(0, 0.5, None), None);
    }

    #[test]
    fn an_endpoint_may_lengthen_a_delay_but_not_shorten_it_and_only_to_a_day() {
        let after = |s| retry_delay(1, 0.5, Some(Duration::from_secs(s))).map(|d| d.as_secs());
        assert_eq!(after(1), Some(5));
        assert_eq!(after(90), Some(90));
        assert_eq!(after(10 * 24 * 3600), Some(24 * 3600));
    }
}
