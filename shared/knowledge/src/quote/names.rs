//! Which row a question names: "lp" names "LPs und Singles", and "Holzboot" the row "Boot, Holz".

use crate::text::Language;

/// What parts the names of a row that has several: marks, and words between two spaces.
const MARKS: [&str; 7] = [",", "/", "&", ";", "、", "،", "·"];
const WORDS: [&str; 19] = [
    " and ", " or ", " und ", " oder ", " et ", " ou ", " y ", " o ", " e ", " en ", " of ",
    " och ", " og ", " i ", " и ", " или ", " ve ", " veya ", " या ",
];
/// Characters of a name before a colon.
const MAX_NAME: usize = 60;
/// Letters of a plural's beginning, of a compound's part, and of what is left of the compound.
const MIN_PLURAL: usize = 2;
const MIN_PART: usize = 4;

/// What a row is of: the value of its first cell, or what is before its colon. Code has no rows.
pub(super) fn row_name(line: &str) -> Option<&str> {
    if line.contains(['"', '{', '}', '[', ']', '<', '>', '=', ';', '\\', '`']) {
        return None;
    }
    let (first, rest) = match line.split_once(" | ") {
        Some((first, _)) => (first, true),
        None => (line, false),
    };
    match (first.split_once(": "), rest) {
        (Some((_, value)), true) => Some(value),
        (Some((name, _)), false) => Some(name).filter(|name| name.chars().count() <= MAX_NAME),
        (None, true) => Some(first),
        (None, false) => None,
    }
}

/// A name without what is in brackets, which says more of it: "Lesson" of "Lesson (45 minutes)".
pub(super) fn unbracketed(name: &str) -> &str {
    match name.find([' ', '\u{a0}']).and_then(|_| name.find(['(', '（'])) {
        Some(at) if at > 0 => name[..at].trim_end(),
        _ => name,
    }
}

/// Whether two terms are forms of one word, as far as their beginnings tell.
pub(super) fn alike(a: &str, b: &str) -> bool {
    if a == b || is_plural(a, b) {
        return true;
    }
    let front = a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count();
    front >= 5 && front * 4 >= 3 * a.chars().count().max(b.chars().count())
}

/// The names of a row, if it has several.
pub(super) fn alternatives(name: &str) -> Vec<String> {
    let mut name = name.to_owned();
    for mark in MARKS.iter().chain(&WORDS) {
        name = name.replace(mark, "\n");
    }
    let parts: Vec<String> =
        name.lines().map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect();
    if parts.len() > 1 { parts } else { Vec::new() }
}

/// Whether one is the other with an "s", as a stemmer leaves it on short words and on abbreviations.
fn is_plural(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    short.chars().count() >= MIN_PLURAL && long.strip_suffix('s') == Some(short)
}

/// Whether words are written together in `language`.
pub(super) fn has_compounds(language: Language) -> bool {
    use Language::{Danish, Dutch, Finnish, German, Hungarian, Norwegian, Swedish};
    matches!(language, German | Dutch | Swedish | Danish | Norwegian | Finnish | Hungarian)
}

/// The letters of `compound` that `part` has at its beginning, and at its end.
fn part_of(compound: &str, part: &str) -> (usize, usize) {
    let (letters, own) = (compound.chars().count(), part.chars().count());
    if own < MIN_PART || letters < own + MIN_PART - 1 {
        return (0, 0);
    }
    let own_if = |is: bool| if is { own } else { 0 };
    (own_if(compound.starts_with(part)), own_if(compound.ends_with(part)))
}

/// Whether `part` is the beginning or the end of `compound`.
pub(super) fn is_part(compound: &str, part: &str) -> bool {
    part_of(compound, part) != (0, 0)
}

/// The share of `compound` that is said by `there`, as parts of it.
pub(super) fn share_of_parts(compound: &str, there: &[String]) -> f32 {
    let parts = there.iter().map(|part| part_of(compound, part));
    let (front, back) = parts.fold((0, 0), |all, one| (all.0.max(one.0), all.1.max(one.1)));
    ((front + back) as f32 / compound.chars().count().max(1) as f32).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_several_names_has_each() {
        assert_eq!(alternatives("Skis and poles"), ["Skis", "poles"]);
        assert_eq!(alternatives("Kajaks, Kanus und Flöße"), ["Kajaks", "Kanus", "Flöße"]);
        assert!(alternatives("Sandstone").is_empty());
    }

    #[test]
    fn what_is_in_brackets_is_no_part_of_a_name() {
        assert_eq!(unbracketed("Saddle (leather, 2 kg)"), "Saddle");
        for name in ["(none)", "fn(x)", "Saddle"] {
            assert_eq!(unbracketed(name), name);
        }
    }

    #[test]
    fn plurals_and_parts_of_compounds_are_the_word() {
        assert!(is_plural("lps", "lp") && !is_plural("s", ""));
        assert!(is_plural("usbs", "usb") && !is_plural("usb", "usa"));
        assert!(is_part("holzboot", "boot") && is_part("segeltuch", "segel"));
        assert!(!is_part("boot", "boot") && !is_part("robot", "bot"));
        let there = ["holz".to_owned(), "boot".to_owned()];
        assert!(share_of_parts("holzboot", &there) > 0.99);
        assert!((share_of_parts("holzboot", &there[1..]) - 0.5).abs() < 0.01);
    }
}
