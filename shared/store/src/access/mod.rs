//! Accounts, sessions and keys; calls and credits of a month; answers kept for repeated requests.

pub(crate) mod accounts;
pub(crate) mod idempotency;
pub(crate) mod links;
pub(crate) mod usage;
