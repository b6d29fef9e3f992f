//! The single table. [`keys`] has the entity chart and the access patterns; each other room
//! (folder) holds one subject: its stored items, their conversions and its queries.
//!
//! The store is concrete: tests run it against a real engine. Writes are conditions, never
//! read-then-write; nothing scans.

mod access;
mod agent_loops;
mod api_keys;
mod channels;
mod chat;
mod chatbots;
mod conversations;
mod counters;
mod crawl;
mod erasures;
mod events;
mod integrations;
pub mod keys;
mod knowledge;
mod mail;
mod ops;
pub mod retry;
mod table;
mod webhooks;

pub use access::accounts::SignUp;
pub use access::idempotency::{ClaimOutcome, ClaimToken, StoredResponse};
pub use access::members::{Joining, Succession};
pub use access::usage::QuotaOutcome;
pub use agent_loops::executions::{LeaseRenewal, PENDING_LEASE};
pub use agent_loops::loops::{PlannedRun, PutAgentLoop};
pub use channels::items::PutChannel;
pub use channels::peers::LeasedPeer;
pub use chat::leads::PutLead;
pub use chat::ratings::Rated;
pub use chatbots::branding::Claimed;
pub use chatbots::retention::StoredRetention;
pub use conversations::inbox::FeedEntry;
pub use conversations::items::{TurnWrite, Waiting};
pub use conversations::questions::StoredSketch;
pub use counters::apply::Checkpoint;
pub use counters::deltas::CounterDeltas;
pub use counters::items::Counters;
pub use crawl::frontier::NewPages;
pub use crawl::lifecycle::CrawlResult;
pub use erasures::target::PurgeTarget;
pub use erasures::tombstones::{Tombstone, VisitorErasure};
pub use events::due::DueItem;
pub use events::high_water::HighWater;
pub use events::history::Place;
pub use events::stream::{Change, StreamImage};
pub use integrations::items::PutIntegration;
pub use keys::{Mark, QuestionKind};
pub use knowledge::copies::{COPIES_AT_ONCE, CopiedSource};
pub use knowledge::embeddings::Meanings;
pub use knowledge::index::{IndexEntry, IndexPointer};
pub use knowledge::sources::NewSource;
pub use knowledge::vectors::NearChunk;
pub use ops::recount::{Difference, Recounted};
pub use ops::visitors::VisitorPage;
/// An item as a stream record carries it.
pub use serde_dynamo::Item as StreamItem;
pub use table::client::Store;
pub use table::meter;
pub use webhooks::deliveries::{DeliveryRef, PutDelivery};
pub use webhooks::delivery_list::DeliveryRange;
pub use webhooks::subscriptions::PutWebhook;
