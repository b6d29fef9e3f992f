//! Webhooks: subscriptions, and deliveries to them.

pub(crate) mod backoff;
mod circuit_breaker;
pub mod deliver;
pub mod delivery_api;
pub mod fan_out;
pub mod job;
mod limiter;
mod replay;
mod sign;
pub mod subscriptions;
pub mod transport;
