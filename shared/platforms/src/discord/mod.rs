//! Discord: interactions by HTTP, signed by Ed25519; a slash command, answered through its token for 15 minutes.
//!
//! A peer is `<channel id>:<user id>`. Ordinary messages exist only on the gateway, a WebSocket that no Lambda holds.

mod api;
mod errors;
mod inbound;
#[cfg(test)]
mod tests;

pub(crate) use api::Discord;
pub(crate) use inbound::{parse, verify};

use std::time::Duration;

/// How long an interaction can be answered after its acknowledgment.
const ANSWERABLE: Duration = Duration::from_secs(15 * 60);
/// Messages after the first one, where only the user installed the app.
const MAX_FOLLOW_UPS: usize = 5;
/// The name of the slash command, and of its only option.
const COMMAND: (&str, &str) = ("ask", "question");

/// The channel that a peer is in.
fn channel_of(peer: &str) -> Option<&str> {
    peer.split_once(':').map(|(channel, _)| channel).filter(|channel| !channel.is_empty())
}
