//! Mails that were sent.

pub(crate) mod sent;
