//! `cron(…)`: six fields as sets of numbers, and a rule for days.

use std::time::Duration;

use time::{Date, OffsetDateTime};

use super::HORIZON_DAYS;
use crate::Timestamp;

const MINUTES_A_DAY: u16 = 24 * 60;
/// Weeks of a month in which a weekday may be: the fifth of some months.
const MAX_NTH: u16 = 5;
const FIELDS: &str =
    "must have six fields: cron(minutes hours day-of-month month day-of-week year)";
const MONTHS: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/// One of the six fields: its name, its bounds, and the names of its numbers.
struct Field {
    name: &'static str,
    min: u16,
    max: u16,
    names: &'static [&'static str],
}

const MINUTE: Field = Field { name: "minutes", min: 0, max: 59, names: &[] };
const HOUR: Field = Field { name: "hours", min: 0, max: 23, names: &[] };
const DAY_OF_MONTH: Field = Field { name: "day-of-month", min: 1, max: 31, names: &[] };
const MONTH: Field = Field { name: "month", min: 1, max: 12, names: &MONTHS };
const DAY_OF_WEEK: Field = Field { name: "day-of-week", min: 1, max: 7, names: &WEEKDAYS };
const YEAR: Field = Field { name: "year", min: 1970, max: 2199, names: &[] };

/// Numbers of a field, from its least one on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Numbers([u64; 4]);

impl Numbers {
    fn insert(&mut self, field: &Field, number: u16) {
        let at = usize::from(number - field.min);
        self.0[at / 64] |= 1 << (at % 64);
    }

    fn has(&self, field: &Field, number: u16) -> bool {
        let at = number.checked_sub(field.min).map(usize::from);
        at.and_then(|at| Some(self.0.get(at / 64)? >> (at % 64) & 1)) == Some(1)
    }
}

/// Which days of a month or of a week.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Days {
    OfMonth {
        days: Numbers,
        last: bool,
        last_weekday: bool,
        /// The weekdays nearest to these.
        nearest: Numbers,
    },
    OfWeek {
        days: Numbers,
        /// The last such day of the month.
        last: Numbers,
        /// The n-th such day of the month, from the first on.
        nth: [Numbers; MAX_NTH as usize],
    },
}

/// The minutes that six fields name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cron {
    /// Minutes of a day, rising; never empty.
    times: Vec<u16>,
    months: Numbers,
    years: Numbers,
    days: Days,
}

impl Cron {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let &[minutes, hours, day, month, weekday, year] = &fields[..] else {
            return Err(FIELDS.to_owned());
        };
        let days = match (day, weekday) {
            ("?", "?") | ("*", "*") => {
                return Err(
                    "must have a ? in one of the fields day-of-month and day-of-week, and in \
                            one only"
                        .to_owned(),
                );
            }
            (day, "?") => days_of_month(day)?,
            ("?", weekday) => days_of_week(weekday)?,
            _ => {
                return Err("must have a ? in day-of-month or in day-of-week, since only one of \
                            them can say the day"
                    .to_owned());
            }
        };
        let (minutes, hours) = (numbers(&MINUTE, minutes)?, numbers(&HOUR, hours)?);
        let times = (0..MINUTES_A_DAY)
            .filter(|time| hours.has(&HOUR, time / 60) && minutes.has(&MINUTE, time % 60))
            .collect();
        Ok(Self { times, months: numbers(&MONTH, month)?, years: numbers(&YEAR, year)?, days })
    }

    pub(super) fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        let (today, now) = split(after)?;
        if let Some(time) = self.times.iter().find(|time| **time > now)
            && self.fits(today)
        {
            return join(today, *time);
        }
        let day = days_after(today).find(|day| self.fits(*day))?;
        join(day, *self.times.first()?)
    }

    pub(super) fn latest_until(&self, after: Timestamp, until: Timestamp) -> Option<Timestamp> {
        let (mut day, now) = split(until)?;
        let first = split(after)?.0;
        let mut time = self.times.iter().rfind(|time| **time <= now);
        // Further back than the horizon, the next one would not have been found either.
        for _ in 0..=HORIZON_DAYS {
            if let Some(time) = time
                && self.fits(day)
            {
                return join(day, *time).filter(|latest| *latest > after);
            }
            time = self.times.last();
            day = day.previous_day().filter(|day| *day >= first)?;
        }
        None
    }

    pub(super) fn shortest_gap(&self, from: Timestamp) -> Option<Duration> {
        let (first, last) = (*self.times.first()?, *self.times.last()?);
        let within = self.times.windows(2).map(|pair| u32::from(pair[1] - pair[0])).min();
        let mut between: Option<u32> = None;
        let mut earlier: Option<u32> = None;
        let mut days = 0;
        for (number, day) in (0..).zip(days_after(split(from)?.0)) {
            if !self.fits(day) {
                continue;
            }
            days += 1;
            if let Some(earlier) = earlier.replace(number) {
                let gap = (number - earlier) * u32::from(MINUTES_A_DAY) + u32::from(first);
                let gap = gap - u32::from(last);
                between = Some(between.map_or(gap, |least| least.min(gap)));
            }
        }
        let within = within.filter(|_| days > 0);
        let minutes = within.into_iter().chain(between).min()?;
        Some(Duration::from_secs(u64::from(minutes) * 60))
    }

    fn fits(&self, day: Date) -> bool {
        let year = u16::try_from(day.year());
        year.is_ok_and(|year| self.years.has(&YEAR, year))
            && self.months.has(&MONTH, u16::from(u8::from(day.month())))
            && self.days.fit(day)
    }
}

impl Days {
    fn fit(&self, day: Date) -> bool {
        let number = u16::from(day.day());
        let length = u16::from(day.month().length(day.year()));
        // 1 is Sunday.
        let weekday = u16::from(day.weekday().number_days_from_sunday()) + 1;
        match self {
            Self::OfMonth { days, last, last_weekday, nearest } => {
                days.has(&DAY_OF_MONTH, number)
                    || (*last && number == length)
                    || (*last_weekday && nearest_weekday(length, length, number, weekday))
                    || (1..=length).any(|target| {
                        nearest.has(&DAY_OF_MONTH, target)
                            && nearest_weekday(target, length, number, weekday)
                    })
            }
            Self::OfWeek { days, last, nth } => {
                days.has(&DAY_OF_WEEK, weekday)
                    || (number + 7 > length && last.has(&DAY_OF_WEEK, weekday))
                    || nth
                        .get(usize::from((number - 1) / 7))
                        .is_some_and(|nth| nth.has(&DAY_OF_WEEK, weekday))
            }
        }
    }
}

/// Whether the day `number`, a `weekday`, is the nearest one from Monday to Friday to day `target` of a
/// month of `length` days. It never leaves the month.
fn nearest_weekday(target: u16, length: u16, number: u16, weekday: u16) -> bool {
    let is = |day: u16| number == day && (2..=6).contains(&weekday);
    // What weekday the target is follows from this day's.
    match (weekday + 6 + 35 + target - number) % 7 + 1 {
        7 if target > 1 => is(target - 1),
        7 => is(target + 2),
        1 if target < length => is(target + 1),
        1 => is(target - 2),
        _ => is(target),
    }
}

/// The days after `day`, as far as a run is looked for.
fn days_after(day: Date) -> impl Iterator<Item = Date> {
    let next = |day: &Date| day.next_day();
    let horizon = usize::try_from(HORIZON_DAYS).unwrap_or(usize::MAX);
    std::iter::successors(day.next_day(), next).take(horizon)
}

/// The UTC day, and the minute of it that has begun.
fn split(at: Timestamp) -> Option<(Date, u16)> {
    let at = OffsetDateTime::from_unix_timestamp(at.seconds()).ok()?;
    Some((at.date(), u16::from(at.hour()) * 60 + u16::from(at.minute())))
}

fn join(day: Date, time: u16) -> Option<Timestamp> {
    let begin = day.midnight().assume_utc().unix_timestamp();
    Some(Timestamp::from_millis((begin + i64::from(time) * 60).checked_mul(1_000)?))
}

fn wrong(field: &Field, term: &str) -> String {
    let Field { name, min, max, names } = field;
    let named = match names {
        [first, .., last] => format!(" or {first}-{last}"),
        _ => String::new(),
    };
    let term: String = term.chars().take(20).collect();
    format!("has \"{term}\" in the field {name}, which takes {min}-{max}{named}")
}

/// A number of `field`, or the name of one.
fn number(field: &Field, text: &str) -> Option<u16> {
    let name = field.names.iter().position(|name| name.eq_ignore_ascii_case(text));
    if let Some(at) = name {
        return Some(field.min + u16::try_from(at).ok()?);
    }
    plain(text).filter(|number| (field.min..=field.max).contains(number))
}

/// A number in digits alone.
fn plain(text: &str) -> Option<u16> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// The numbers of a field without rules of its own.
fn numbers(field: &Field, text: &str) -> Result<Numbers, String> {
    let mut numbers = Numbers::default();
    for term in text.split(',') {
        insert(&mut numbers, field, term).ok_or_else(|| wrong(field, term))?;
    }
    Ok(numbers)
}

/// `*`, `a`, `a-b`, and each of them with `/step`; `a/step` goes from `a` to the field's end.
fn insert(numbers: &mut Numbers, field: &Field, term: &str) -> Option<()> {
    let (range, step) = match term.split_once('/') {
        Some((range, step)) => (range, Some(plain(step).filter(|step| *step > 0)?)),
        None => (term, None),
    };
    let (first, last) = match range.split_once('-') {
        _ if range == "*" => (field.min, field.max),
        Some((first, last)) => (number(field, first)?, number(field, last)?),
        None => {
            let first = number(field, range)?;
            (first, if step.is_some() { field.max } else { first })
        }
    };
    if first > last {
        return None;
    }
    let step = usize::from(step.unwrap_or(1));
    (first..=last).step_by(step).for_each(|number| numbers.insert(field, number));
    Some(())
}

fn days_of_month(text: &str) -> Result<Days, String> {
    let (mut days, mut nearest) = (Numbers::default(), Numbers::default());
    let (mut last, mut last_weekday) = (false, false);
    for term in text.split(',') {
        let upper = term.to_ascii_uppercase();
        match upper.as_str() {
            "L" => last = true,
            "LW" => last_weekday = true,
            other => match other.strip_suffix('W') {
                Some(day) => {
                    let day = number(&DAY_OF_MONTH, day);
                    nearest.insert(&DAY_OF_MONTH, day.ok_or_else(|| wrong(&DAY_OF_MONTH, term))?);
                }
                None => insert(&mut days, &DAY_OF_MONTH, term)
                    .ok_or_else(|| wrong(&DAY_OF_MONTH, term))?,
            },
        }
    }
    Ok(Days::OfMonth { days, last, last_weekday, nearest })
}

fn days_of_week(text: &str) -> Result<Days, String> {
    let (mut days, mut last) = (Numbers::default(), Numbers::default());
    let mut nth: [Numbers; MAX_NTH as usize] = Default::default();
    for term in text.split(',') {
        let upper = term.to_ascii_uppercase();
        let weekday = |text: &str| number(&DAY_OF_WEEK, text);
        let found = if upper == "L" {
            // The last day of the week.
            weekday("SAT").map(|day| days.insert(&DAY_OF_WEEK, day))
        } else if let Some(day) = upper.strip_suffix('L') {
            weekday(day).map(|day| last.insert(&DAY_OF_WEEK, day))
        } else if let Some((day, n)) = upper.split_once('#') {
            let n = plain(n).filter(|n| (1..=MAX_NTH).contains(n));
            weekday(day).zip(n).map(|(day, n)| nth[usize::from(n - 1)].insert(&DAY_OF_WEEK, day))
        } else {
            insert(&mut days, &DAY_OF_WEEK, term)
        };
        found.ok_or_else(|| wrong(&DAY_OF_WEEK, term))?;
    }
    Ok(Days::OfWeek { days, last, nth })
}
