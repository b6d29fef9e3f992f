//! Parts of a whole, as APIs show them.

/// `part` of `whole` as a ratio with one decimal; 0 of nothing.
pub fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { (10.0 * part as f64 / whole as f64).round() / 10.0 }
}

/// `part` of `whole` in percent with one decimal; 0 of nothing.
pub fn percent(part: u64, whole: u64) -> f64 {
    ratio(part.saturating_mul(100), whole)
}

/// `part` of `whole` in whole percents; 0 of nothing.
pub fn whole_percent(part: u64, whole: u64) -> i64 {
    if whole == 0 { 0 } else { (100.0 * part as f64 / whole as f64).round() as i64 }
}

/// From `before` to `now` in whole percents of `before`. From nothing to something it is 100.
pub fn change(before: u64, now: u64) -> i64 {
    match (before, now) {
        (0, 0) => 0,
        (0, _) => 100,
        _ => (100.0 * (now as f64 - before as f64) / before as f64).round() as i64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_rounded_and_nothing_of_nothing_is_zero() {
        assert_eq!((ratio(892, 156), ratio(0, 0)), (5.7, 0.0));
        assert_eq!((percent(38, 45), percent(1, 0), percent(3, 3)), (84.4, 0.0, 100.0));
        assert_eq!((whole_percent(1, 3), whole_percent(2, 3), whole_percent(0, 0)), (33, 67, 0));
        assert_eq!([change(0, 0), change(0, 3), change(4, 0), change(4, 6)], [0, 100, -100, 50]);
    }
}
