//! The floor of all other rooms: the client with its retries, expressions and paging, writes and
//! transactions, compressed attributes, conversions of items, and the meter of capacity units.

mod batches;
mod cancelled;
pub(crate) mod client;
pub(crate) mod compressed;
pub(crate) mod conversions;
pub mod meter;
pub(crate) mod repeated;
pub(crate) mod write;
