//! Words, stems and sentences: how text becomes what is indexed and searched.

use std::{borrow::Cow, collections::HashSet, sync::LazyLock};

use rust_stemmers::{Algorithm, Stemmer};
use unicode_segmentation::UnicodeSegmentation;

/// Words that ask or bind and say nothing of what a text is about.
const STOP_WORDS: &[&str] = &[
    "a", "about", "after", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be",
    "because", "been", "being", "but", "by", "can", "could", "did", "do", "does", "doing", "for",
    "from", "get", "got", "had", "has", "have", "having", "he", "her", "hers", "him", "his", "how",
    "i", "if", "in", "into", "is", "it", "its", "just", "many", "me", "much", "my", "no", "not",
    "of", "on", "or", "our", "ours", "please", "shall", "she", "should", "so", "some", "tell",
    "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those",
    "to", "too", "us", "was", "we", "were", "what", "when", "where", "which", "while", "who",
    "whom", "whose", "why", "will", "with", "would", "you", "your", "yours",
];

/// What joins parts of one word by Unicode's rules that are words of their own to a searcher.
const JOINTS: [char; 5] = ['_', '.', '\'', '’', ':'];

/// The words of `text` as they are written, in order, each with the byte that it begins at.
pub fn spans(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.unicode_word_indices().flat_map(|(at, word)| {
        let begin = word.as_ptr().addr();
        word.split(JOINTS)
            .filter(|part| !part.is_empty())
            .map(move |part| (at + (part.as_ptr().addr() - begin), part))
    })
}

/// The lower-case words of `text`, in order, stop words included.
pub fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    spans(text).map(|(_, word)| word.to_lowercase())
}

/// Turns words into the terms that are indexed and searched.
pub struct Stems(Stemmer);

impl Default for Stems {
    fn default() -> Self {
        Self(Stemmer::create(Algorithm::English))
    }
}

impl Stems {
    /// The term of `word`: in lower case, without its ending.
    pub fn term(&self, word: &str) -> String {
        let lower = word.to_lowercase();
        match self.0.stem(&lower) {
            Cow::Borrowed(same) if same.len() == lower.len() => lower,
            stem => stem.into_owned(),
        }
    }

    /// The terms of all words of `text`, in order, those of stop words included.
    pub fn terms<'t>(&'t self, text: &'t str) -> impl Iterator<Item = String> + 't {
        spans(text).map(|(_, word)| self.term(word))
    }

    /// The terms that say what `text` is about: without those of stop words, unless it has no
    /// others.
    pub fn telling(&self, text: &str) -> Vec<String> {
        let all: Vec<String> = self.terms(text).collect();
        match all.iter().all(|term| is_stop(term)) {
            true => all,
            false => all.into_iter().filter(|term| !is_stop(term)).collect(),
        }
    }
}

/// Whether `term` is of a word that asks or binds. Terms, since that is what an index has.
pub fn is_stop(term: &str) -> bool {
    static STEMS: LazyLock<HashSet<String>> = LazyLock::new(|| {
        let stems = Stems::default();
        STOP_WORDS.iter().map(|word| stems.term(word)).collect()
    });
    STEMS.contains(term)
}

/// How many words `text` has.
pub fn word_count(text: &str) -> u32 {
    u32::try_from(text.unicode_words().count()).unwrap_or(u32::MAX)
}

/// `text` with case, punctuation and spacing taken out: two questions that only differ in those
/// are the same question.
pub fn normalized(text: &str) -> String {
    words(text).collect::<Vec<_>>().join(" ")
}

/// The sentences of `text`. A line break ends one too.
pub fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .flat_map(UnicodeSegmentation::unicode_sentences)
        .map(str::trim)
        .filter(|s| !s.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_words_are_sorted_for_the_binary_search() {
        assert!(STOP_WORDS.is_sorted());
    }

    #[test]
    fn terms_are_stems_and_some_of_them_stop_words() {
        let stems = Stems::default();
        let terms = |text: &str| stems.terms(text).collect::<Vec<_>>();
        assert_eq!(terms("X-BotPlot-Signature"), ["x", "botplot", "signatur"]);
        assert_eq!(terms("conversation_id"), ["convers", "id"]);
        let all = terms("How does he add those web pages, having any?");
        let telling: Vec<_> = all.iter().filter(|term| !is_stop(term)).collect();
        assert_eq!(telling, ["add", "web", "page"]);
    }

    #[test]
    fn spans_say_where_the_words_are() {
        let text = "It's «x_y», v1.2: ok";
        for (at, word) in spans(text) {
            assert_eq!(&text[at..at + word.len()], word);
        }
        let words: Vec<_> = spans(text).map(|(_, word)| word).collect();
        assert_eq!(words, ["It", "s", "x", "y", "v1", "2", "ok"]);
    }

    #[test]
    fn normalized_questions_compare() {
        assert_eq!(normalized("What are your  hours?"), normalized("what are your hours"));
        assert_ne!(normalized("what are your hours"), normalized("what are his hours"));
    }

    #[test]
    fn sentences_end_at_stops_and_lines() {
        let found: Vec<_> = sentences("One is here. Two is v1.2 of it.\nThree").collect();
        assert_eq!(found, ["One is here.", "Two is v1.2 of it.", "Three"]);
    }
}
