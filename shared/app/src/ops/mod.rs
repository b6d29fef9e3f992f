//! What operators and clean-up need: recounts, dead letters, and the purge of deleted data.

pub mod closing;
pub mod dead_letters;
pub mod erasures;
pub mod purge;
pub mod recount;
