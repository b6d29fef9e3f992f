//! Who calls, and what they may use: accounts, sessions and API keys, calls and credits counted
//! against a plan, and answers kept for an `Idempotency-Key`.

pub mod accounts;
pub mod codes;
pub mod conversation_tokens;
pub mod idempotency;
pub mod links;
pub mod members;
pub mod passwords;
pub mod sessions;
pub mod usage;
