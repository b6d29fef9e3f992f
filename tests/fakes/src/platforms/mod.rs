//! Messaging platforms on loopback. Each has the calls that we make, with the platform's own errors, and delivers to
//! the webhook that was registered, with the platform's own proof and retries.
//!
//! [`FakeServer`] is what they share: it records calls and deliveries and can be told what to fail with.

mod discord;
mod graph;
mod record;
mod retry;
mod server;
mod sign;
mod slack;
mod telegram;
#[cfg(test)]
mod tests;

pub use discord::{DiscordSent, FakeDiscord};
pub use graph::{FakeGraph, GraphSent};
pub use record::{DeliveryAttempt, Disturbance, FakeReply, PlannedFailure, RecordedCall};
pub use server::FakeServer;
pub use sign::{escaped_json, hmac_hex};
pub use slack::{FakeSlack, SlackPosted};
pub use telegram::{FakeTelegram, TelegramSent};
