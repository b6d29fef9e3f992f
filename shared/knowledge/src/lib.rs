//! From a web address to passages that answer.
//!
//! A page is [`fetch`]ed within bounds, [`extract`]ed to blocks of text under their headings,
//! [`chunk`]ed to passages, and kept as a [`segment`]; an [`index`] puts the segments and pairs of
//! a chatbot together, [`rank`] finds what a question shares most with, and [`search`] what answers
//! it, with a confidence, or nothing.

mod asks;
mod best;
mod charset;
pub mod chunk;
mod closeness;
mod coded;
mod concepts;
mod confidence;
mod contact;
pub mod evidence;
mod exclusion;
mod explain;
pub mod extract;
mod facts;
pub mod fetch;
pub mod file;
pub mod follow_up;
mod forms;
mod hashing;
pub mod index;
pub mod links;
mod office;
pub mod outcome;
mod pairs;
pub mod pdf;
mod question;
mod quote;
pub mod rank;
mod records;
mod relevance_feedback;
mod repeated;
mod robots;
pub mod search;
pub mod segment;
pub mod semantic;
mod sitemap;
pub mod small_talk;
pub mod text;
pub mod tokens;
mod words;
mod worth;

pub use closeness::Closeness;
pub use evidence::Evidence;
pub use explain::Explained;
pub use extract::{Block, BlockKind, Document, Lists};
pub use fetch::{FetchOutcome, FetchedPage, Fetcher, PageError, Validators};
pub use index::Index;
pub use outcome::{Offer, SearchOutcome, Thresholds};
pub use pairs::Likeness;
pub use rank::{Hit, Ranking};
pub use robots::Robots;
pub use search::{Found, Match, Passage};
pub use segment::Segment;
pub use semantic::{EmbedError, Embedder};
pub use sitemap::sitemap_links;
