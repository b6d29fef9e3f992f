//! The single table. [`keys`] has the entity chart and the access patterns; each other module
//! holds one resource: its stored items, their conversions and its queries.
//!
//! The store is concrete: tests run it against a real engine. Writes are conditions, never
//! read-then-write; nothing scans.

mod access;
mod branding;
mod chatbots;
mod conversations;
mod counters;
mod counting;
mod deliveries;
mod delivery_list;
mod due;
mod grain;
mod history;
mod hosts;
mod idempotency;
mod index;
pub mod keys;
mod leads;
mod learned;
mod listing;
mod mail;
mod meanings;
pub mod meter;
mod mirror;
mod packed;
mod pages;
mod purge;
mod questions;
mod ratings;
mod recount;
mod rows;
mod sources;
mod stream;
mod table;
mod tally;
mod usage;
mod vectors;
mod webhooks;
mod widget;
mod write;

pub use access::SignUp;
pub use branding::Claimed;
pub use conversations::{TurnWrite, Waiting};
pub use counters::Counters;
pub use counting::Checkpoint;
pub use deliveries::{DeliveryRef, PutDelivery};
pub use delivery_list::DeliveryRange;
pub use due::DueItem;
pub use history::Place;
pub use idempotency::{Claim, ClaimToken, KeptAnswer};
pub use index::{IndexEntry, IndexPointer};
pub use leads::PutLead;
pub use meanings::Meanings;
pub use pages::NewPages;
pub use purge::PurgeTarget;
pub use questions::{QuestionKind, StoredSketch};
pub use ratings::Rated;
pub use recount::{Difference, Recounted};
/// An item as a stream record carries it.
pub use serde_dynamo::Item as StreamItem;
pub use sources::{CrawlResult, NewSource};
pub use stream::{Change, StreamImage};
pub use table::Store;
pub use tally::{Mark, Tally};
pub use usage::{CallLimits, Taken};
pub use vectors::NearChunk;
pub use webhooks::PutWebhook;
