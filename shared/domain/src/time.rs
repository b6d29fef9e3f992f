//! Points in time: UTC, whole milliseconds.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, format_description::well_known::Rfc3339, macros::format_description};

/// Milliseconds since 1970-01-01T00:00:00Z. Shown as RFC 3339 with exactly three decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;

/// Whole UTC days from a first one to a last one, both of them included; open where there is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Days {
    /// When the first one begins.
    pub first: Option<Timestamp>,
    /// When the last one begins.
    pub last: Option<Timestamp>,
}

impl Days {
    /// Every day there is.
    pub const ALL: Self = Self { first: None, last: None };

    /// The `number` days up to the one of `last`.
    pub fn until(last: Timestamp, number: u32) -> Self {
        let last = last.day_start();
        let first = last.0 - DAY * i64::from(number.saturating_sub(1));
        Self { first: Some(Timestamp(first)), last: Some(last) }
    }

    /// The last millisecond of the last one.
    pub fn end(self) -> Option<Timestamp> {
        self.last.map(|last| Timestamp(last.0 + DAY - 1))
    }

    /// Each of them in order, as `2026-02-15`; none where they are open.
    pub fn names(self) -> impl Iterator<Item = String> {
        let (first, last) = match (self.first, self.last) {
            (Some(first), Some(last)) => (first.0, last.0),
            _ => (0, -1),
        };
        (0..)
            .map(move |n| first + n * DAY)
            .take_while(move |at| *at <= last)
            .map(|at| Timestamp(at).day())
    }
}

impl Timestamp {
    /// The present moment.
    pub fn now() -> Self {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Self(since.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX)))
    }

    /// From milliseconds since the epoch.
    pub fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    pub fn millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, as a DynamoDB expiry wants them.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Reads an RFC 3339 time in any offset.
    pub fn parse(text: &str) -> Option<Self> {
        let at = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        i64::try_from(at.unix_timestamp_nanos() / 1_000_000).ok().map(Self)
    }

    /// Whether it is from 1970 to 9999, so that its text is as long as any other's and sorts among
    /// them. What was not read from a clock has to be asked.
    pub fn is_plain(self) -> bool {
        (0..=253_402_300_799_999).contains(&self.0)
    }

    /// The UTC day, as `2026-02-15`.
    pub fn day(self) -> String {
        self.to_string().get(..10).unwrap_or_default().to_owned()
    }

    /// When its UTC day begins.
    #[must_use]
    pub fn day_start(self) -> Self {
        Self(self.0 - self.0.rem_euclid(DAY))
    }

    /// The UTC month, as `2026-02`.
    pub fn month(self) -> String {
        self.to_string().get(..7).unwrap_or_default().to_owned()
    }

    /// The UTC minute, as `2026-02-15T10:30`.
    pub fn minute(self) -> String {
        self.to_string().get(..16).unwrap_or_default().to_owned()
    }

    /// When the next UTC minute begins.
    pub fn next_minute(self) -> Self {
        Self((self.0.div_euclid(60_000) + 1) * 60_000)
    }

    /// When the next UTC month begins.
    pub fn next_month(self) -> Self {
        let mut at = self;
        // A month has at most 31 days, so this ends soon.
        while at.month() == self.month() {
            at = at.plus(Duration::from_secs(24 * 60 * 60));
        }
        Self::parse(&format!("{}-01T00:00:00Z", at.month())).unwrap_or(at)
    }

    /// `self` moved later by `duration`.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// `self` moved earlier by `duration`.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)))
    }

    /// Time from `earlier` to `self`; zero if `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0 - earlier.0).unwrap_or(0))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shape = format_description!(
            "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z"
        );
        let nanos = i128::from(self.0) * 1_000_000;
        let text = OffsetDateTime::from_unix_timestamp_nanos(nanos)
            .ok()
            .and_then(|at| at.format(&shape).ok())
            .ok_or(fmt::Error)?;
        f.write_str(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_decimals_always() {
        assert_eq!(Timestamp::from_millis(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(
            Timestamp::from_millis(1_771_151_400_120).to_string(),
            "2026-02-15T10:30:00.120Z"
        );
        assert_eq!(Timestamp::from_millis(1_771_151_400_120).day(), "2026-02-15");
    }

    #[test]
    fn days_are_whole_and_in_order() {
        let at = Timestamp::parse("2028-03-01T23:59:59.999Z").unwrap();
        let days = Days::until(at, 3);
        assert_eq!(days.names().collect::<Vec<_>>(), ["2028-02-28", "2028-02-29", "2028-03-01"]);
        assert_eq!((days.first.unwrap().day(), days.end()), ("2028-02-28".into(), Some(at)));
        assert_eq!(Days::until(at, 1).names().collect::<Vec<_>>(), ["2028-03-01"]);
        assert_eq!((Days::ALL.names().count(), Days::ALL.end()), (0, None));
    }

    #[test]
    fn months_end_where_the_next_begins() {
        for (at, month, next) in [
            ("2026-02-15T10:30:00Z", "2026-02", "2026-03-01T00:00:00.000Z"),
            ("2026-12-31T23:59:59.999Z", "2026-12", "2027-01-01T00:00:00.000Z"),
            ("2028-01-31T00:00:00Z", "2028-01", "2028-02-01T00:00:00.000Z"),
        ] {
            let at = Timestamp::parse(at).unwrap();
            assert_eq!((at.month(), at.next_month().to_string()), (month.into(), next.into()));
        }
    }

    #[test]
    fn parses_what_it_prints_and_other_offsets() {
        let at = Timestamp::from_millis(1_771_151_400_120);
        assert_eq!(Timestamp::parse(&at.to_string()), Some(at));
        assert_eq!(Timestamp::parse("2026-02-15T11:30:00.12+01:00"), Some(at));
        assert_eq!(Timestamp::parse("yesterday"), None);
    }
}
