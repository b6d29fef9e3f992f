//! Whether what was said before, or the section that it is from, answers a follow-up too.

use super::{
    narrowed::{is_form_of, new_words, wanted},
    refers,
};
use crate::{
    facts::{self, Fact},
    quote::weekdays,
    semantic::static_embedding,
    small_talk::table,
    text::{self, Language},
};

/// The cosine from which on two words mean the same thing.
const SAME: f32 = 0.6;
/// Words of a question for the reason of what was said, at most.
const MAX_OF_REASON: usize = 1;
/// Words of a text that are compared.
const MAX_COMPARED: usize = 400;

/// How much of a follow-up a text that answered what was asked before is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Continuation {
    /// Nothing of it, or it lacks the fact that is wanted.
    None,
    /// It states a fact of the kind that is wanted, or names some of what is new.
    Partly,
    /// It states the fact, if one is wanted, and names what is new.
    Fully,
}

/// How much of `message`, in `language`, which follows the question `before`, the text `said` is about.
pub fn continuation(message: &str, before: &str, said: &str, language: Language) -> Continuation {
    let words: Vec<String> = text::words(message).collect();
    let asked: Vec<String> = text::words(before).collect();
    let wanted = wanted(&words);
    let is_old = |word: &&String| asked.iter().any(|old| is_form_of(old, word));
    let new: Vec<&String> =
        new_words(&words, language).into_iter().filter(|word| !is_old(word)).collect();
    let named = count_named(&new, said, language);
    if (new.len() <= MAX_OF_REASON || named * 2 > new.len()) && is_reason(message, said) {
        return Continuation::Fully;
    }
    // "How many of them are there?" is about what was said, whatever else it names.
    let is_about_it = table(language).is_some_and(|own| refers(own, &words));
    match wanted.map(|fact| facts::states(said, fact, &words)) {
        Some(false) => Continuation::None,
        Some(true) if is_about_it || named * 2 >= new.len() => Continuation::Fully,
        Some(true) => Continuation::Partly,
        None if new.is_empty() || named == 0 => Continuation::None,
        None if named == new.len() => Continuation::Fully,
        None => Continuation::Partly,
    }
}

/// Whether `message` asks why, as in "why so late?", and `said` says so.
pub fn is_reason(message: &str, said: &str) -> bool {
    let words: Vec<String> = text::words(message).collect();
    facts::wanted(&words) == Some(Fact::Reason) && facts::states(said, Fact::Reason, &[])
}

/// How many of the words `new` are named by `said`, in another form or by a word that means the same. A day is no
/// other day, much as the two are alike.
fn count_named(new: &[&String], said: &str, language: Language) -> usize {
    let there = text::detect_among(said, &[language]);
    let content = text::words(said).filter(|word| !text::is_function_word(word, there));
    let content: Vec<String> = content.take(MAX_COMPARED).collect();
    let vector =
        |word: &str, language| static_embedding::of_words(std::iter::once(word), &[language]);
    let is_named = |word: &str| {
        let own = vector(word, language);
        content.iter().any(|other| {
            let is_near = || {
                let near = own.as_ref().zip(vector(other, there));
                near.is_some_and(|(a, b)| a.cosine(&b) >= SAME)
            };
            is_form_of(word, other) || !weekdays::is_day(word) && is_near()
        })
    };
    new.iter().filter(|word| is_named(word)).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_answers_what_follows_by_what_it_names_and_states() {
        let english =
            |message, before, said| continuation(message, before, said, Language::English);
        let course =
            "Courses are 30 minutes long. A course costs $45 and has at most six children.";
        let before = "How long is a course?";
        assert_eq!(english("and how much is it?", before, course), Continuation::Fully);
        assert_eq!(english("how many kids are in there?", before, course), Continuation::Fully);
        assert_eq!(english("and how old do they have to be?", before, course), Continuation::None);
        assert_eq!(english("and do you sell goggles?", before, course), Continuation::None);
        let said = english("how many of them fit in a pool?", before, course);
        assert_eq!(said, Continuation::Fully);
        assert_eq!(english("why?", before, course), Continuation::None);
        assert_eq!(english("how much is parking?", before, course), Continuation::Partly);
        let open = "From Monday to Friday we open at 8:00 and close at 21:00.";
        let before = "When are you open from Monday to Friday?";
        assert_eq!(english("and on Saturdays?", before, open), Continuation::None, "another day");
        let late = "Huts are ready from 4 pm because they are cleaned.";
        let said = english("why so late?", "When are the huts ready?", late);
        assert_eq!(said, Continuation::Fully, "its reason is stated");
        let parking = english("and why is parking so expensive?", "When are the huts ready?", late);
        assert_ne!(parking, Continuation::Fully, "the reason of something else");
        let water = "Nördlich der Ahl beträgt die Härte 9 Grad, südlich davon 17 Grad.";
        let before = "Wie hart ist das Wasser im Süden?";
        let german = continuation("und im Norden?", before, water, Language::German);
        assert_eq!(german, Continuation::Fully);
    }
}
