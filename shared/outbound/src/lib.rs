//! HTTP to addresses that tenants name. Whatever a tenant can make the platform connect to, goes
//! through here.

mod address;
mod client;

pub use address::{Policy, is_public};
pub use client::{Client, Fetched, Hop, Limits, OutboundError, Sent};
