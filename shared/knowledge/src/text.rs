//! Words, stems and sentences: how text becomes what is indexed and searched.

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

/// The lower-case words of `text`, in order, stop words included.
pub fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.unicode_words()
        .flat_map(|word| word.split(['_', '.', '\'', '’', ':']))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

/// How many words `text` has.
pub fn word_count(text: &str) -> u32 {
    u32::try_from(text.unicode_words().count()).unwrap_or(u32::MAX)
}

/// About how many tokens a model would see: four bytes each, as is usual for English, and never
/// fewer than there are words.
pub fn estimated_tokens(text: &str) -> u32 {
    let by_bytes = u32::try_from(text.len().div_ceil(4)).unwrap_or(u32::MAX);
    by_bytes.max(word_count(text))
}

/// The terms of `text`: its words without stop words, stemmed. Text of nothing but stop words
/// keeps them, so that "who are you" is a question after all.
pub fn terms(text: &str) -> Vec<String> {
    let stemmer = Stemmer::create(Algorithm::English);
    let all: Vec<String> = words(text).collect();
    let telling: Vec<&String> =
        all.iter().filter(|w| STOP_WORDS.binary_search(&w.as_str()).is_err()).collect();
    let chosen: Vec<&String> = if telling.is_empty() { all.iter().collect() } else { telling };
    chosen.into_iter().map(|word| stemmer.stem(word).into_owned()).collect()
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
    fn terms_are_stems_of_telling_words() {
        assert_eq!(terms("How do I add the web pages?"), ["add", "web", "page"]);
        assert_eq!(terms("X-BotPlot-Signature"), ["x", "botplot", "signatur"]);
        assert_eq!(terms("who are you"), ["who", "are", "you"]);
        assert_eq!(terms("conversation_id"), ["convers", "id"]);
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
