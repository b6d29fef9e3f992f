//! What operators and clean-up need: recounts, dead letters, the purge of deleted data, and what a
//! chatbot has of one visitor: its export and its erasure.

pub mod closing;
pub mod dead_letters;
pub mod erasures;
pub mod purge;
pub mod recount;
pub mod retention;
pub mod visitors;
