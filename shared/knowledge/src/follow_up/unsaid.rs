//! The sentence of a section that answers a follow-up, where another one answered the question before.

use super::{
    narrowed::{is_form_of, names_another, new_words},
    refers,
};
use crate::{
    asks,
    facts::{self, Fact},
    small_talk::table,
    text::{self, Language},
};

/// Sentences of a section that are looked at.
const MAX_LOOKED_AT: usize = 100;

/// The fact that `message` wants: its own, or that of the question `before` where it only names another thing. A
/// number or a time may be any in a text, and a reason is wanted by the message itself or not at all.
fn wanted_after(words: &[String], before: &str, language: Language) -> Option<Fact> {
    let of_before = || {
        let before: Vec<String> = text::words(before).collect();
        let of_before = names_another(words, language).then(|| facts::wanted(&before)).flatten();
        of_before.filter(|fact| *fact != Fact::Reason)
    };
    let is_open = |fact: &Fact| matches!(fact, Fact::Time | Fact::Number);
    facts::wanted(words).or_else(of_before).filter(|fact| !is_open(fact))
}

/// Whether `said` does not state what the question `before` wanted, where `message` only names another thing:
/// "and for children?" after a question for a price is one for a price.
pub fn lacks_fact(message: &str, before: &str, said: &str, language: Language) -> bool {
    let words: Vec<String> = text::words(message).collect();
    let fact = names_another(&words, language).then(|| wanted_after(&words, before, language));
    // "We do not deliver there" is an answer too.
    let denies = || asks::denies(&text::words(said).collect::<Vec<_>>());
    fact.flatten().is_some_and(|fact| !is_stated(said, fact) && !denies())
}

/// Whether `said` states the fact in any way: "closed on Sundays" says when, and a place needs no street.
fn is_stated(said: &str, fact: Fact) -> bool {
    let is_open = || text::words(said).any(|word| facts::is_open_or_closed(&word));
    match fact {
        Fact::Address => true,
        Fact::Hours => facts::states(said, fact, &[]) || is_open(),
        _ => facts::states(said, fact, &[]),
    }
}

/// What of `content` states the fact that `message` wants after `before`, and was not `said`: the first of the
/// sentences that name most of what is new. Nothing if none names any, unless `message` refers to what was asked.
pub fn unsaid(
    message: &str,
    before: &str,
    content: &str,
    said: &str,
    language: Language,
) -> Option<String> {
    let words: Vec<String> = text::words(message).collect();
    let fact = wanted_after(&words, before, language)?;
    let asked: Vec<String> = text::words(before).collect();
    let is_old = |word: &&String| asked.iter().any(|old| is_form_of(old, word));
    let new: Vec<&String> =
        new_words(&words, language).into_iter().filter(|word| !is_old(word)).collect();
    let named = |sentence: &str| {
        let there: Vec<String> = text::words(sentence).collect();
        new.iter().filter(|new| there.iter().any(|word| is_form_of(new, word))).count()
    };
    let is_about_it = table(language).is_some_and(|own| refers(own, &words));
    let said = text::normalized(said);
    let is_unsaid = |sentence: &&str| !said.contains(&text::normalized(sentence));
    let stating = text::sentences(content)
        .take(MAX_LOOKED_AT)
        .filter(|sentence| facts::states(sentence, fact, &words))
        .filter(is_unsaid)
        .map(|sentence| (named(sentence), sentence))
        .filter(|(named, _)| *named > 0 || new.is_empty() || is_about_it);
    // Of those that name as much the first.
    let best = stating.reduce(|best, next| if next.0 > best.0 { next } else { best });
    best.map(|(_, sentence)| sentence.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOST: &str = "Drivers hand in what they find. You collect it at the depot in Foundry Lane.\n\
                        We keep things for six weeks. A fee of £2 is charged for phones.";

    #[test]
    fn a_sentence_that_was_not_said_states_what_is_wanted() {
        let said = "You collect it at the depot in Foundry Lane.";
        let of = |message: &str, said: &str| {
            unsaid(message, "Where do I collect my umbrella?", LOST, said, Language::English)
        };
        assert_eq!(
            of("how long do you keep it?", said).as_deref(),
            Some("We keep things for six weeks.")
        );
        assert_eq!(
            of("how much is it for a phone?", said).as_deref(),
            Some("A fee of £2 is charged for phones.")
        );
        assert_eq!(of("how long do you keep it?", LOST), None, "it was said");
        assert_eq!(of("how much is parking?", said), None, "something else");
        assert_eq!(of("why is it there?", said), None, "no reason is stated");
        let why = "Ask there. It is shut early because the guard leaves at six.";
        let found = unsaid("why is it?", "When is it shut?", why, "Ask there.", Language::English);
        assert!(found.is_some_and(|found| found.starts_with("It is shut early")));
    }

    #[test]
    fn another_thing_is_asked_for_the_same_fact() {
        let before = "When is the wardrobe open?";
        let office =
            "Book online at any hour.\nBox office by phone: 10.30am to 1.30pm, Monday to Friday.";
        let lacks = |message, said| lacks_fact(message, before, said, Language::English);
        assert!(lacks("and the box office?", "Book online at any hour."));
        assert!(!lacks("and the box office?", office));
        assert!(!lacks("and on Sundays?", "We are closed on Sundays."));
        assert!(!lacks("and the cellar?", "Visitors are not let into the cellar."));
        assert!(!lacks("so can I bring my dog?", "Dogs are welcome on a lead."));
        assert!(!lacks("and how much is the box office?", "Book online at any hour."));
        assert!(!lacks_fact(
            "and the panto?",
            "Do you sell tea?",
            "The panto is fun.",
            Language::English
        ));
        let found = unsaid("and the box office?", before, office, "", Language::English);
        assert!(found.is_some_and(|found| found.contains("10.30am")));
    }
}
