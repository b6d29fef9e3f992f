//! Model backends: from a question and what was found to an answer, piece by piece. They know no
//! table and no route; what to ask with, and what to do with the answer, is the caller's business.

mod extractive;

pub use extractive::Extractive;

use domain::Citation;
use futures::stream::BoxStream;

/// Something found that an answer may be drawn from.
#[derive(Debug, Clone, PartialEq)]
pub struct Grounding {
    /// Where it is from.
    pub citation: Citation,
    /// The whole passage.
    pub content: String,
    /// The sentences of it that say most about the question.
    pub quote: String,
}

/// What a model is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Prompt {
    /// The visitor's question.
    pub question: String,
    /// What to answer from, best first; never empty: where nothing was found, nobody is asked.
    pub grounding: Vec<Grounding>,
}

/// Why a model gave no answer, or broke off.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum ModelError {
    /// There was nothing to answer from.
    #[error("nothing to answer from")]
    NoGrounding,
}

/// A model. Its answer comes in pieces that, put together, are the whole text.
pub trait Model: Send + Sync {
    /// Begins to answer.
    fn reply(&self, prompt: Prompt) -> BoxStream<'static, Result<String, ModelError>>;
}
