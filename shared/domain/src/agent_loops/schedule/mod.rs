//! When an agent loop runs by itself: `cron(…)` and `rate(…)` as AWS writes them, in UTC.
//!
//! Both come from EventBridge Scheduler. Days are 24 hours: no time zone is named, so no hour is skipped
//! or comes twice.

mod cron;
#[cfg(test)]
mod tests;

use std::{fmt, time::Duration};

use cron::Cron;

use crate::Timestamp;

/// The longest text of a schedule, in bytes.
pub const MAX_SCHEDULE_LENGTH: usize = 256;
/// How far ahead a run is looked for, in days: ten years.
const HORIZON_DAYS: u32 = 3_653;
const MINUTE: u64 = 60;
const DAY: u64 = 24 * 60 * MINUTE;

/// When runs are planned: whole minutes for `cron(…)`, multiples of an interval for `rate(…)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    text: String,
    rule: Rule,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rule {
    Every(Duration),
    Cron(Box<Cron>),
}

impl Schedule {
    /// Reads `cron(minutes hours day-of-month month day-of-week year)` or `rate(value unit)`. The error
    /// completes a sentence that begins with the field's name.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.len() > MAX_SCHEDULE_LENGTH {
            return Err(format!("must be at most {MAX_SCHEDULE_LENGTH} bytes long"));
        }
        let inner = |name: &str| text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
        let rule = if let Some(inner) = inner("rate") {
            Rule::Every(rate(inner)?)
        } else if let Some(inner) = inner("cron") {
            Rule::Cron(Box::new(Cron::parse(inner)?))
        } else {
            return Err(not_a_schedule(text));
        };
        Ok(Self { text: text.to_owned(), rule })
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The first planned time after `after`; `None` if there is none within ten years. `anchor` is when
    /// the schedule was set: the k-th run of a rate is `anchor` + k intervals, so that no run drifts by
    /// the length of the one before it. A `cron(…)` has no use for it.
    pub fn next_after(&self, anchor: Timestamp, after: Timestamp) -> Option<Timestamp> {
        match &self.rule {
            Rule::Cron(cron) => cron.next_after(after),
            Rule::Every(interval) => {
                let passed = intervals(after.since(anchor), *interval);
                let next = nth(anchor, *interval, passed + 1)?;
                let horizon = Duration::from_secs(u64::from(HORIZON_DAYS) * DAY);
                (next.since(after.max(anchor)) <= horizon).then_some(next)
            }
        }
    }

    /// The latest planned time after `after` that is no later than `until`: what is caught up with once
    /// after an outage, however many were missed.
    pub fn latest_until(
        &self,
        anchor: Timestamp,
        after: Timestamp,
        until: Timestamp,
    ) -> Option<Timestamp> {
        match &self.rule {
            Rule::Cron(cron) => cron.latest_until(after, until),
            Rule::Every(interval) => {
                let passed = intervals(until.since(anchor), *interval);
                let latest = (passed > 0).then(|| nth(anchor, *interval, passed)).flatten()?;
                (latest > after).then_some(latest)
            }
        }
    }

    /// The shortest time between two runs of the ten years after `from`; `None` if there are no two.
    pub fn shortest_gap(&self, from: Timestamp) -> Option<Duration> {
        match &self.rule {
            Rule::Every(interval) => Some(*interval),
            Rule::Cron(cron) => cron.shortest_gap(from),
        }
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// How many whole intervals fit into `time`.
fn intervals(time: Duration, interval: Duration) -> u64 {
    time.as_secs() / interval.as_secs()
}

fn nth(anchor: Timestamp, interval: Duration, n: u64) -> Option<Timestamp> {
    Some(anchor.plus(Duration::from_secs(interval.as_secs().checked_mul(n)?)))
}

fn rate(inner: &str) -> Result<Duration, String> {
    let shape = || "must be such as rate(5 minutes), rate(1 hour) or rate(7 days)".to_owned();
    let mut words = inner.split_whitespace();
    let (Some(value), Some(unit), None) = (words.next(), words.next(), words.next()) else {
        return Err(shape());
    };
    let digits = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = match unit {
        "minute" | "minutes" => MINUTE,
        "hour" | "hours" => 60 * MINUTE,
        "day" | "days" => DAY,
        _ => return Err(shape()),
    };
    match value.parse::<u32>() {
        Ok(0) => Err("must have an interval of at least one minute".to_owned()),
        Ok(value) if digits => Ok(Duration::from_secs(u64::from(value) * seconds)),
        _ => Err(shape()),
    }
}

/// What to write in place of `text`, which neither begins with `cron(` nor with `rate(`.
fn not_a_schedule(text: &str) -> String {
    let fields: Vec<&str> = text.split_whitespace().collect();
    match suggestion(&fields).filter(|suggested| Schedule::parse(suggested).is_ok()) {
        Some(suggested) => format!(
            "has the five fields of Unix; with those of AWS (minutes hours day-of-month month \
             day-of-week year, Sunday is 1) it is {suggested}"
        ),
        None => {
            "must be rate(value unit) or cron(minutes hours day-of-month month day-of-week year), \
                 such as cron(0 9 ? * MON-FRI *)"
                .to_owned()
        }
    }
}

/// Five fields of Unix as AWS writes them, where both mean the same.
fn suggestion(fields: &[&str]) -> Option<String> {
    let [minutes, hours, day, month, weekday] = fields else { return None };
    Some(match (*day, *weekday) {
        (day, "*") => format!("cron({minutes} {hours} {day} {month} ? *)"),
        ("*", weekday) => {
            let weekday = aws_weekdays(weekday)?;
            format!("cron({minutes} {hours} ? {month} {weekday} *)")
        }
        // Unix runs where either of them fits, which AWS can't say.
        _ => return None,
    })
}

/// Unix counts from Sunday as 0 (and 7), AWS from Sunday as 1. Steps are left alone.
fn aws_weekdays(field: &str) -> Option<String> {
    let mut out = String::with_capacity(field.len());
    let mut in_step = false;
    for c in field.chars() {
        in_step = c == '/' || (in_step && c.is_ascii_digit());
        match c.to_digit(10) {
            Some(digit) if !in_step => {
                // A number of two digits is no weekday.
                if out.ends_with(|last: char| last.is_ascii_digit()) {
                    return None;
                }
                out.push_str(&(digit % 7 + 1).to_string());
            }
            _ => out.push(c),
        }
    }
    Some(out)
}
