//! HTTP to addresses that tenants name, and what the DNS says of their names. Whatever a tenant can make the platform connect to, goes
//! through here.

mod address;
mod call;
mod client;
mod cookies;
mod dns;
mod encoding;
mod error;
mod tls;

pub use address::{Policy, is_public};
pub use call::{Unanswered, Verb};
pub use client::{Client, Exchange, FetchLimits, Fetched, Hop, Sent, Streamed};
pub use cookies::CookieJar;
pub use dns::{Dns, DnsError, Resolver};
pub use error::{OutboundError, SendError};
pub use tls::config as tls_config;
