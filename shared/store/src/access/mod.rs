//! Accounts, members, sessions and keys; calls and credits of a month; answers kept for repeated requests.

pub(crate) mod accounts;
pub(crate) mod codes;
pub(crate) mod idempotency;
pub(crate) mod links;
pub(crate) mod members;
pub(crate) mod plans;
pub(crate) mod sessions;
pub(crate) mod usage;
