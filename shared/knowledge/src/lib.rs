//! From a web address to passages that answer.
//!
//! A page is [`fetch`]ed within bounds, [`extract`]ed to blocks of text under their headings,
//! [`chunk`]ed to passages, and indexed as a [`segment`]; [`search`] loads the segments of a
//! chatbot and finds what answers a question, with a confidence, or nothing.

pub mod chunk;
pub mod extract;
pub mod fetch;
pub mod search;
pub mod segment;
pub mod semantic;
pub mod text;

pub use extract::{Block, Document};
pub use fetch::{Fetcher, PageError};
pub use search::{Found, Index, Match, Passage, Retriever};
pub use segment::Segment;
pub use semantic::{EmbedError, Embedder};
