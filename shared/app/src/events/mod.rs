//! From a change in the table to its effects: the router reads the stream, the ticker what is due.

pub mod router;
pub mod ticker;
