//! From a change in the table to its effects: the router hands each change of the stream to its
//! subscribers, the ticker takes what is due.

mod crawls;
mod mail;
mod purges;
mod replay;
pub mod router;
pub mod ticker;
