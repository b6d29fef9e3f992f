//! A follow-up that puts one thing in the place of another ("what about boots?") where no rule tells
//! which: each word of the former question gives way in turn.

use super::{measures, refers};
use crate::{
    asks, concepts,
    facts::{self, Fact},
    small_talk::{Cue, table},
    text::{self, Language},
};

/// Words of the former question that give way in turn, at most.
const MAX_NARROWED: usize = 3;
/// Content words of a message that only names another thing, at most.
const MAX_NAMED: usize = 2;
/// Letters that two forms of one word begin with alike, at least, and their share of the longer one.
const FRONT: (usize, f32) = (4, 0.65);

/// The content words of `message`.
fn content(message: &str, language: Language) -> Vec<String> {
    text::words(message).filter(|word| !text::is_function_word(word, language)).collect()
}

/// Whether `said` has a content word of `message`, in whatever form.
pub fn names_what_is_new(message: &str, said: &str, language: Language) -> bool {
    let new = content(message, language);
    text::words(said).any(|word| new.iter().any(|new| is_form_of(new, &word)))
}

/// The words of `message` that say what it is about: not those of the fact that it wants, as in "how much?" or
/// "which price?", and none in "why?".
pub(super) fn new_words(words: &[String], language: Language) -> Vec<&String> {
    let measures: Vec<&String> = measures(words).collect();
    let wanted = facts::wanted(words);
    let names_fact = |word: &str| {
        let named = concepts::of(word);
        named.is_some() && wanted.is_some_and(|fact| fact.concept() == named)
    };
    let is_new = |word: &&String| {
        !text::is_function_word(word, language) && !measures.contains(word) && !names_fact(word)
    };
    words.iter().filter(is_new).collect()
}

/// Whether the words of `message` that say what it is about are a subject of their own; not where it refers to what
/// was asked before ("can I change it?"). `None` if it has none ("how much?", "why?").
pub fn new_subject(message: &str, language: Language) -> Option<bool> {
    let words: Vec<String> = text::words(message).collect();
    let refers = table(language).is_some_and(|own| refers(own, &words));
    (!new_words(&words, language).is_empty()).then_some(!refers)
}

/// Whether `said` has most of the words of `message` that say what this is about, in whatever form.
pub fn is_about(message: &str, said: &str, language: Language) -> bool {
    let words: Vec<String> = text::words(message).collect();
    let new = new_words(&words, language);
    let there: Vec<String> = text::words(said).collect();
    let is_named = |new: &&&String| there.iter().any(|word| is_form_of(new, word));
    new.iter().filter(is_named).count() * 2 > new.len()
}

/// Whether `message` names another thing and leaves all else to what was asked before: "and the small boat?",
/// "what about Sundays?".
pub(super) fn names_another(words: &[String], language: Language) -> bool {
    let lead = table(language).map_or(0, |own| own.begins(Cue::And, words));
    let refers = table(language).is_some_and(|own| refers(own, words));
    // "And can I bring my dog?" is a question of its own.
    let named = words.get(lead..).unwrap_or_default();
    let says = named.iter().filter(|word| !text::is_function_word(word, language)).count();
    let is_whole = named
        .iter()
        .any(|word| matches!(word.as_str(), "i" | "we" | "my" | "ich" | "wir" | "je" | "nous"));
    lead > 0
        && !refers
        && !is_whole
        && (1..=MAX_NAMED).contains(&says)
        && asks::asks(words).is_none()
        && facts::wanted(words).is_none()
}

/// The fact that the `words` of a message want, such as how long something takes. A reason may be any sentence.
pub(super) fn wanted(words: &[String]) -> Option<Fact> {
    facts::wanted(words).filter(|fact| *fact != Fact::Reason)
}

/// Whether `message` wants a fact.
pub fn wants_fact(message: &str) -> bool {
    let words: Vec<String> = text::words(message).collect();
    wanted(&words).is_some()
}

/// Whether `message` wants a fact that `said` does not state.
pub fn wants_more(message: &str, said: &str) -> bool {
    let words: Vec<String> = text::words(message).collect();
    wanted(&words).is_some_and(|fact| !facts::states(said, fact, &words))
}

pub(super) fn is_form_of(one: &str, other: &str) -> bool {
    if one == other {
        return true;
    }
    let front = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let longer = one.chars().count().max(other.chars().count()).max(1);
    front >= FRONT.0 && front as f32 / longer as f32 >= FRONT.1
}

/// `message` with what was asked before, each time without another content word of that; nothing where
/// `message` does not name another thing ("and …?", "what about …?").
pub fn narrowed(before: &str, message: &str, language: Language) -> Vec<String> {
    let words: Vec<String> = text::words(message).collect();
    let is_another =
        table(language).is_some_and(|own| own.begins(Cue::And, &words) > 0 && !refers(own, &words));
    let new = if is_another { content(message, language) } else { Vec::new() };
    let spans: Vec<(&str, String)> =
        text::spans(before).map(|(_, written)| (written, text::folded(written))).collect();
    let gives_way = |(_, (_, word)): &(usize, &(&str, String))| {
        !text::is_function_word(word, language) && !new.iter().any(|new| is_form_of(new, word))
    };
    let places: Vec<usize> = spans.iter().enumerate().filter(gives_way).map(|(at, _)| at).collect();
    if new.is_empty() || places.len() < 2 {
        return Vec::new();
    }
    let without = |place: &usize| {
        let kept = spans.iter().enumerate().filter(|(at, _)| at != place);
        let mut kept: Vec<&str> = kept.map(|(_, (written, _))| *written).collect();
        kept.push(message);
        kept.join(" ")
    };
    // The subject of a question follows what is asked of it more often than it precedes it.
    places.iter().rev().take(MAX_NARROWED).map(without).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_of_the_former_question_gives_way_in_turn() {
        let all =
            narrowed("How long is the warranty on tents?", "what about stoves?", Language::English);
        assert!(
            all.contains(&"How long is the warranty on what about stoves?".to_owned()),
            "{all:?}"
        );
        assert!(all.contains(&"How long is the on tents what about stoves?".to_owned()), "{all:?}");
        for message in ["why?", "and how much does it cost?", "stoves"] {
            let all = narrowed("Do you deliver tents to Wales?", message, Language::English);
            assert!(all.is_empty(), "{message}: {all:?}");
        }
        assert!(narrowed("Tents?", "and stoves?", Language::English).is_empty(), "nothing is kept");
    }

    #[test]
    fn a_message_has_a_subject_of_its_own_or_refers_to_another() {
        for (message, subject) in [
            ("why?", None),
            ("and how much is it?", None),
            ("how long?", None),
            ("and what is the price?", None),
            ("and how long can I be on the computer?", Some(true)),
            ("and on public holidays?", Some(true)),
            ("and what if it dies?", Some(false)),
        ] {
            assert_eq!(new_subject(message, Language::English), subject, "{message}");
        }
    }

    #[test]
    fn a_fact_that_was_not_stated_is_wanted_still() {
        let price = "A basic tune-up is €55.";
        assert!(wants_more("and how long does that take?", price));
        assert!(!wants_more("and how much is it?", price));
        assert!(!wants_more("why?", price));
    }

    #[test]
    fn forms_of_a_word_are_that_word() {
        let names = |message, said| names_what_is_new(message, said, Language::German);
        assert!(names("und für Zelte?", "Ein Zelt kostet 9 €."));
        assert!(!names("und für Kocher?", "Ein Zelt kostet 9 €."));
        assert!(!names("und warum?", "Ein Zelt und mehr."));
    }
}
