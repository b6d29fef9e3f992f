//! A search that a team tries, to see why a question is answered as it is; and what would be read of a
//! page that is not a source yet.

use crate::{
    Citation, Error, Result, bounds,
    source::{Chunk, ChunkKind},
};

/// Entries that are shown by default.
pub const HITS: u32 = 5;
/// Entries that are shown at most.
pub const MAX_HITS: u32 = 20;

/// A question to try; its bounds checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchQuestion {
    /// As a visitor would send it.
    pub question: String,
    /// How many entries are shown.
    pub limit: u32,
}

impl SearchQuestion {
    /// Checks the bounds.
    pub fn new(question: Option<&str>, limit: Option<u32>) -> Result<Self> {
        let question = bounds::required("question", question)?;
        let limit = limit.unwrap_or(HITS);
        if !(1..=MAX_HITS).contains(&limit) {
            let message = format!("must be a whole number from 1 to {MAX_HITS}");
            return Err(Error::field("limit", message));
        }
        Ok(Self { question: bounds::text("question", question, bounds::MESSAGE)?, limit })
    }
}

/// What a visitor would get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyKind {
    /// An answer from the knowledge.
    Answer,
    /// "Did you mean …".
    Offer,
    /// That the chatbot does not know.
    Refusal,
    /// A word back to a greeting and the like.
    SmallTalk,
}

/// What an entry of the knowledge is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A question and answer pair.
    Pair,
    /// A passage of a page or a file.
    Passage,
}

/// An entry that a search looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchHit {
    /// What it is.
    pub kind: EntryKind,
    /// Where it is from.
    pub citation: Citation,
    /// The question of a pair, or the heading of a passage.
    pub heading: String,
    /// What it says.
    pub content: String,
    /// What its text mostly is.
    pub text_kind: ChunkKind,
    /// The language of its page, as far as it is known.
    pub language: Option<String>,
    /// Its score, to be compared with others of the same question only.
    pub score: f64,
    /// What it has of the question's words, over what they are worth.
    pub words: f64,
    /// The same of runs of characters.
    pub characters: f64,
    /// The cosine of its embedding with the question's.
    pub meaning: f64,
    /// From 0 to 1: how likely it is that it answers.
    pub confidence: f64,
    /// Whether it is a pair that asks for something else: it denies, or another number or name is in it.
    pub is_apart: bool,
}

/// What a search found for a question, and what comes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchReport {
    /// What was searched: the question without a greeting.
    pub searched: String,
    /// Words that were taken for others: as asked, and as searched.
    pub corrections: Vec<(String, String)>,
    /// From 0 to 1.
    pub confidence: f64,
    /// From which confidence on the chatbot answers.
    pub confidence_threshold: f64,
    /// From which confidence on it offers.
    pub near_threshold: f64,
    /// What the visitor would get.
    pub reply: ReplyKind,
    /// What the visitor would read, if no AI backend is asked.
    pub answer: String,
    /// The best entries, best first.
    pub hits: Vec<SearchHit>,
}

/// What would be read of a page that is not a source yet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PagePreview {
    /// Where it was in the end.
    pub url: String,
    /// Its title.
    pub title: String,
    /// Its language as it says, such as `de-AT`.
    pub language: Option<String>,
    /// Why nothing would be read.
    pub reason: Option<String>,
    /// Its passages.
    pub passages: Vec<Chunk>,
    /// How many other pages it links to.
    pub links: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_of_a_question_to_try() {
        let of = |question, limit| SearchQuestion::new(question, limit).map(|asked| asked.limit);
        assert_eq!(of(Some("Where?"), None).unwrap(), HITS);
        assert_eq!(of(Some("Where?"), Some(MAX_HITS)).unwrap(), MAX_HITS);
        for (question, limit) in
            [(None, None), (Some(" "), None), (Some("a"), Some(0)), (Some("a"), Some(21))]
        {
            assert!(of(question, limit).is_err(), "{question:?} {limit:?}");
        }
    }
}
