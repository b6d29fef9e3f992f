//! Words, stems and sentences: how text becomes what is indexed and searched.
//!
//! [`spans`] finds the words, `fold` gives each one form however it is written, [`Stems`] takes its
//! ending off by the rules of its [`Language`], which [`detect`] knows from script and function words.

pub(crate) mod arabic_root;
mod fold;
mod function_words;
mod language;
mod stem;
mod tokenize;

use unicode_segmentation::UnicodeSegmentation;

pub(crate) use fold::lower;
pub use language::{Language, detect, detect_among, detect_plainly};
pub(crate) use language::{
    detect_words, is_function_word, is_function_word_anywhere, is_toned_function_word,
};
pub use stem::Stems;
pub(crate) use stem::folded;
pub use tokenize::spans;
pub(crate) use tokenize::{is_cluster, is_unspaced, is_unspaced_by_sound};

/// The words of `text` in the form in which they are compared, function words included.
pub fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    spans(text).map(|(_, word)| folded(word))
}

/// How many words `text` has.
pub fn word_count(text: &str) -> u32 {
    u32::try_from(text.unicode_words().count()).unwrap_or(u32::MAX)
}

/// `text` with case, accents, punctuation and spacing taken out: two questions that only differ in
/// those are the same question. Text without a word is itself, but for tones and forms of emoji.
pub fn normalized(text: &str) -> String {
    let words = words(text).collect::<Vec<_>>().join(" ");
    if !words.is_empty() {
        return words;
    }
    let tone = |c: &char| !matches!(u32::from(*c), 0xfe00..=0xfe0f | 0x1f3fb..=0x1f3ff);
    text.chars().filter(|c| !c.is_whitespace()).filter(tone).collect()
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
    fn normalized_questions_compare() {
        assert_eq!(normalized("What are your  hours?"), normalized("what are your hours"));
        assert_eq!(normalized("Où est le café ?"), normalized("ou est le cafe"));
        assert_ne!(normalized("what are your hours"), normalized("what are his hours"));
        assert_ne!(normalized("Courses in C++?"), normalized("Courses in C#?"));
        assert_ne!(normalized("below 0 at -20"), normalized("below 0 at 20"));
        assert_eq!(normalized("👋🏽 "), normalized("👋"));
        assert_ne!(normalized("???"), normalized("👋"));
    }

    #[test]
    fn sentences_end_at_stops_and_lines() {
        let found: Vec<_> = sentences("One is here. Two is v1.2 of it.\nThree").collect();
        assert_eq!(found, ["One is here.", "Two is v1.2 of it.", "Three"]);
    }
}
