//! Sources of a chatbot's knowledge, uploaded files, embeddings, and the indexes in memory.

pub mod embeddings;
pub(crate) mod indexes;
pub mod preview;
pub mod sources;
pub mod uploads;
