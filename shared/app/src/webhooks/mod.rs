//! Webhooks: subscriptions to a chatbot's or a workspace's events, and deliveries to them, at
//! least once and never zero times.
//!
//! # Actors
//!
//! - **Subscriptions** ([`subscriptions`]): what people make, change, list, test and delete over
//!   HTTP. A subscription remembers the dialect it was made in; each delivery speaks it.
//! - **Fan-out** ([`fan_out`]): run by the event router for each change in the table's stream. Puts
//!   one delivery for each subscription that listens to the event, and sends its first message.
//! - **Delivery**: a row of the table with the exact bytes to send and its attempts so far. The row
//!   is the truth. Its id is derived from event, subscription and name, so an event that is fanned
//!   out again finds the row.
//! - **Message**: a copy of a delivery's key on the delivery queue. It only says that it is time to
//!   look; what it leads to follows from the row. Lost, doubled and late messages are harmless.
//! - **Delivery worker** ([`deliver`]): handles one message in six steps:
//!   1. *load* the delivery and its webhook; a message whose attempt was made before ends here,
//!      after it has made sure that the next attempt has a message;
//!   2. ask the **circuit breaker** (`circuit_breaker`), which knows endpoints that time out;
//!   3. *acquire* a permit of the **endpoint limiter** (`limiter`), which bounds the concurrent
//!      requests of one process to one endpoint and the time that any of them waits. An endpoint that
//!      is known to be slow is in the **slow lane** (`slow_lane`), with few requests under way over all
//!      workers; and the **host limit** (`host_limit`) bounds those to one host, whoever's webhooks
//!      name it;
//!   4. *sign* with the webhook's secrets (`sign`): for a day after a rotation, with both;
//!   5. *send* over the **transport** ([`transport`]), HTTP or SQS; the breaker records whether
//!      there was an answer in time;
//!   6. *settle*: write the attempt down with its effects.
//! - **Backoff** (`backoff`): the schedule of retries, and how long an attempt is deferred that the
//!   breaker denied or the limiter rejected. A deferred attempt is not an attempt: it is not logged
//!   and doesn't count.
//! - **Ticker** (`events::ticker`): finds each minute the pending deliveries whose message
//!   is missing, by the due index.
//! - **Replay** (`replay`, [`delivery_api`]): makes settled deliveries pending again. Its row's
//!   change goes through the stream like any other, which sends the message.
//!
//! # States
//!
//! A delivery:
//!
//! ```text
//!            put by fan-out            2xx
//!                 |         +--------------------------> delivered
//!                 v         |                                |
//!              pending -----+                                | replay
//!              ^  |   ^     |  410, schedule exhausted,      |
//!    attempt   |  |   |     |  webhook disabled or gone      |
//!    failed:   +--+   |     +--------------------------> failed
//!    next attempt     |                                      |
//!                     +--------------------------------------+
//! ```
//!
//! A pending delivery is retried up to seven times, after 5 s, 5 min, 30 min, 2 h, 5 h, 10 h and
//! 10 h, each moved by up to a fifth; `Retry-After` may lengthen a delay to a day. The schedule
//! begins again with a replay. 64 attempts in all are kept; such a delivery is not replayed.
//! Deliveries are kept for 30 days.
//!
//! An endpoint's circuit ([`domain::webhook::circuit`]), stored with its webhook:
//!
//! ```text
//!   closed --timeout--> open (15 s, doubled up to 5 min) --cooldown over--> half-open
//!     ^                  ^                                                   |     |
//!     |                  +------------- the probe times out ----------------+     |
//!     +------------------------------- the probe is answered --------------------+
//! ```
//!
//! Only a timeout opens it: an endpoint that fails fast takes no worker's time, and its deliveries
//! follow their schedule. Of all workers one probes, the one whose conditional write replaces the
//! stored circuit.
//!
//! A webhook is *active* or *disabled*. It is disabled by its owner, or by the platform: at once
//! after a 410, or once its endpoint has failed for five days without a success. The platform's
//! reason is stored, and the owner gets an e-mail. Deliveries to a disabled webhook fail.
//!
//! # What a crash leads to
//!
//! | the process dies | then |
//! |---|---|
//! | in fan-out, before all deliveries of an event are put | the stream repeats the record; rows that are there stay, the others are put |
//! | after a row is put, before its message is sent | the same: a row that is pending gets its message again |
//! | during an attempt | SQS shows the message again; the endpoint may get the same delivery twice, with the same id |
//! | after an attempt is logged, before the next message is sent | the message is shown again, *load* sees that its attempt was made and sends the next one's |
//! | with a message dropped, expired or among the dead letters | the row's lease ends, the ticker sends another |
//! | while it probes an open circuit | the probe's circuit runs out after the request time-out, and another probes |
//! | with permits of the limiter | they were in memory; nothing is left behind |
//! | after a replay is written, before the stream is read | the stream is read again: the change is in it |
//!
//! No step trusts a message to be the only one: each write of an attempt is conditional on the
//! number of attempts, so of two workers with the same message one logs it.

pub(crate) mod backoff;
mod circuit_breaker;
pub mod deliver;
pub mod delivery_api;
pub mod fan_out;
mod host_limit;
pub mod job;
mod limiter;
mod replay;
mod sign;
mod slow_lane;
pub mod subscriptions;
pub mod transport;
