//! Events: from a change in the table to its effects, and what is due.
//!
//! The table's stream is the outbox: an item's change *is* the event, so there are no rows of
//! events and none can be lost between a write and its effects.
//!
//! # Actors
//!
//! - **Stream**: the changed items with their images before and after, in order per shard.
//!   [`store::StreamImage`] reads a record as a [`store::Change`] in the domain's terms.
//! - **Event router** ([`router`]): hands each change to its subscribers, one after the other. It
//!   decides nothing.
//! - **Subscribers**, one file each, send jobs to one queue each, but for `inbox`, which writes rows:
//!
//!   | subscriber | a change of | leads to |
//!   |---|---|---|
//!   | `purges` | a deleted chatbot, conversation, webhook or file; a superseded crawl; a conversation whose chatbot is gone; a deleted agent loop or execution | a purge of what depended on it |
//!   | `crawls` | a queued page; a copy of a chatbot, or a source of one | a crawl job; a job that fills the copy |
//!   | `channels` | a message or a reply of a channel's peer; a deleted channel; a member's message | a job of the channel worker; a reply |
//!   | `loops` | a queued execution of an agent loop | a job of the loop worker |
//!   | `mail` | a handoff that promised an e-mail; a webhook that the platform disabled | an e-mail to the owner |
//!   | `inbox` | a conversation that began, changed hands or status, or in which a person has part | an entry in the feed of its workspace's inbox |
//!   | [`crate::webhooks::fan_out`] | a conversation, message, rating or lead; an execution that ended; a lost channel; a replayed delivery | deliveries and their attempts |
//!
//! - **Replay** (`replay`): derives the changes of a time range again from the items of a chatbot
//!   and routes them once more, for an operator.
//! - **Ticker** ([`ticker`]): every minute, takes what is due: idle conversations are closed, syncs
//!   begun, crawls that hang called off, agent loops run by their schedules, deliveries, executions and
//!   entries of channels without a message sent again. Statistics read
//!   the same stream, in a worker of their own ([`crate::conversations::stats`]).
//!
//! # States of what is due
//!
//! Whatever is to happen at a time has an entry in the due index from the write that makes it due
//! until the write that ends it. A message on a queue is only a cache of that.
//!
//! ```text
//!   due --claimed under a condition--> done (no entry)
//!    ^        |                        or due again after a lease
//!    +--------+ handler failed: deferred by a lease, out of the way of what is behind it
//! ```
//!
//! # What a crash leads to
//!
//! | the process dies | then |
//! |---|---|
//! | between two subscribers, or between two records of a batch | the stream repeats the records from the first that was not reported done. Ids of events, deliveries and mails are derived, and jobs are idempotent by the ids in them, so the repeated part has no effect |
//! | again and again with the same record | failures are counted by the record's place in the stream; one that has failed ten times over fifteen minutes goes to the failure queue with its reason, and the stream moves on |
//! | with a record that can't be read | the record goes to the failure queue with its key, and the stream moves on; its events are replayed from the items once the cause is fixed |
//! | in a tick | what was claimed is due again after its lease, what was not is due the next minute |
//! | while two tickers run | each thing is claimed under a condition on the time it was due, so one of them does it |

mod channels;
mod crawls;
pub mod high_water;
mod inbox;
pub mod lasting;
mod loops;
mod mail;
mod purges;
mod replay;
pub mod router;
pub mod ticker;
