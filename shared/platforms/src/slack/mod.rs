//! Slack: the Events API, signed by HMAC-SHA256; `chat.postMessage` with mrkdwn.
//!
//! A peer is `<team>:<channel>`, in a thread `<team>:<channel>:<thread's ts>`.

mod api;
mod errors;
mod inbound;
mod references;
#[cfg(test)]
mod tests;

pub(crate) use api::Slack;
pub(crate) use inbound::{parse, verify};

/// Where messages go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Peer<'a> {
    team: &'a str,
    channel: &'a str,
    thread: Option<&'a str>,
}

impl<'a> Peer<'a> {
    fn read(peer: &'a str) -> Option<Self> {
        let mut parts = peer.split(':');
        let (team, channel, thread) = (parts.next()?, parts.next()?, parts.next());
        (!channel.is_empty()).then_some(Self { team, channel, thread })
    }

    fn write(self) -> String {
        let Self { team, channel, thread } = self;
        match thread {
            Some(thread) => format!("{team}:{channel}:{thread}"),
            None => format!("{team}:{channel}"),
        }
    }
}
