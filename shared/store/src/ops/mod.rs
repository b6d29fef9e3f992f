//! Recounts, the purge of what belonged to something deleted, and passes over what a visitor left.

pub(crate) mod closing;
pub(crate) mod expired;
pub(crate) mod purge;
pub(crate) mod recount;
pub(crate) mod visitors;
