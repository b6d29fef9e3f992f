//! Counters: what a change adds to which time bucket, and the transaction that counts a batch once.

pub(crate) mod apply;
pub(crate) mod bucket;
pub(crate) mod deltas;
pub(crate) mod items;
