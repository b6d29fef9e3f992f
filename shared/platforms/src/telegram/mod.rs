//! Telegram: one webhook per bot, proven by a secret header; `sendMessage` with HTML.
//!
//! A peer is `<chat id>`, in a topic `<chat id>:<message thread id>`.

mod api;
mod errors;
mod groups;
mod inbound;
#[cfg(test)]
mod tests;

pub(crate) use api::Telegram;
pub(crate) use inbound::{parse, verify};

/// Where messages go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Peer {
    chat: i64,
    topic: Option<i64>,
}

impl Peer {
    fn read(peer: &str) -> Option<Self> {
        let (chat, topic) = match peer.split_once(':') {
            Some((chat, topic)) => (chat, Some(topic.parse().ok()?)),
            None => (peer, None),
        };
        Some(Self { chat: chat.parse().ok()?, topic })
    }

    fn write(self) -> String {
        match self.topic {
            Some(topic) => format!("{}:{topic}", self.chat),
            None => self.chat.to_string(),
        }
    }
}
