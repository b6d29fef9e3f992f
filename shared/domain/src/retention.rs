//! How long a chatbot keeps what its visitors leave.

use std::time::Duration;

use crate::{Error, Result, Timestamp};

/// Days that something may be kept.
pub const DAYS: (u32, u32) = (1, 3_650);
/// Seconds of a day.
const DAY: u64 = 24 * 60 * 60;

/// How long a chatbot keeps conversations and leads. What is not set is kept until it is deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Retention {
    /// Days from the last message of a conversation on.
    pub conversation_days: Option<u32>,
    /// Days from when a lead was left on.
    pub lead_days: Option<u32>,
}

impl Retention {
    /// Checks the bounds.
    pub fn new(conversation_days: Option<i64>, lead_days: Option<i64>) -> Result<Self> {
        Ok(Self {
            conversation_days: days("conversationDays", conversation_days)?,
            lead_days: days("leadDays", lead_days)?,
        })
    }

    /// Whether anything expires.
    pub fn is_set(self) -> bool {
        self != Self::default()
    }

    /// Conversations whose last message came before this have expired.
    pub fn conversations_before(self, now: Timestamp) -> Option<Timestamp> {
        self.conversation_days.map(|days| before(days, now))
    }

    /// Leads that were left before this have expired.
    pub fn leads_before(self, now: Timestamp) -> Option<Timestamp> {
        self.lead_days.map(|days| before(days, now))
    }
}

fn before(days: u32, now: Timestamp) -> Timestamp {
    now.minus(Duration::from_secs(u64::from(days) * DAY))
}

fn days(field: &str, given: Option<i64>) -> Result<Option<u32>> {
    let Some(given) = given else { return Ok(None) };
    let (min, max) = DAYS;
    let days = u32::try_from(given).ok().filter(|days| (min..=max).contains(days));
    let wrong = || Error::field(field, format!("must be a whole number from {min} to {max}"));
    days.map(Some).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_have_bounds_and_none_is_for_ever() {
        assert!(!Retention::new(None, None).unwrap().is_set());
        let kept = Retention::new(Some(1), Some(3_650)).unwrap();
        let now = Timestamp::parse("2026-02-15T10:30:00.000Z").unwrap();
        let before = kept.conversations_before(now).unwrap();
        assert_eq!(before.to_string(), "2026-02-14T10:30:00.000Z");
        for wrong in [0, -1, 3_651, i64::MAX] {
            let error = Retention::new(None, Some(wrong)).unwrap_err();
            assert_eq!(error.message, "leadDays must be a whole number from 1 to 3650");
        }
    }
}
