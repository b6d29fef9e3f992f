//! The table's stream as changes of entities, and the index of what is due.

pub(crate) mod due;
pub(crate) mod stream;
