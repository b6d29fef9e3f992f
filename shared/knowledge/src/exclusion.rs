//! What a question says that it is not about: "the price of a tandem, not a racing bike". The words
//! behind such a "not" would find just what is not wanted.

use std::borrow::Cow;

use crate::text;

/// Words that set apart what comes behind it, behind a comma or one of [`JOINING`].
const NOT: &str = "not nicht kein keine keinen pas no non nao niet geen nie не degil";
/// Words in place of the comma.
const JOINING: &str = "and but und aber et mais y pero e ma mas en maar a ale а и ve ama";
/// What begins a thing behind it: without one of these "not" may be said of what happens ("ordered,
/// not received").
const DETERMINERS: &str = "a an the my our your this that these those for in on at with by from to of \
    ein eine einen einem einer der die das den dem des mein meine fur im in am mit von zum zur \
    un une le la les l du des de mon ma mes pour en dans avec \
    una el los las lo mi mis para con del al \
    uno il i gli lo mio mia per nel nella di da \
    um uma o a os as meu minha no na do \
    het een mijn voor met van";
/// Words that follow the "not" at most, up to the end or the next mark.
const MAX_WORDS: usize = 5;
/// Words before it at least: a question begins with what it asks.
const MIN_BEFORE: usize = 3;

fn has(list: &str, word: &str) -> bool {
    list.split_whitespace().any(|one| one == word)
}

/// The question without what it says that it is not about.
pub(crate) fn without(question: &str) -> Cow<'_, str> {
    let spans: Vec<(usize, &str)> = text::spans(question).collect();
    let plain: Vec<String> = spans.iter().map(|(_, word)| text::folded(word)).collect();
    let end = |at: usize| spans[at].0 + spans[at].1.len();
    let gap = |at: usize| question.get(end(at)..spans[at + 1].0).unwrap_or_default();
    for at in MIN_BEFORE..spans.len() {
        let written_apart = !spans[at].1.contains(['\'', '\u{2019}']);
        if !has(NOT, &plain[at]) || !written_apart {
            continue;
        }
        let joined = has(JOINING, &plain[at - 1]);
        let begins = joined || gap(at - 1).contains([',', ';', '–', '—', '(']);
        let Some(first) = plain.get(at + 1).filter(|word| begins && has(DETERMINERS, word)) else {
            continue;
        };
        let is_marked = |at: usize| gap(at).contains([',', ';', '.', '?', '!', '–', '—', ')']);
        let last = (at + 1..spans.len() - 1).find(|at| is_marked(*at)).unwrap_or(spans.len() - 1);
        // A determiner alone names nothing.
        if last == at + 1 || last - at > MAX_WORDS || first.is_empty() {
            continue;
        }
        let from = end(at - 1 - usize::from(joined));
        let rest = question.get(end(last)..).unwrap_or_default();
        let before = question.get(..from).unwrap_or_default().trim_end_matches([',', ';', ' ']);
        return Cow::Owned(format!("{before}{rest}"));
    }
    Cow::Borrowed(question)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_asked_about_is_left_out() {
        for (question, asked) in [
            ("What does a tandem cost, not a racing bike?", "What does a tandem cost?"),
            (
                "When is the harbour open, not the office, on Sundays?",
                "When is the harbour open, on Sundays?",
            ),
            ("Was kostet das Tandem, nicht das Rennrad?", "Was kostet das Tandem?"),
            ("the size of a canoe and not of a kayak", "the size of a canoe"),
            ("¿Cuánto cuesta la bici, no el casco?", "¿Cuánto cuesta la bici?"),
        ] {
            assert_eq!(without(question), asked);
        }
    }

    #[test]
    fn a_condition_that_denies_is_asked_about() {
        for question in [
            "I am not a member, may I sail?",
            "my boat was hired, not returned",
            "Why is it not in the list?",
            "not a member, may I sail?",
            "Can I cancel if I do not like the boat?",
        ] {
            assert_eq!(without(question), question);
        }
    }
}
