//! The rules by which a slow endpoint is set apart: how long its requests take is known of slow ones
//! only, so that an endpoint that answers fast costs no write.

use std::time::Duration;

/// An endpoint that has taken this long is slow, until its average is below.
pub const SLOW: Duration = Duration::from_secs(2);

/// The moving average that is known of an endpoint in milliseconds, after a request to it that took
/// `took`; `before` is the average before. `None` for one that is not slow.
pub fn slow_average(before: Option<u32>, took: Duration) -> Option<u32> {
    let took = u32::try_from(took.as_millis()).unwrap_or(u32::MAX);
    let average = match before {
        Some(before) => u32::try_from((u64::from(before) * 3 + u64::from(took)) / 4).ok()?,
        None => took,
    };
    (u128::from(average) >= SLOW.as_millis()).then_some(average)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slow_answer_sets_apart_and_some_fast_ones_bring_back() {
        let fast = Duration::from_millis(50);
        assert_eq!(slow_average(None, fast), None);
        assert_eq!(slow_average(None, SLOW), Some(2_000));
        let mut average = slow_average(None, Duration::from_secs(14));
        let mut answers = 0;
        while average.is_some() {
            average = slow_average(average, fast);
            answers += 1;
        }
        assert_eq!(answers, 7);
        let slow = (0..20).fold(None, |average, _| slow_average(average, Duration::from_secs(3)));
        assert_eq!(slow, Some(3_000));
    }
}
