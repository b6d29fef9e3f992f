//! Channels, their peers, and the entries of each peer: messages that came in and replies that go out.

pub(crate) mod entries;
pub(crate) mod items;
pub(crate) mod peers;
