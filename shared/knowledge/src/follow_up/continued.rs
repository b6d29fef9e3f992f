//! Whether what was said before, or the section that it is from, answers a follow-up too.

use super::{
    measures,
    narrowed::{is_form_of, wanted},
    refers,
};
use crate::{
    facts,
    semantic::static_embedding,
    small_talk::table,
    text::{self, Language},
};

/// The cosine from which on two words mean the same thing.
const SAME: f32 = 0.6;
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
    let measures: Vec<&String> = measures(&words).collect();
    let names_fact = |word: &str| {
        let named = crate::concepts::of(word);
        named.is_some() && wanted.is_some_and(|fact| fact.concept() == named)
    };
    let new: Vec<&String> = words
        .iter()
        .filter(|word| !text::is_function_word(word, language) && !measures.contains(word))
        .filter(|word| !names_fact(word) && !asked.iter().any(|old| is_form_of(old, word)))
        .collect();
    let named = count_named(&new, said, language);
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

/// How many of the words `new` are named by `said`, in another form or by a word that means the same.
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
            is_form_of(word, other) || is_near()
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
        let water = "Nördlich der Ahl beträgt die Härte 9 Grad, südlich davon 17 Grad.";
        let before = "Wie hart ist das Wasser im Süden?";
        let german = continuation("und im Norden?", before, water, Language::German);
        assert_eq!(german, Continuation::Fully);
    }
}
