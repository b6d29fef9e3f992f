//! Telephone numbers, told from the other long numbers that a text has: dates, addresses of computers, amounts,
//! and numbers of accounts.

use crate::{concepts, text};

/// Digits of a number with its area; E.164 has at most fifteen.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;
/// Digits of one that is written without anything between them, at most: identifiers have more.
const UNSPACED: usize = 12;
/// Bytes in front of a number that are looked at for a word.
const FRONT: usize = 80;
/// Words in front of a number that may say what it is.
const BEFORE: usize = 4;

/// Whether `text` has one. Digits without a space, a sign or a leading zero among them are one only behind a word
/// for telephones: "Tel. 5550199".
pub(super) fn is_in(text: &str) -> bool {
    let is_part = |c: char| {
        c.is_ascii_digit() || matches!(c, ' ' | '-' | '/' | '(' | ')' | '+' | '.' | '\u{a0}')
    };
    let runs = text.split(|c: char| !is_part(c)).filter(|run| run.len() >= *DIGITS.start());
    runs.flat_map(pieces).any(|run| {
        let run = run.trim_matches(|c: char| !c.is_ascii_digit() && !matches!(c, '+' | '('));
        let digits = run.chars().filter(char::is_ascii_digit).count();
        let at = run.as_ptr() as usize - text.as_ptr() as usize;
        // One in quotation marks is data of an example.
        let is_quoted = text.get(..at).is_some_and(|before| before.ends_with(['"', '\'', '`']));
        DIGITS.contains(&digits)
            && !is_quoted
            && (is_written_as_one(run) || digits <= UNSPACED && is_called(text, at))
    })
}

/// A run as it is written, and its parts where another number or a time may follow one: "040 1234567 / 040 1234568",
/// "6421 555 0199 (9.00-12.00)".
fn pieces(run: &str) -> impl Iterator<Item = &str> {
    let parts = [" / ", " - ", " ("].into_iter().flat_map(move |between| {
        let (first, rest) = run.split_once(between).unwrap_or_default();
        [first, rest]
    });
    std::iter::once(run).chain(parts.filter(|part| !part.is_empty()))
}

/// Whether a word for telephones is right in front of `at`.
fn is_called(text: &str, at: usize) -> bool {
    let phone = concepts::of("phone");
    // What is further off is not right in front.
    let from = (at.saturating_sub(FRONT)..=at).find(|from| text.is_char_boundary(*from));
    let before = text.get(from.unwrap_or(at)..at).unwrap_or_default();
    let sentence = before.rsplit(['.', '!', '?']).next().unwrap_or_default();
    // "Tel." ends no sentence.
    let of = if text::words(sentence).next().is_some() { sentence } else { before };
    let words: Vec<String> = text::words(of).collect();
    words.iter().rev().take(BEFORE).any(|word| concepts::of(word) == phone)
}

/// Whether digits are written as those of a telephone are, and as nothing else is.
fn is_written_as_one(run: &str) -> bool {
    let is_between = |c: char| !c.is_ascii_digit();
    let groups: Vec<&str> = run.split(is_between).filter(|group| !group.is_empty()).collect();
    let between: Vec<&str> =
        run.split(|c: char| c.is_ascii_digit()).filter(|s| !s.is_empty()).collect();
    let is_alike = between.windows(2).all(|two| two[0] == two[1]);
    let is_year =
        |group: &str| group.len() == 4 && (group.starts_with("19") || group.starts_with("20"));
    let are_short = groups.iter().all(|group| group.len() < 3);
    let is_date = groups.iter().any(|group| is_year(group))
        && groups.iter().all(|group| group.len() < 3 || is_year(group));
    // "09.00-18.00"
    let are_times = are_short && !is_alike && run.contains('-');
    if run.starts_with('+') {
        return true;
    }
    if is_date || are_times {
        return false;
    }
    if run.starts_with(['0', '(']) {
        return true;
    }
    let is_host = groups.len() == 4 && between.iter().all(|between| *between == ".");
    // "3 000 000", and "1.250.000".
    let is_amount = groups.iter().skip(1).all(|group| group.len() == 3)
        && (run.contains('.') || run.ends_with("000"));
    let is_spaced = between.iter().all(|between| between.chars().count() == 1);
    let are_groups = groups.len() > 1 && groups.iter().all(|group| group.len() < 5);
    are_groups && is_spaced && !are_short && !is_host && !is_amount
}

#[cfg(test)]
mod tests {
    use super::is_in;

    #[test]
    fn numbers_of_telephones_are_told_from_other_long_numbers() {
        for text in [
            "Call 06421 555 0199.",
            "Ring +44 20 7946 0958 before noon.",
            "0 64 21 / 55 50 19",
            "Tél. 01.23.45.67.89",
            "(555) 010-0199",
            "1-800-555-0199",
            "555.010.0199",
            "Llámanos: 912 345 678",
            "Tel.: 5550199",
            "Telefon 5550199",
            "or call us on 20255501234 at night",
            "0612345678",
            "Tel. 040 1234567 / 040 1234568",
            "Tel. +49 6421 555 0199 (9.00-12.00)",
        ] {
            assert!(is_in(text), "{text}");
        }
        for text in [
            "Since 1998 we have 12 rooms.",
            "Released on 2026-07-28.",
            "From 01.12. to 15.12.2025, that is 01.12.-15.12.2025",
            "In the years 2019-2024",
            "Mo-Fr 09.00-18.00, Sa 9-12 14-18",
            "arn:aws:sqs:us-east-1:123456789012:NAME",
            "the server at 192.168.100.200",
            "132 / 22769 / 45148",
            "50.8 / 103.0",
            "up to 3 000 000 messages, or 1.250.000",
            "order 12345678901",
            "the phone number ID 106540352242922",
            "-d '{\"phone\": \"+15550100199\"}'",
        ] {
            assert!(!is_in(text), "{text}");
        }
    }
}
