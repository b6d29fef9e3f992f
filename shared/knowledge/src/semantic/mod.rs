//! The semantic tier: passages and questions as vectors, for what is said in other words.
//!
//! [`static_embedding`] is compiled in and always there. A model that makes better vectors is behind
//! [`Embedder`], and optional. [`vectors`] keeps those of passages small and compares them, [`fusion`]
//! puts what they say together with what the words say.

pub(crate) mod coarse;
mod entry_embedding;
pub(crate) mod fusion;
mod lexicon;
mod packed;
pub mod static_embedding;
pub mod vectors;

use std::pin::Pin;

use domain::source::{Chunk, QaPair};

pub use entry_embedding::{EntryEmbedding, QueryEmbedding};
pub use packed::{PackError, pack, unpack};
pub(crate) use vectors::{COARSE, QuerySteps};
pub use vectors::{Vector, Vectors};

/// Dimensions that a vector has at most: twice what any model in use has.
pub const MAX_DIMENSIONS: usize = 4096;

/// Why there is no vector.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum EmbedError {
    /// The model is not there, or not what is taken for it.
    #[error("the embedding model can't be loaded: {0}")]
    Model(String),
    /// The model is there and failed.
    #[error("the embedding model failed: {0}")]
    Failed(String),
    /// What came back is no direction: empty, too long, nothing but zeros, or not finite.
    #[error("an embedding of {0} numbers has no direction")]
    NoDirection(usize),
    /// Vectors of different models, or of different lengths, can't be compared.
    #[error("an embedding of {found} numbers where {expected} were expected")]
    Length {
        /// Of the others.
        expected: usize,
        /// Of this one.
        found: usize,
    },
}

/// What of a passage is embedded: the heading above it, and all of it.
pub fn passage_text(chunk: &Chunk) -> String {
    text_below(chunk.headings.last().unwrap_or(&chunk.title), &chunk.content)
}

/// What of `content` below a heading is embedded.
pub(crate) fn text_below(above: &str, content: &str) -> String {
    if above.is_empty() { content.to_owned() } else { format!("{above}\n{content}") }
}

/// What of a pair is embedded: its questions and its answer.
pub fn pair_text(pair: &QaPair) -> String {
    let mut lines: Vec<&str> = pair.questions().collect();
    lines.push(&pair.answer);
    lines.join("\n")
}

/// Vectors to come, in the order of the texts.
pub type Embedding<'a> = Pin<Box<dyn Future<Output = Result<Vec<Vector>, EmbedError>> + Send + 'a>>;

/// What makes vectors of texts: a model in this process, or a service.
pub trait Embedder: std::fmt::Debug + Send + Sync {
    /// Which model it is. Vectors are kept under this name and compared only with its own.
    fn model(&self) -> &str;

    /// From 0 to 1: how well this model reads `text`, which does not depend on what is searched. One
    /// that was trained on one language says 0 to another; a service that can't say says 1.
    fn legibility(&self, _text: &str) -> f32 {
        1.0
    }

    /// About how many words of a text it reads. Of a longer one the rest has no part in the vector.
    fn reads_words(&self) -> f32 {
        f32::INFINITY
    }

    /// A vector for each of `texts`, in their order. A text longer than the model reads is cut.
    ///
    /// # Errors
    ///
    /// [`EmbedError`] if one of them gets none; then none of them does.
    fn embed<'a>(&'a self, texts: &'a [&'a str]) -> Embedding<'a>;
}
