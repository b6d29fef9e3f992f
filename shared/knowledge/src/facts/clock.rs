//! Times of day, as pages write them.

use crate::text;

/// What is written behind an hour.
const UNITS: [&str; 7] = ["am", "pm", "uhr", "h", "点", "時", "时"];
/// What is written between a time and another, until which something lasts.
const TILL: [&str; 12] =
    ["to", "till", "until", "bis", "à", "a", "au", "al", "alle", "tot", "às", "do"];
/// Minutes that are times in "10.30 to 13.45": a number with other decimals is an amount.
const STEP: u8 = 5;

/// How far a word is a time of day.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Clock {
    No,
    /// "10.30": an amount, unless another one is beside it.
    Maybe,
    /// An hour, if "am" or the like follows.
    Hour,
    Yes,
}

/// How many times of day `text` has: "9:30", "18.00 Uhr", "6 pm", "9am", "10.30 to 13.30", "8h30".
pub(super) fn times(text: &str) -> usize {
    let words: Vec<(usize, &str)> = text::spans(text).collect();
    let kinds: Vec<Clock> = words.iter().map(|(_, word)| clock(word)).collect();
    let kind = |at: usize| kinds.get(at).copied().unwrap_or(Clock::No);
    let between = |at: usize| {
        let (begin, word) = words.get(at)?;
        text.get(begin + word.len()..words.get(at + 1)?.0)
    };
    let behind = |at: usize| words.get(at + 1).map(|(_, word)| word.to_lowercase());
    // The minutes of "9:30" are a word of their own.
    let is_part = |at: usize| at.checked_sub(1).and_then(between) == Some(":");
    let has_minutes = |at: usize| {
        let minutes = behind(at).is_some_and(|word| minutes(&word).is_some());
        minutes && matches!(between(at), Some(":" | "."))
    };
    // The two letters of "7 p.m." are words.
    let are_letters = |at: usize| {
        let half = behind(at).is_some_and(|word| matches!(word.as_str(), "a" | "p"));
        half && between(at + 1) == Some(".") && behind(at + 1).is_some_and(|word| word == "m")
    };
    let has_unit = |at: usize| {
        matches!(between(at), Some(" " | "" | "\u{a0}"))
            && (behind(at).is_some_and(|word| UNITS.contains(&word.as_str())) || are_letters(at))
    };
    // Where the time is until which something lasts that begins at this one: "10.30-13.30", "10.30 to 13.30".
    let end = |at: usize| {
        let is_till = behind(at).is_some_and(|word| TILL.contains(&word.as_str()));
        let is_dash = between(at).is_some_and(|between| matches!(between.trim(), "-" | "–" | "—"));
        let end = if is_till { at + 2 } else { at + 1 };
        let is_span = is_till || is_dash;
        (is_span && kind(at) == Clock::Maybe && kind(end) == Clock::Maybe).then_some(end)
    };
    let is_one_of_two = |at: usize| {
        let mut before = [at.checked_sub(1), at.checked_sub(2)].into_iter().flatten();
        end(at).is_some() || before.any(|begin| end(begin) == Some(at))
    };
    let is_money = |word: &str| super::MONEY.contains(word.to_lowercase().as_str());
    let has_money = text.contains(super::SIGNS) || words.iter().any(|(_, word)| is_money(word));
    let is_time = |at: &usize| match kind(*at) {
        Clock::Yes => true,
        Clock::Hour => has_minutes(*at) || has_unit(*at),
        Clock::Maybe => has_unit(*at) || !has_money && is_one_of_two(*at),
        Clock::No => false,
    };
    (0..words.len()).filter(|at| !is_part(*at)).filter(is_time).count()
}

fn minutes(word: &str) -> Option<u8> {
    word.parse().ok().filter(|minutes| word.len() == 2 && *minutes < 60)
}

fn is_hour(word: &str) -> bool {
    word.len() <= 2 && word.parse::<u8>().is_ok_and(|hour| hour <= 24)
}

fn clock(word: &str) -> Clock {
    let lower = word.to_lowercase();
    let with_unit = UNITS.iter().find_map(|unit| lower.strip_suffix(unit));
    let plain = with_unit.unwrap_or(&lower);
    let kind = match plain.split_once(['.', ':', 'h']) {
        Some((hour, rest)) if is_hour(hour) => match minutes(rest) {
            Some(minutes)
                if plain.contains('.') && (with_unit.is_some() || minutes % STEP == 0) =>
            {
                Clock::Maybe
            }
            Some(_) if !plain.contains('.') => Clock::Yes,
            _ => Clock::No,
        },
        None if is_hour(plain) => Clock::Hour,
        _ => Clock::No,
    };
    // "9am", "10.30pm", "18h".
    if with_unit.is_some() && kind != Clock::No { Clock::Yes } else { kind }
}

#[cfg(test)]
mod tests {
    use super::times;

    #[test]
    fn times_of_day_are_counted_however_they_are_written() {
        for (text, count) in [
            ("9:30", 1),
            ("18.00 Uhr", 1),
            ("6 pm and 7 p.m.", 2),
            ("9am-5pm", 2),
            ("10.30am to 1.30pm", 2),
            ("10.30 to 13.30", 2),
            ("10.30–13.30", 2),
            ("8h30", 1),
            ("de 9 h 30 à 17 h", 2),
            ("von 9 bis 18 Uhr", 1),
            ("上午9点", 1),
            ("It costs 10.30 and 12.50 €", 0),
            ("10.32am", 1),
            ("Adults 12.50, children 8.50", 0),
            ("EUR 12.50 - 8.50", 0),
            ("version 10.30", 0),
            ("45 km and 3.75 km", 0),
            ("In 1998 there were 12.", 0),
        ] {
            assert_eq!(times(text), count, "{text}");
        }
    }
}
