//! Retries of writes that conflict with another one: exponential backoff with jitter.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

/// The delay before a first retry, without its jitter.
const MIN_DELAY: Duration = Duration::from_millis(10);

/// The retries of one operation. Each delay is twice the one before; jitter adds up to as much, so
/// that two that conflicted don't do so again.
#[derive(Debug)]
pub struct Retries {
    delays: ExponentialBackoff,
}

impl Retries {
    /// Up to `max` retries after the first attempt, with delays of at most `max_delay` without
    /// their jitter.
    pub fn new(max: usize, max_delay: Duration) -> Self {
        let delays = ExponentialBuilder::default()
            .with_factor(2.0)
            .with_min_delay(MIN_DELAY)
            .with_max_delay(max_delay)
            .with_max_times(max)
            .with_jitter();
        Self { delays: delays.build() }
    }

    /// Waits before the next attempt; `false` at once if there is none.
    pub async fn wait(&mut self) -> bool {
        let Some(delay) = self.delays.next() else { return false };
        tokio::time::sleep(delay).await;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_double_within_their_jitter_up_to_a_bound() {
        let max = Duration::from_millis(200);
        let delays: Vec<Duration> = Retries::new(10, max).delays.collect();
        assert_eq!(delays.len(), 10);
        for (retry, delay) in delays.iter().enumerate() {
            let base = MIN_DELAY.saturating_mul(1 << retry).min(max);
            assert!((base..=base * 2).contains(delay), "{retry}: {delay:?}");
        }
    }

    #[tokio::test]
    async fn an_operation_without_retries_waits_for_none() {
        assert!(!Retries::new(0, Duration::from_secs(1)).wait().await);
    }
}
