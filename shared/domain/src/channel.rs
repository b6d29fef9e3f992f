//! Channels: the messaging platforms where a chatbot answers, and what is known of each message that
//! came in or goes out there.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    ChannelId, ChatbotId, ConversationId, Dialect, Error, MessageId, Platform, Result, Timestamp,
    WorkspaceId, bounds,
};

/// The dialect whose operations manage channels: conversations on a channel are begun in it.
pub const DIALECT: Dialect = Dialect::ChatbotPlatform;
/// Channels of one chatbot.
pub const MAX_CHANNELS: u32 = 20;
/// How long the row of a message is kept, which is how long the same message that comes again is known.
/// Meta repeats for up to 7 days.
pub const DEDUPLICATED_FOR: Duration = Duration::from_secs(8 * 24 * 60 * 60);
/// How long a platform's user is remembered after the last message.
pub const PEER_KEPT_FOR: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// Characters of a reply that a person writes.
pub const REPLY: (usize, usize) = (1, 10_000);

/// Whether a channel works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelStatus {
    /// The platform knows us, and messages are answered.
    Connected,
    /// Its owner switched it off, or the platform refuses its credentials.
    Disconnected,
    /// It could not be connected.
    Error,
}

impl ChannelStatus {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Connected, Self::Disconnected, Self::Error];

    /// The name as stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::Disconnected => "disconnected",
            Self::Error => "error",
        }
    }

    /// The status that `field` names.
    pub fn named(field: &str, text: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|status| status.name() == text);
        found.ok_or_else(|| Error::field(field, "must be one of connected, disconnected, error"))
    }
}

/// A messaging platform where a chatbot answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Channel {
    /// Its id.
    pub id: ChannelId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The chatbot that answers there.
    pub chatbot_id: ChatbotId,
    /// 1 to 100 characters.
    pub name: String,
    /// Where it is.
    pub platform: Platform,
    /// Its credentials and the secret that the platform shows us, as JSON, sealed.
    pub sealed_secrets: String,
    /// What the platform says about the account, as JSON; nothing in it is secret.
    pub account: String,
    /// The verify token that we made, which its owner has to paste at the platform; none where the owner
    /// gave one, or the platform has none.
    pub verify_token: Option<String>,
    /// Where the platform sends messages.
    pub webhook_url: String,
    /// Whether it works.
    pub status: ChannelStatus,
    /// Why it is in that status; for its owner.
    pub status_reason: Option<String>,
    /// Whether its owner switched it off: then it is not connected again but by its owner.
    pub is_off: bool,
    /// When it was lost or switched off the last time, which tells one loss from another.
    pub disconnected_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its owner last changed it.
    pub updated_at: Timestamp,
    /// When its platform is asked next whether it is one still; kept by the store. A channel that was connected
    /// before channels were checked has none.
    pub next_check_at: Option<Timestamp>,
}

/// A channel to make, its bounds checked but those of credentials.
#[derive(Debug, Clone, PartialEq)]
pub struct NewChannel {
    /// See [`Channel::name`].
    pub name: String,
    /// See [`Channel::platform`].
    pub platform: Platform,
    /// As they came: their bounds are the platform's.
    pub credentials: Map<String, Value>,
    /// Made switched off.
    pub is_off: bool,
}

impl NewChannel {
    /// Checks each bound.
    pub fn new(
        name: Option<&str>,
        platform: Option<&str>,
        credentials: Option<Map<String, Value>>,
        status: Option<ChannelStatus>,
    ) -> Result<Self> {
        let platform = Platform::named("type", bounds::required("type", platform)?)?;
        Ok(Self {
            name: bounds::text("name", bounds::required("name", name)?, bounds::NAME)?,
            platform,
            credentials: credentials.unwrap_or_default(),
            is_off: status.map(is_off).transpose()?.unwrap_or(false),
        })
    }
}

/// What may change of a channel, its bounds checked but those of credentials; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ChannelPatch {
    /// See [`Channel::name`].
    pub name: Option<String>,
    /// Those that are given take the place of those there are.
    pub credentials: Option<Map<String, Value>>,
    /// Switch it off or on.
    pub is_off: Option<bool>,
}

impl ChannelPatch {
    /// Checks each bound but those of credentials.
    pub fn new(
        name: Option<&str>,
        credentials: Option<Map<String, Value>>,
        status: Option<ChannelStatus>,
    ) -> Result<Self> {
        Ok(Self {
            name: name.map(|name| bounds::text("name", name, bounds::NAME)).transpose()?,
            credentials,
            is_off: status.map(is_off).transpose()?,
        })
    }
}

/// What an owner may ask for.
fn is_off(status: ChannelStatus) -> Result<bool> {
    match status {
        ChannelStatus::Connected => Ok(false),
        ChannelStatus::Disconnected => Ok(true),
        ChannelStatus::Error => {
            Err(Error::field("status", "must be one of connected, disconnected"))
        }
    }
}

/// Which channels of a list are wanted: those that are alike in all that is named here.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ChannelFilter {
    /// Its id, as text: a malformed id matches nothing.
    pub id: Option<String>,
    /// See [`Channel::name`].
    pub name: Option<String>,
    /// See [`Channel::platform`].
    pub platform: Option<Platform>,
    /// See [`Channel::status`].
    pub status: Option<ChannelStatus>,
    /// See [`Channel::created_at`].
    pub created_at: Option<Timestamp>,
    /// See [`Channel::updated_at`].
    pub updated_at: Option<Timestamp>,
}

impl ChannelFilter {
    /// Whether `channel` is wanted.
    pub fn matches(&self, channel: &Channel) -> bool {
        let Self { id, name, platform, status, created_at, updated_at } = self;
        id.as_ref().is_none_or(|id| *id == channel.id.to_string())
            && name.as_ref().is_none_or(|name| *name == channel.name)
            && platform.is_none_or(|platform| platform == channel.platform)
            && status.is_none_or(|status| status == channel.status)
            && created_at.is_none_or(|at| at == channel.created_at)
            && updated_at.is_none_or(|at| at == channel.updated_at)
    }
}

/// Where a conversation is held on a platform, and with whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelOrigin {
    /// The channel.
    pub channel_id: ChannelId,
    /// Its platform.
    pub platform: Platform,
    /// Which of the channel's peers: see [`PeerKey`].
    pub peer: PeerKey,
    /// The platform's id of the chat.
    pub chat_id: String,
    /// The user's name there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_name: Option<String>,
    /// The user's handle there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
}

/// One whom a channel talks with: a chat, a thread, a person. The same peer always has the same key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PeerKey(String);

impl PeerKey {
    /// The key of what the platform calls `name`: a hash, so that it is short and of safe characters
    /// whatever a platform sends.
    pub fn of(name: &str) -> Self {
        Self(MessageId::derived(&["peer", name]).uuid().simple().to_string())
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PeerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A peer as its channel remembers it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChannelPeer {
    /// What the platform calls it: where to send.
    pub name: String,
    /// The conversation that the next message continues, if that is still open.
    pub conversation_id: Option<ConversationId>,
    /// Messages up to this place are settled, but for those that came late.
    pub settled_through: Option<String>,
    /// Replies that no message asked, up to this place, are settled.
    pub replied_through: Option<String>,
    /// The UTC day on which the peer was last told that only text is read.
    pub text_only_on: Option<String>,
    /// What an answer to the last message needs, as JSON, sealed; where that is more than the name.
    pub sealed_reply: Option<String>,
    /// When the peer last wrote.
    pub last_inbound_at: Option<Timestamp>,
    /// The peer can't be written to until it writes again.
    pub is_blocked: bool,
    /// What it wrote in the last minute in which it wrote.
    pub written: Option<MinuteCount>,
}

/// Messages of a peer that are answered in a minute; more than a person writes.
pub const MESSAGES_A_MINUTE: u32 = 60;

/// Messages in a minute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MinuteCount {
    /// The UTC minute, as `2026-02-15T10:30`.
    pub minute: String,
    /// How many came in it.
    pub messages: u32,
}

impl ChannelPeer {
    /// Counts a message that came `at`; whether it is one of those that are answered.
    pub fn count_message(&mut self, at: Timestamp) -> bool {
        let minute = at.minute();
        // One that came late counts with those of now.
        let known = self.written.take().filter(|written| written.minute >= minute);
        let mut written = known.unwrap_or(MinuteCount { minute, messages: 0 });
        written.messages = written.messages.saturating_add(1);
        let is_answered = written.messages <= MESSAGES_A_MINUTE;
        self.written = Some(written);
        is_answered
    }
}

/// The state of a message or a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryState {
    /// To be worked on.
    Pending,
    /// The platform has taken all of it, or there was nothing to say.
    Done,
    /// It can't be delivered; the note says why.
    Failed,
}

impl EntryState {
    /// The name as stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// A message that came in, or a reply that is to go out, with what became of it: one entry of a peer.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelEntry {
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The chatbot.
    pub chatbot_id: ChatbotId,
    /// The channel.
    pub channel_id: ChannelId,
    /// The peer.
    pub peer: PeerKey,
    /// Its place among the peer's entries; what sorts first is settled first. That of a message is made of
    /// the platform's time and deduplication key, so the same message has the same place.
    pub place: String,
    /// A message: what came, as JSON. A reply: its text. Empty once it is settled.
    pub content: String,
    /// Its state.
    pub state: EntryState,
    /// When it was stored.
    pub at: Timestamp,
    /// The turn that answers a message, once it is known to be stored.
    pub answered_by: Option<(ConversationId, MessageId)>,
    /// Pieces of the reply that the platform has taken.
    pub pieces_sent: u32,
    /// Attempts that failed.
    pub attempts: u32,
    /// When it is tried next.
    pub next_attempt_at: Option<Timestamp>,
    /// Why it failed, or was not answered; for the operator.
    pub note: Option<String>,
}

/// Prefix of the places of messages.
pub const INBOUND_PLACE: &str = "IN#";
/// Prefix of the places of replies.
pub const OUTBOUND_PLACE: &str = "OUT#";

impl ChannelEntry {
    /// The place of a message that is at `order` among those of its peer, under its deduplication key.
    pub fn inbound_place(order: u64, dedup: &str) -> String {
        let key = MessageId::derived(&["inbound", dedup]).uuid().simple();
        format!("{INBOUND_PLACE}{order:020}#{key}")
    }

    /// The place of a reply.
    pub fn outbound_place(id: MessageId) -> String {
        format!("{OUTBOUND_PLACE}{id}")
    }

    /// Whether it is a message, and not a reply.
    pub fn is_inbound(&self) -> bool {
        self.place.starts_with(INBOUND_PLACE)
    }

    /// The id of the turn that answers this message: always the same, so that it is stored once.
    pub fn turn_id(&self) -> MessageId {
        let (channel, peer) = (self.channel_id.to_string(), self.peer.as_str());
        MessageId::derived_at(self.at, &["answer", &channel, peer, &self.place])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bound_is_named() {
        let new = |name, platform| NewChannel::new(name, platform, None, None);
        for (name, platform, field) in [
            (Some("Support"), Some("fax"), "type"),
            (Some("Support"), None, "type"),
            (None, Some("web"), "name"),
            (Some(" "), Some("web"), "name"),
        ] {
            assert_eq!(new(name, platform).unwrap_err().fields[0].field, field);
        }
        assert!(!new(Some("Support"), Some("web")).unwrap().is_off);
        let error = ChannelPatch::new(None, None, Some(ChannelStatus::Error)).unwrap_err();
        assert_eq!(error.fields[0].field, "status");
    }

    #[test]
    fn a_minute_has_so_many_messages_that_are_answered_and_the_next_one_too() {
        let mut peer = ChannelPeer::default();
        let at = |second: i64| Timestamp::from_millis(second * 1_000);
        let answered = |peer: &mut ChannelPeer, at| peer.count_message(at);
        assert!((0..MESSAGES_A_MINUTE).all(|_| answered(&mut peer, at(119))));
        assert!(!answered(&mut peer, at(119)), "one too many");
        assert!(!answered(&mut peer, at(59)), "one of the minute before that came late");
        assert!(answered(&mut peer, at(120)));
    }

    #[test]
    fn the_same_message_has_the_same_place_and_later_ones_sort_behind_it() {
        let place = ChannelEntry::inbound_place;
        assert_eq!(place(5, "a"), place(5, "a"));
        assert_ne!(place(5, "a"), place(5, "b"));
        assert!(place(5, "b") < place(6, "a") && place(6, "a") < place(1_000_000, "a"));
        assert_eq!(PeerKey::of("42"), PeerKey::of("42"));
        assert_ne!(PeerKey::of("42"), PeerKey::of("42:7"));
    }
}
