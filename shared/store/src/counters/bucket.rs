//! What is counted apart: scopes, each with an item of its own, and the parts of a day by which
//! lists find their way.

use domain::{ChatbotId, Timestamp};

use crate::keys::{self, Key};

/// How finely conversations are counted by when they began: in each hour of a day, minute of an
/// hour, tenth of a second of a minute. A chatbot's conversations share a partition, which takes
/// some hundred of them a second, so a tenth of a second holds few enough to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimeBucket {
    /// Counted in the day's item, among its other counters.
    Hour,
    /// Counted in an item of the hour's own.
    Minute,
    /// Counted in an item of the minute's own.
    Tenth,
}

impl TimeBucket {
    /// From coarse to fine.
    pub const ALL: [Self; 3] = [Self::Hour, Self::Minute, Self::Tenth];
    /// What the names of counters begin with that count parts; the part's number follows.
    pub const PREFIX: &str = "at";

    /// How long it is.
    pub fn millis(self) -> i64 {
        match self {
            Self::Hour => 60 * 60 * 1000,
            Self::Minute => 60 * 1000,
            Self::Tenth => 100,
        }
    }

    /// Where those around `at` are counted.
    pub fn key(self, chatbot: ChatbotId, at: Timestamp) -> Key {
        self.scope(at).key(chatbot)
    }

    pub fn scope(self, at: Timestamp) -> Scope {
        let text = at.to_string();
        let begins = |length: usize| text.get(..length).unwrap_or_default().to_owned();
        match self {
            Self::Hour => Scope::Day(begins("2026-02-15".len())),
            Self::Minute => Scope::Hour(begins("2026-02-15T10".len())),
            Self::Tenth => Scope::Minute(begins("2026-02-15T10:30".len())),
        }
    }

    /// The name of the counter for the one that `at` is in.
    pub fn counter(self, at: Timestamp) -> String {
        let whole = match self {
            Self::Hour => 24 * Self::Hour.millis(),
            Self::Minute => Self::Hour.millis(),
            Self::Tenth => Self::Minute.millis(),
        };
        format!("{}{}", Self::PREFIX, at.millis().rem_euclid(whole) / self.millis())
    }
}

/// What a counter is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scope {
    /// A chatbot, of all time.
    Total,
    /// One of its UTC days, such as `2026-02-15`.
    Day(String),
    /// One of its hours, such as `2026-02-15T10`.
    Hour(String),
    /// One of its minutes, such as `2026-02-15T10:30`.
    Minute(String),
    /// A part of the visitors of one of its days.
    Visitors(String, u32),
}

impl Scope {
    /// What the counters under a chatbot's sort key are of, if they are any.
    pub fn of(sk: &str) -> Option<Self> {
        let (kind, rest) = sk.split_once('#').unwrap_or((sk, ""));
        match (kind, rest.split_once('#')) {
            ("COUNT", _) => Some(Self::Total),
            ("DAY", None) => Some(Self::Day(rest.to_owned())),
            ("HOUR", None) => Some(Self::Hour(rest.to_owned())),
            ("MINUTE", None) => Some(Self::Minute(rest.to_owned())),
            ("VISITORS", Some((day, part))) => {
                part.parse().ok().map(|part| Self::Visitors(day.to_owned(), part))
            }
            _ => None,
        }
    }

    /// Where its counters are.
    pub fn key(&self, chatbot: ChatbotId) -> Key {
        match self {
            Self::Total => keys::counters(chatbot),
            Self::Day(day) => keys::day(chatbot, day),
            Self::Hour(hour) => keys::hour(chatbot, hour),
            Self::Minute(minute) => keys::minute(chatbot, minute),
            Self::Visitors(day, part) => keys::visitors(chatbot, day, *part),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_what_its_key_says() {
        for scope in [
            Scope::Total,
            Scope::Day("2026-02-15".into()),
            Scope::Hour("2026-02-15T10".into()),
            Scope::Minute("2026-02-15T10:30".into()),
            Scope::Visitors("2026-02-15".into(), 7),
        ] {
            assert_eq!(Scope::of(&scope.key(ChatbotId::new()).sk), Some(scope));
        }
        assert_eq!(Scope::of("CONV#1"), None);
    }

    #[test]
    fn each_part_has_its_counter_where_its_whole_is() {
        let chatbot = ChatbotId::new();
        for (at, counters) in [
            ("2026-02-15T00:00:00.000Z", ["at0", "at0", "at0"]),
            ("2026-02-15T10:30:12.345Z", ["at10", "at30", "at123"]),
            ("2026-02-15T23:59:59.999Z", ["at23", "at59", "at599"]),
        ] {
            let time = Timestamp::parse(at).unwrap();
            assert_eq!(TimeBucket::ALL.map(|bucket| bucket.counter(time)), counters);
            let keys = TimeBucket::ALL.map(|bucket| bucket.key(chatbot, time).sk);
            let [day, hour, minute] = [&at[..10], &at[..13], &at[..16]];
            let expected =
                [format!("DAY#{day}"), format!("HOUR#{hour}"), format!("MINUTE#{minute}")];
            assert_eq!(keys, expected);
        }
    }
}
