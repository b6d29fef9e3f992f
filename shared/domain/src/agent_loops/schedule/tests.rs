//! The vectors of AWS's forms, refusals, and a walk minute by minute that the calculation has to agree with.

use time::{Date, OffsetDateTime};

use super::*;

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn cron(fields: &str) -> Schedule {
    let text = format!("cron({fields})");
    Schedule::parse(&text).unwrap_or_else(|error| panic!("{text} {error}"))
}

fn next(schedule: &Schedule, after: Timestamp) -> Option<Timestamp> {
    schedule.next_after(Timestamp::from_millis(0), after)
}

/// A Friday.
const NOW: &str = "2027-01-29T12:34:56Z";

#[test]
fn the_next_time_of_each_form() {
    for (fields, expected) in [
        ("0 10 * * ? *", "2027-01-30T10:00:00Z"),
        ("0/15 * * * ? *", "2027-01-29T12:45:00Z"),
        ("0/5 8-17 ? * MON-FRI *", "2027-01-29T12:35:00Z"),
        ("5/20 * ? * SUN *", "2027-01-31T00:05:00Z"),
        ("0 18 ? * MON-FRI *", "2027-01-29T18:00:00Z"),
        ("0 0 ? * 1 *", "2027-01-31T00:00:00Z"),
        ("0 8 1 * ? *", "2027-02-01T08:00:00Z"),
        ("0 9 ? * 2#1 *", "2027-02-01T09:00:00Z"),
        ("0 9 ? * 3#5 *", "2027-03-30T09:00:00Z"),
        ("0 9 ? * 6L *", "2027-02-26T09:00:00Z"),
        ("0 0 L * ? *", "2027-01-31T00:00:00Z"),
        ("30 7 LW * ? *", "2027-02-26T07:30:00Z"),
        ("0 6 15W * ? *", "2027-02-15T06:00:00Z"),
        ("0 9 1W MAY ? *", "2027-05-03T09:00:00Z"),
        ("0 12 29 2 ? *", "2028-02-29T12:00:00Z"),
        ("0 0 1 1 ? 2030", "2030-01-01T00:00:00Z"),
        ("15 10 ? * 6L 2026-2030", "2027-02-26T10:15:00Z"),
        // Names and wildcards in any case; L of a week is Saturday; a list of rules.
        ("0 9 ? feb tue#2 *", "2027-02-09T09:00:00Z"),
        ("0 0 lw * ? *", "2027-02-26T00:00:00Z"),
        ("0 0 ? * l *", "2027-01-30T00:00:00Z"),
        ("0 0 3,L * ? *", "2027-01-31T00:00:00Z"),
        ("10-50/20 12 * * ? *", "2027-01-29T12:50:00Z"),
        // 31 May 2027 is a Monday; the months of 30 days have no such day.
        ("0 0 31W FEB,APR,MAY ? *", "2027-05-31T00:00:00Z"),
    ] {
        assert_eq!(next(&cron(fields), at(NOW)), Some(at(expected)), "{fields}");
    }
}

#[test]
fn the_next_time_is_strictly_later() {
    let schedule = cron("34-36 12 29 1 ? 2027");
    let times: Vec<_> =
        std::iter::successors(next(&schedule, at("2027-01-29T12:33:59.999Z")), |last| {
            next(&schedule, *last)
        })
        .collect();
    let expected = ["2027-01-29T12:34:00Z", "2027-01-29T12:35:00Z", "2027-01-29T12:36:00Z"];
    assert_eq!(times, expected.map(at));
}

#[test]
fn what_has_no_next_time_is_told() {
    for fields in [
        "0 0 31 2 ? *",
        "0 0 30W 2 ? *",
        "0 0 * * ? 2026",
        "0 0 ? 2 1#5 2027",
        "0 0 1 1 ? 2038",
        "0 0 29 2 ? 2027,2029",
    ] {
        assert_eq!(next(&cron(fields), at(NOW)), None, "{fields}");
    }
    // Eight years without a 29 February, and the last year that there is.
    let leap = cron("0 0 29 2 ? *");
    assert_eq!(next(&leap, at("2096-02-29T00:00:00Z")), Some(at("2104-02-29T00:00:00Z")));
    assert_eq!(next(&cron("* * * * ? *"), at("2199-12-31T23:59:00Z")), None);
    let rate = Schedule::parse("rate(4000 days)").unwrap();
    assert_eq!(rate.next_after(at(NOW), at(NOW)), None);
}

#[test]
fn what_is_no_schedule_is_refused_with_a_reason() {
    for (text, part) in [
        ("", "rate(value unit)"),
        ("daily", "rate(value unit)"),
        ("at(2027-01-29T12:00:00)", "rate(value unit)"),
        ("cron(0 9 * * ?)", "six fields"),
        ("cron(0 9 * * ? * *)", "six fields"),
        ("cron()", "six fields"),
        ("cron(0 9 * * ? *", "rate(value unit)"),
        ("cron(0 9 * * * *)", "a ? in"),
        ("cron(0 9 ? * ? *)", "a ? in"),
        ("cron(0 9 1 * MON *)", "a ? in"),
        ("cron(0 9 1 * * *)", "a ? in"),
        ("cron(60 9 * * ? *)", "\"60\" in the field minutes, which takes 0-59"),
        ("cron(0 24 * * ? *)", "hours"),
        ("cron(0 9 0 * ? *)", "day-of-month"),
        ("cron(0 9 32 * ? *)", "day-of-month"),
        ("cron(0 9 W * ? *)", "day-of-month"),
        ("cron(0 9 L-3 * ? *)", "day-of-month"),
        ("cron(0 9 * 13 ? *)", "month, which takes 1-12 or JAN-DEC"),
        ("cron(0 9 * MOO ? *)", "month"),
        ("cron(0 9 ? * 0 *)", "day-of-week, which takes 1-7 or SUN-SAT"),
        ("cron(0 9 ? * 8 *)", "day-of-week"),
        ("cron(0 9 ? * 2#6 *)", "day-of-week"),
        ("cron(0 9 ? * 2#0 *)", "day-of-week"),
        ("cron(0 9 ? * #2 *)", "day-of-week"),
        ("cron(0 9 ? * FRI-MON *)", "day-of-week"),
        ("cron(0 9 * * ? 1969)", "year"),
        ("cron(0 9 * * ? 2200)", "year"),
        ("cron(0/0 9 * * ? *)", "minutes"),
        ("cron(0/ 9 * * ? *)", "minutes"),
        ("cron(1,,2 9 * * ? *)", "minutes"),
        ("cron(+1 9 * * ? *)", "minutes"),
        ("cron(? 9 * * ? *)", "minutes"),
        ("cron(99999999999 9 * * ? *)", "minutes"),
        ("rate(0 minutes)", "at least one minute"),
        ("rate(5 seconds)", "rate(5 minutes)"),
        ("rate(-5 minutes)", "rate(5 minutes)"),
        ("rate(+5 minutes)", "rate(5 minutes)"),
        ("rate(1.5 hours)", "rate(5 minutes)"),
        ("rate(99999999999 days)", "rate(5 minutes)"),
        ("rate(5minutes)", "rate(5 minutes)"),
        ("rate(5 minutes x)", "rate(5 minutes)"),
        ("rate()", "rate(5 minutes)"),
        // As Unix writes it: told as AWS does, where both can say it.
        ("0 9 * * 1", "cron(0 9 ? * 2 *)"),
        ("*/5 * * * *", "cron(*/5 * * * ? *)"),
        ("0 9 * * 1-5", "cron(0 9 ? * 2-6 *)"),
        ("0 9 * * 7,MON", "cron(0 9 ? * 1,MON *)"),
        ("0 9 * * */2", "cron(0 9 ? * */2 *)"),
        ("0 9 15 * *", "cron(0 9 15 * ? *)"),
        ("0 9 1 * 1", "rate(value unit)"),
        ("0 9 * * 5-7", "rate(value unit)"),
        ("0 9 * * 15", "rate(value unit)"),
    ] {
        let error = Schedule::parse(text).expect_err(text);
        assert!(error.contains(part), "{text}: {error}");
    }
    assert!(Schedule::parse(&format!("cron({})", "0,".repeat(300))).unwrap_err().contains("256"));
}

#[test]
fn a_rate_counts_from_its_anchor() {
    let anchor = at(NOW);
    let rate = |text: &str| Schedule::parse(text).unwrap();
    for (text, expected) in [
        ("rate(1 minute)", "2027-01-29T12:35:56Z"),
        ("rate(1 minutes)", "2027-01-29T12:35:56Z"),
        ("rate(2 hour)", "2027-01-29T14:34:56Z"),
        ("rate( 12  hours )", "2027-01-30T00:34:56Z"),
        ("rate(7 days)", "2027-02-05T12:34:56Z"),
        ("rate(1 day)", "2027-01-30T12:34:56Z"),
    ] {
        assert_eq!(rate(text).next_after(anchor, anchor), Some(at(expected)), "{text}");
    }
    let five = rate("rate(5 minutes)");
    // Whenever the last one ran, the next one is a multiple of the interval after the anchor.
    for (after, expected) in [
        ("2027-01-29T12:00:00Z", "2027-01-29T12:39:56Z"),
        ("2027-01-29T12:39:55.999Z", "2027-01-29T12:39:56Z"),
        ("2027-01-29T12:39:56Z", "2027-01-29T12:44:56Z"),
        ("2027-01-29T12:43:00Z", "2027-01-29T12:44:56Z"),
    ] {
        assert_eq!(five.next_after(anchor, at(after)), Some(at(expected)), "{after}");
    }
    assert_eq!(five.shortest_gap(anchor), Some(Duration::from_secs(300)));
    assert_eq!((five.as_str(), five.to_string().as_str()), ("rate(5 minutes)", "rate(5 minutes)"));
}

#[test]
fn the_latest_of_what_was_missed() {
    let anchor = at(NOW);
    let latest = |text: &str, after: &str, until: &str| {
        Schedule::parse(text).unwrap().latest_until(anchor, at(after), at(until))
    };
    for (text, until, expected) in [
        ("rate(5 minutes)", "2027-02-28T12:00:00Z", Some("2027-02-28T11:59:56Z")),
        ("rate(5 minutes)", "2027-01-29T12:39:56Z", Some("2027-01-29T12:39:56Z")),
        ("rate(5 minutes)", "2027-01-29T12:39:55Z", None),
        ("rate(5 minutes)", "2027-01-01T00:00:00Z", None),
        ("cron(0 10 * * ? *)", "2027-02-28T09:59:00Z", Some("2027-02-27T10:00:00Z")),
        ("cron(0 10 * * ? *)", "2027-02-28T10:00:00Z", Some("2027-02-28T10:00:00Z")),
        ("cron(0 10 * * ? *)", "2027-01-30T09:59:59Z", None),
        ("cron(0 10 ? * 2 *)", "2027-02-28T10:00:00Z", Some("2027-02-22T10:00:00Z")),
        ("cron(0 0 31 2 ? *)", "2036-02-28T10:00:00Z", None),
    ] {
        assert_eq!(latest(text, NOW, until), expected.map(at), "{text} until {until}");
    }
    let five = "rate(5 minutes)";
    assert_eq!(latest(five, "2027-01-29T12:39:56Z", "2027-01-29T12:44:55Z"), None);
}

#[test]
fn the_shortest_gap_is_found_wherever_it_is() {
    for (fields, minutes) in [
        ("0 10 * * ? *", Some(24 * 60)),
        ("0/15 * * * ? *", Some(15)),
        ("0,50 * * * ? *", Some(10)),
        ("0 9 ? * MON,TUE *", Some(24 * 60)),
        ("0 9 ? * MON *", Some(7 * 24 * 60)),
        // Over midnight, and from a month's last day to the first.
        ("0,59 0,23 ? * FRI-SAT *", Some(1)),
        ("0,58 0,23 1,L * ? *", Some(2)),
        // Two days in a row, a leap year alone.
        ("0 0 29 2 ? *", Some(4 * 366 * 24 * 60 - 3 * 24 * 60)),
        ("0 0 1 1 ? 2030", None),
        ("0 0 31 2 ? *", None),
    ] {
        let gap = cron(fields).shortest_gap(at(NOW));
        assert_eq!(gap, minutes.map(|minutes| Duration::from_secs(minutes * 60)), "{fields}");
    }
}

/// A generator of numbers that are the same in every run.
struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        let at = self.below(of.len().try_into().unwrap());
        of[usize::try_from(at).unwrap()]
    }
}

/// What a field of numbers and names means, read term by term for one value.
fn means(field: &str, value: i64, (min, max): (i64, i64), names: &[&str]) -> bool {
    let read = |text: &str| -> i64 {
        let named = names.iter().position(|name| name.eq_ignore_ascii_case(text));
        named.map_or_else(|| text.parse().unwrap(), |at| i64::try_from(at).unwrap() + min)
    };
    field.split(',').any(|term| {
        let (range, step) = term.split_once('/').unwrap_or((term, ""));
        let (from, to) = match range.split_once('-') {
            Some((from, to)) => (read(from), read(to)),
            None if range == "*" => (min, max),
            None if step.is_empty() => (read(range), read(range)),
            None => (read(range), max),
        };
        let step = if step.is_empty() { 1 } else { step.parse().unwrap() };
        value >= from && value <= to && (value - from) % step == 0
    })
}

const WEEK: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const YEAR: [&str; 12] =
    ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

fn is_workday(day: Date) -> bool {
    !["Saturday", "Sunday"].contains(&day.weekday().to_string().as_str())
}

/// The days of a month, in order.
fn month_of(day: Date) -> Vec<Date> {
    let same = |other: &Date| (other.year(), other.month()) == (day.year(), day.month());
    let first = day.replace_day(1).unwrap();
    std::iter::successors(Some(first), |day| day.next_day()).take_while(same).collect()
}

/// Whether a day's field means `day`: by looking through its month.
fn day_means(day_of_month: &str, day_of_week: &str, day: Date) -> bool {
    let month = month_of(day);
    if day_of_week == "?" {
        return day_of_month.split(',').any(|term| match term {
            "L" => Some(&day) == month.last(),
            "LW" => Some(&day) == month.iter().rfind(|day| is_workday(**day)),
            _ => match term.strip_suffix('W') {
                Some(target) => {
                    let target: i64 = target.parse().unwrap();
                    let far = |other: &&Date| (i64::from(other.day()) - target).abs();
                    let has = month.iter().any(|day| i64::from(day.day()) == target);
                    let nearest = month.iter().filter(|day| is_workday(**day)).min_by_key(far);
                    has && nearest == Some(&day)
                }
                None => means(term, i64::from(day.day()), (1, 31), &[]),
            },
        });
    }
    let number = |day: Date| i64::from(day.weekday().number_days_from_sunday()) + 1;
    let alike: Vec<&Date> = month.iter().filter(|other| number(**other) == number(day)).collect();
    day_of_week.split(',').any(|term| {
        if let Some((weekday, n)) = term.split_once('#') {
            let n: usize = n.parse().unwrap();
            return means(weekday, number(day), (1, 7), &WEEK) && alike.get(n - 1) == Some(&&day);
        }
        match term.strip_suffix('L') {
            Some("") => number(day) == 7,
            Some(weekday) => {
                means(weekday, number(day), (1, 7), &WEEK) && alike.last() == Some(&&day)
            }
            None => means(term, number(day), (1, 7), &WEEK),
        }
    })
}

/// The next time by walking every minute of each of `days` days that the fields mean.
fn walked(fields: &str, after: Timestamp, days: i64) -> Option<Timestamp> {
    let split: Vec<&str> = fields.split(' ').collect();
    let begins = |day: i64| after.seconds().div_euclid(86_400) * 86_400 + day * 86_400;
    (0..days).find_map(|day| {
        let date = OffsetDateTime::from_unix_timestamp(begins(day)).unwrap().date();
        let fits = means(split[5], i64::from(date.year()), (1970, 2199), &[])
            && means(split[3], i64::from(u8::from(date.month())), (1, 12), &YEAR)
            && day_means(split[2], split[4], date);
        let minutes = if fits { 0..24 * 60 } else { 0..0 };
        minutes
            .filter(|minute| {
                means(split[1], minute / 60, (0, 23), &[])
                    && means(split[0], minute % 60, (0, 59), &[])
            })
            .map(|minute| Timestamp::from_millis((begins(day) + minute * 60) * 1_000))
            .find(|at| *at > after)
    })
}

#[test]
fn the_calculation_agrees_with_a_walk_over_every_minute() {
    let mut draws = Draws(16);
    let (mut found, mut none) = (0, 0);
    for _ in 0..400 {
        let minutes = draws.pick(&["0", "*", "7/20", "*/13", "59", "1,2,58-59", "10-40/7", "0/5"]);
        let hours = draws.pick(&["0", "*", "23", "8-17", "*/7", "5/9", "0,23", "12"]);
        let month = draws.pick(&["*", "*", "*", "FEB", "2-4", "1/5", "jun,DEC", "*/4"]);
        let year = draws.pick(&["*", "*", "2027", "2027-2028", "2027/2", "2028"]);
        let (day, weekday) = match draws.below(2) {
            0 => {
                let days = [
                    "*", "1", "31", "L", "LW", "15W", "1W", "31W", "29", "1,15,L", "3/9", "30W,2",
                    "*/6",
                ];
                (draws.pick(&days), "?")
            }
            _ => {
                let days = [
                    "*", "1", "MON-FRI", "6L", "L", "2#1", "3#5", "sat#2", "SUNL", "1,7", "*/3",
                    "2#5,3L",
                ];
                ("?", draws.pick(&days))
            }
        };
        let fields = format!("{minutes} {hours} {day} {month} {weekday} {year}");
        // Any second of 2027 and 2028.
        let start = at("2027-01-01T00:00:00Z").seconds();
        let seconds = i64::try_from(draws.below(2 * 365 * 24 * 60 * 60)).unwrap();
        let after = Timestamp::from_millis((start + seconds) * 1_000);
        let walk = walked(&fields, after, 420);
        let calculated = next(&cron(&fields), after);
        // What the walk did not reach is no contradiction.
        let end = (after.seconds().div_euclid(86_400) + 420) * 86_400;
        let within = calculated.filter(|at| at.seconds() < end);
        assert_eq!(within, walk, "cron({fields}) after {after}");
        if let Some(at) = walk {
            found += 1;
            // Nothing lies between, seen from behind.
            let latest = cron(&fields).latest_until(after, after, at);
            assert_eq!(latest, Some(at), "cron({fields}) after {after}");
            let before = Timestamp::from_millis(at.millis() - 1);
            assert_eq!(cron(&fields).latest_until(after, after, before), None, "cron({fields})");
        } else {
            none += 1;
        }
    }
    assert!(found > 250 && none > 5, "{found} found, {none} not");
}
