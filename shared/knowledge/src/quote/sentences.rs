//! Sentences of a passage.

use crate::text;

/// Sentences, which do not end at an abbreviation or a number.
pub(super) fn sentences(text: &str) -> Vec<&str> {
    const SHORT: &str = "e.g. i.e. approx. mr. mrs. dr. st. vs. z.b. d.h. bzw. ca. inkl. tel. inc. ltd. co. jan. \
        feb. mar. apr. jun. jul. aug. sep. oct. nov. dec.";
    const BEFORE_NUMBER: &str = "no. nr. art. p. s. vol. fig.";
    let mut found: Vec<(usize, usize)> = Vec::new();
    for sentence in text::sentences(text) {
        let begin = sentence.as_ptr().addr() - text.as_ptr().addr();
        let end = begin + sentence.len();
        let cut_short = found.last().is_some_and(|(begin, end)| {
            let last = text[*begin..*end].rsplit(char::is_whitespace).next().unwrap_or_default();
            let lower = last.to_lowercase();
            let number = sentence.starts_with(|c: char| c.is_ascii_digit());
            SHORT.split_whitespace().any(|short| short == lower)
                || (number && BEFORE_NUMBER.split_whitespace().any(|short| short == lower))
                || (last.len() <= 3
                    && last.trim_end_matches('.').chars().all(|c| c.is_ascii_digit()))
        });
        match found.last_mut().filter(|_| cut_short) {
            Some(last) => last.1 = end,
            None => found.push((begin, end)),
        }
    }
    found.into_iter().map(|(begin, end)| &text[begin..end]).collect()
}
