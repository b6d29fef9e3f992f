//! From a web address to passages that answer.
//!
//! A page is [`fetch`]ed within bounds, [`extract`]ed to blocks of text under their headings,
//! [`chunk`]ed to passages, and indexed as a [`segment`]; [`search`] loads the segments of a
//! chatbot and finds what answers a question, with a confidence, or nothing.

pub mod chunk;
pub mod extract;
pub mod fetch;
pub mod pdf;
mod robots;
pub mod search;
pub mod segment;
mod sitemap;
pub mod text;

pub use extract::{Block, Document};
pub use fetch::{Fetcher, Known, PageError, Reading};
pub use robots::Robots;
pub use search::{Found, Index, Match, Passage, Retriever};
pub use segment::Segment;
