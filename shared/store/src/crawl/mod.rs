//! What crawl workers share of the hosts that they read.

pub(crate) mod hosts;
