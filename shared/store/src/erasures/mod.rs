//! What is to be cleared away of something deleted, and the tombstones that say so.

pub(crate) mod target;
pub(crate) mod tombstones;
