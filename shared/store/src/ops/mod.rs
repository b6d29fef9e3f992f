//! Recounts, and the purge of what belonged to something deleted.

pub(crate) mod closing;
pub(crate) mod purge;
pub(crate) mod recount;
