//! The table's stream as changes of entities, and the index of what is due.

pub(crate) mod due;
mod failures;
pub(crate) mod stream;
