//! The same tests for each dialect that has webhooks.

pub mod delivery_api;
pub mod webhook_api;
