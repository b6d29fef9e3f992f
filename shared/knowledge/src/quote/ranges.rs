//! Numbers within the range of a row: a chest of 104 finds the row "101–107", a parcel of 3 kg the row
//! "up to 5 kg".

use std::ops::RangeInclusive;

use crate::{
    asks,
    text::{self, Stems},
};

/// Words between the two ends of a range.
const TO: &str = "to bis a au ate tot do по до ile";
/// Words before the end of a range that has no beginning, and before the beginning of one without an end.
const AT_MOST: &str = "to under below within hochstens zu unter bis hasta menos jusqu jusqu'a moins fino \
    sotto meno ate abaixo tot onder до менее alti kadar";
const AT_LEAST: &str = "from over above than ab uber von mehr desde mas plus partir oltre piu da acima mais \
    vanaf boven meer от свыше более ustu";
/// A cell with more numbers than this is a telephone number, a date or a formula.
const MAX_NUMBERS: usize = 3;

/// The numbers that a question has: "104", "104cm" and "2.5", not "E-204".
pub(super) fn numbers(words: &[String]) -> Vec<f32> {
    let codes = asks::codes(words);
    words.iter().filter(|word| codes.contains(word)).filter_map(|word| number(word)).collect()
}

fn number(word: &str) -> Option<f32> {
    let digits = word.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ','));
    let (digits, unit) = word.split_at(digits.unwrap_or(word.len()));
    let begins = digits.starts_with(|c: char| c.is_ascii_digit());
    let whole = !digits.starts_with('0') || digits.len() == 1 || digits.starts_with("0.");
    let is_unit = unit.chars().all(char::is_alphabetic) && unit.chars().count() <= 3;
    (begins && whole && is_unit)
        .then(|| digits.trim_end_matches(['.', ',']).replace(',', ".").parse().ok())
        .flatten()
}

/// Whether one of the `asked` numbers is within a range of `row`: of the column that is named by a
/// question's `terms`, otherwise of the first that has ranges.
pub(super) fn holds(asked: &[f32], row: &str, terms: &[(String, f32)], stems: &Stems) -> bool {
    if asked.is_empty() || !row.contains(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let cells = row.split(" | ").map(|cell| match cell.split_once(": ") {
        Some((label, value)) if !label.contains(|c: char| c.is_ascii_digit()) => (label, value),
        Some((name, _)) if !row.contains(" | ") => ("", name),
        _ => ("", cell),
    });
    let ranged: Vec<(&str, RangeInclusive<f32>)> =
        cells.filter_map(|(label, value)| Some((label, range(value)?))).collect();
    // How much of a column's name is said: "cm" may be in several.
    let said = |label: &str| {
        let named = |term: &String| terms.iter().any(|(other, _)| other == term);
        stems.content_terms(label).iter().filter(|term| named(term)).count()
    };
    // Of those alike the first.
    let named = ranged.iter().rev().max_by_key(|(label, _)| said(label));
    named.is_some_and(|(_, range)| asked.iter().any(|number| range.contains(number)))
}

/// The range that a cell is.
fn range(cell: &str) -> Option<RangeInclusive<f32>> {
    let spans: Vec<(usize, &str)> = text::spans(cell).collect();
    let found: Vec<(usize, f32)> = spans
        .iter()
        .enumerate()
        .filter_map(|(at, (_, word))| Some((at, number(word.trim_start_matches('-'))?)))
        .collect();
    if found.is_empty() || found.len() > MAX_NUMBERS {
        return None;
    }
    let end = |at: usize| spans[at].0 + spans[at].1.len();
    let is_to = |words: &str, word: &str| words.split_whitespace().any(|one| one == word);
    for two in found.windows(2) {
        let ((a, from), (b, to)) = (two[0], two[1]);
        // A unit may stand behind the first number: "46 cm – 51 cm".
        let between = cell.get(end(a)..spans[b].0).unwrap_or_default();
        let between = format!("{between}{}", if spans[b].1.starts_with('-') { "-" } else { "" });
        let parts: Vec<&str> = between.split_whitespace().collect();
        let dash = between.trim_end().ends_with(['-', '–', '—', '−', '~', '‑', '‒']);
        let word = parts.last().is_some_and(|word| is_to(TO, &text::folded(word)));
        if (dash || word) && parts.len() <= 2 && from < to {
            return Some(from..=to);
        }
    }
    let (at, value) = found[0];
    let before = at.checked_sub(1).map(|before| text::folded(spans[before].1)).unwrap_or_default();
    let sign = cell.get(..spans[at].0).unwrap_or_default().trim_end();
    let after = cell.get(end(at)..).unwrap_or_default();
    if is_to(AT_MOST, &before) || sign.ends_with(['<', '≤']) {
        Some(f32::MIN..=value)
    } else if is_to(AT_LEAST, &before) || sign.ends_with(['>', '≥']) || after.starts_with('+') {
        Some(value..=f32::MAX)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    #[test]
    fn a_number_is_within_the_range_of_a_row() {
        let stems = Stems::of(Language::English);
        let is_held = |question: &str, row: &str| {
            let words: Vec<String> = text::words(question).collect();
            let terms = stems.content_terms(question).into_iter().map(|t| (t, 1.0));
            holds(&numbers(&words), row, &terms.collect::<Vec<_>>(), &stems)
        };
        for (question, row) in [
            ("Which helmet for a head of 57 cm?", "Helmet: M | Head (cm): 55–58 | Weight (g): 310"),
            ("a hull of 9 metres", "Berth: C | Hull: 8 m to 12 m"),
            ("the fare for a girl of 12", "6-15: 4 €"),
            ("a crate of 3 kg", "up to 5 kg | 7 €"),
            ("a crate of 3kg", "bis 5 kg | 7 €"),
            ("my dog has 30 kg", "over 25 kg: not on board"),
            ("she is 70", "65+ | free"),
            ("a waist of 90", "XL | Chest: 108–112 | Waist: 88–94"),
        ] {
            assert!(is_held(question, row), "{question} {row}");
        }
        for (question, row) in [
            ("Which helmet for a head of 59 cm?", "Helmet: M | Head (cm): 55–58"),
            ("a chest of 90", "XL | Chest: 108–112 | Waist: 88–94"),
            ("a crate of 6 kg", "up to 5 kg | 7 €"),
            ("the error E-57", "Helmet: M | Head (cm): 55–58"),
            ("at 12", "Telephone: 01 33-55 12 99"),
            ("how heavy is it", "Helmet: M | Head (cm): 55–58"),
        ] {
            assert!(!is_held(question, row), "{question} {row}");
        }
    }
}
