//! Integrations: the AI backends of a chatbot, and everything that asks a model.
//!
//! # Actors
//!
//! - [`manage`]: creates, lists, changes and deletes integrations; secrets are sealed, URLs go through
//!   the address guard.
//! - `backends`: the integrations of a chatbot as this process has them loaded, each with its
//!   [`ai::Answerer`]. The chatbot's item carries their ids and a version, so that a warm turn reads
//!   nothing more and a change counts from the next turn on.
//! - [`choice`]: which backend answers a message, by weight and by a hash of the message's id; which
//!   one is the fallback.
//! - [`ask`]: asks the chosen backend and, where that fails, the fallback, within one [`ask::Deadline`].
//!   It owns the clocks (`clocks`) and the circuit breaker (`breaker`).
//! - `agent`: one model call of an agent loop, whose answer may be calls of tools.
//! - `drive`: takes the events of one answer to an [`drive::AnswerOutcome`].
//! - `usage`: what backends were used for, day by day.
//! - [`budget`]: the monthly tokens of a workspace, reserved before and settled after each turn.
//! - `health`: writes what failures and successes say about an integration.
//!
//! # States of an integration
//!
//! ```text
//! active --lasting failure, or breaker opens--> error --it answers, or its owner changes it--> active
//!    \--owner--> disabled --owner--> active
//! ```
//!
//! An integration in `error` is still asked, except while its circuit breaker is open: three transient
//! failures in a row open it for 30 seconds, doubling up to 5 minutes; then one request finds out
//! whether it answers again. A lasting failure (a wrong key, an unknown model) answers fast and opens
//! nothing.
//!
//! # Failures
//!
//! Until the first visible character a failure leads to one retry (if it may pass and time allows) and
//! then to the fallback. After it the answer is broken off: what came is stored and marked incomplete.
//! If everything fails, the visitor reads a fixed text. The turn carries the failure, and from the turn
//! follows the event `integration.failed`: a crash between the two loses nothing.

pub(crate) mod agent;
pub mod ask;
mod backends;
mod breaker;
pub mod budget;
pub mod choice;
mod clocks;
pub mod drive;
mod health;
pub mod manage;
mod usage;

pub use backends::{Backend, Backends, Integrations};
