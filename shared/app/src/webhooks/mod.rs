//! Webhooks: subscriptions, and deliveries to them.

pub mod deliver;
pub mod delivery_api;
pub(crate) mod limiter;
pub mod subscriptions;
pub mod transport;
