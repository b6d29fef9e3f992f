//! The table's stream as changes of entities, the same changes derived again from what
//! is stored, and the index of what is due.

pub(crate) mod due;
mod failures;
pub(crate) mod high_water;
pub(crate) mod history;
pub(crate) mod stream;
