//! Periods of analytics and lists.

use crate::{Days, Error, Result, Timestamp};

/// The last days, today included, or all there were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// Seven days.
    Week,
    /// Thirty days.
    Month,
    /// Ninety days.
    Quarter,
    /// From the first day on.
    All,
}

impl Period {
    /// Those with an end.
    const LAST: [Self; 3] = [Self::Week, Self::Month, Self::Quarter];

    /// The name as a client gives it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Week => "7d",
            Self::Month => "30d",
            Self::Quarter => "90d",
            Self::All => "all",
        }
    }

    /// `7d`, `30d` or `90d`; thirty days where nothing is said.
    pub fn last(field: &str, value: Option<&str>) -> Result<Self> {
        let Some(value) = value else { return Ok(Self::Month) };
        let found = Self::LAST.into_iter().find(|period| period.name() == value);
        found.ok_or_else(|| Error::field(field, "must be one of 7d, 30d, 90d"))
    }

    /// The same, or `all`.
    pub fn any(field: &str, value: Option<&str>) -> Result<Self> {
        if value == Some(Self::All.name()) {
            return Ok(Self::All);
        }
        Self::last(field, value)
            .map_err(|_| Error::field(field, "must be one of 7d, 30d, 90d, all"))
    }

    /// Its days, of which that of `now` is the last.
    pub fn days(self, now: Timestamp) -> Days {
        match self {
            Self::Week => Days::until(now, 7),
            Self::Month => Days::until(now, 30),
            Self::Quarter => Days::until(now, 90),
            Self::All => Days::ALL,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_one_of_those_named() {
        assert_eq!(Period::last("period", None).unwrap(), Period::Month);
        assert_eq!(Period::any("range", Some("all")).unwrap(), Period::All);
        for bad in ["", "all", "7", "31d", "7D"] {
            let error = Period::last("period", Some(bad)).unwrap_err();
            assert_eq!(error.message, "period must be one of 7d, 30d, 90d");
        }
        assert!(Period::any("range", Some("1d")).unwrap_err().message.ends_with("90d, all"));
        assert_eq!(Period::Quarter.days(Timestamp::from_millis(0)).names().count(), 90);
    }
}
