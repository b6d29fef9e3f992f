//! Webhooks: subscriptions, and deliveries to them.

pub mod deliver;
pub mod delivery_api;
pub mod fan_out;
pub mod job;
pub(crate) mod limiter;
mod replay;
pub mod subscriptions;
pub mod transport;
