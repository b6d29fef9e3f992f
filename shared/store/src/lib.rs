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
mod deliveries;
mod due;
mod grain;
mod idempotency;
mod index;
pub mod keys;
mod leads;
mod listing;
mod mail;
pub mod meter;
mod mirror;
mod packed;
mod pages;
mod purge;
mod ratings;
mod sources;
mod stream;
mod table;
mod usage;
mod webhooks;
mod widget;
mod write;

pub use access::SignUp;
pub use branding::Claimed;
pub use conversations::{TurnWrite, Waiting};
pub use counters::{Checkpoint, Counters, CountersDelta};
pub use deliveries::{DeliveryRef, PutDelivery};
pub use due::DueItem;
pub use idempotency::{Claim, ClaimToken, KeptAnswer};
pub use index::{IndexEntry, IndexPointer};
pub use leads::PutLead;
pub use pages::NewPages;
pub use purge::PurgeTarget;
pub use ratings::Rated;
/// An item as a stream record carries it.
pub use serde_dynamo::Item as StreamItem;
pub use sources::{CrawlResult, NewSource};
pub use stream::{Change, StreamImage};
pub use table::Store;
pub use usage::{CallLimits, Taken};
pub use webhooks::PutWebhook;
