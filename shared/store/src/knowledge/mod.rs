//! Sources, the pages of their crawls, index segments, embeddings, and answers to unanswered
//! questions.

pub(crate) mod answered_groups;
pub(crate) mod copies;
pub(crate) mod embeddings;
pub(crate) mod index;
pub(crate) mod pages;
pub(crate) mod sources;
pub(crate) mod vectors;
