//! Conversations and their turns: items, the rows of lists, the queries over both, and sketches of
//! frequent questions. A turn's trace.

pub(crate) mod direct;
pub(crate) mod inbox;
pub(crate) mod items;
pub(crate) mod list;
pub(crate) mod questions;
pub(crate) mod rows;
pub(crate) mod traces;
