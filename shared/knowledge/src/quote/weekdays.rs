//! Days of the week, so that "on Wednesday" finds the row "Tuesday – Friday".

use std::{collections::HashMap, sync::LazyLock};

use crate::text;

/// Monday to Sunday, folded, in the languages that small talk has; the short forms behind each.
const WEEK: [&str; 7] = [
    "monday mon mondays montag mo montags lundi lundis lunes lunedi segunda maandag poniedzialek понедельник пн pazartesi الاثنين सोमवार 周一 星期一",
    "tuesday tue tues tuesdays dienstag di dienstags mardi mardis martes martedi terca dinsdag wtorek вторник вт sali الثلاثاء मंगलवार 周二 星期二",
    "wednesday wed wednesdays mittwoch mi mittwochs mercredi mercredis miercoles mercoledi quarta woensdag sroda среда ср carsamba الاربعاء बुधवार 周三 星期三",
    "thursday thu thur thurs thursdays donnerstag do donnerstags jeudi jeudis jueves giovedi quinta donderdag czwartek четверг чт persembe الخميس गुरुवार 周四 星期四",
    "friday fri fridays freitag fr freitags vendredi vendredis viernes venerdi sexta vrijdag piatek пятница пт cuma الجمعة शुक्रवार 周五 星期五",
    "saturday sat saturdays samstag sa samstags samedi samedis sabado sabato zaterdag sobota суббота сб cumartesi السبت शनिवार 周六 星期六",
    "sunday sun sundays sonntag so sonntags dimanche dimanches domingo domenica zondag niedziela воскресенье вс pazar الاحد रविवार 周日 星期日",
];
/// What is between the first and the last day of a row.
const TO: &str = "to until till through bis a au al ate tot do по до ile";

/// The day of each name, from 0 for Monday.
static DAYS: LazyLock<HashMap<&'static str, usize>> = LazyLock::new(|| {
    let days = WEEK.iter().enumerate().rev();
    days.flat_map(|(day, names)| names.split(' ').map(move |name| (name, day))).collect()
});

fn day(word: &str) -> Option<usize> {
    DAYS.get(word).copied()
}

/// Whether a plain word is the name of a day, and not a short form that is a word of its own.
pub(crate) fn is_day(word: &str) -> bool {
    (word.chars().count() > 3 || !word.is_ascii()) && day(word).is_some()
}

/// Whether a day in these plain words is one of the days that `name` runs through.
pub(super) fn is_within(asked: &[String], name: &str) -> bool {
    let written: Vec<(usize, &str)> = text::spans(name).collect();
    let words: Vec<String> = written.iter().map(|(_, word)| text::folded(word)).collect();
    let days: Vec<(usize, usize)> =
        words.iter().enumerate().filter_map(|(at, word)| Some((at, day(word)?))).collect();
    let [(first_at, first), (last_at, last)] = days[..] else { return false };
    let begin = written[first_at].0 + written[first_at].1.len();
    let between = name.get(begin..written[last_at].0).unwrap_or_default();
    let word = between.trim();
    let is_range =
        word.contains(['-', '–', '—', '~']) || TO.split(' ').any(|to| to == text::folded(word));
    // A long name of the day only: "do" and "so" are words of their own.
    let asks = asked.iter().filter(|word| word.chars().count() > 2 || !word.is_ascii());
    is_range
        && asks.filter_map(|word| day(word)).any(|day| match first <= last {
            true => (first..=last).contains(&day),
            false => day >= first || day <= last,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_within_the_days_of_a_row() {
        let asked = |text: &str| text::words(text).collect::<Vec<_>>();
        for (question, name) in [
            ("Are you open on Wednesday?", "Tuesday – Friday"),
            ("Habt ihr am Mittwoch offen?", "Mo-Do"),
            ("open on sundays?", "Fri to Mon"),
        ] {
            assert!(is_within(&asked(question), name), "{question} {name}");
        }
        for (question, name) in [
            ("Are you open on Monday?", "Tuesday – Friday"),
            ("What do I do?", "Mo-Do"),
            ("Are you open on Wednesday?", "Monday and Friday"),
        ] {
            assert!(!is_within(&asked(question), name), "{question} {name}");
        }
    }
}
