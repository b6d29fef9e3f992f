//! What an item is, by its key.

use std::str::FromStr;

use super::Key;

/// What an item is, told by its key alone: how readers of the stream and of the `due` index know
/// what they have in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemKind {
    /// A request for a code to be sent.
    CodeRequest,
    /// An invitation to a workspace.
    Invitation,
    /// A workspace.
    Workspace,
    /// A chatbot.
    Chatbot,
    /// A request to fill a copy of a chatbot.
    ChatbotCopy,
    /// How long a chatbot keeps what its visitors leave.
    Retention,
    /// A conversation.
    Conversation,
    /// A turn.
    Turn,
    /// A message outside of a turn.
    DirectMessage,
    /// A lead.
    Lead,
    /// A source.
    Source,
    /// A page of a crawl.
    Page,
    /// A channel.
    Channel,
    /// A message or a reply of a channel's peer.
    PeerEntry,
    /// A webhook.
    Webhook,
    /// A delivery.
    Delivery,
    /// A tombstone.
    Tombstone,
    /// An agent loop.
    AgentLoop,
    /// An execution of an agent loop.
    Execution,
    /// Anything that no request waits for.
    Other,
}

impl ItemKind {
    /// The kinds that have partitions of their own in the `due` index. Deleted channels, which are few, are
    /// beside entries of channels; workspaces whose plan was changed, which are few too, beside tombstones.
    pub const DUE: [Self; 9] = [
        Self::Delivery,
        Self::Source,
        Self::Conversation,
        Self::Tombstone,
        Self::AgentLoop,
        Self::Execution,
        Self::PeerEntry,
        Self::ChatbotCopy,
        Self::Retention,
    ];

    /// The name of the kind in its partitions of the `due` index.
    pub fn due_name(self) -> &'static str {
        match self {
            Self::Delivery => "delivery",
            Self::Source => "source",
            Self::Conversation => "conversation",
            Self::PeerEntry | Self::Channel => "channel",
            Self::Tombstone | Self::Workspace => "tombstone",
            Self::ChatbotCopy => "copy",
            Self::Retention => "retention",
            Self::AgentLoop => "loop",
            Self::Execution => "execution",
            _ => "other",
        }
    }
}

impl Key {
    /// The id that the partition is named after.
    pub fn partition_id<T: FromStr>(&self) -> Option<T> {
        self.pk.split('#').nth(1)?.parse().ok()
    }

    /// What the item under this key is.
    pub fn kind(&self) -> ItemKind {
        let pk = self.pk.split('#').next().unwrap_or_default();
        let sk = self.sk.split('#').next().unwrap_or_default();
        match (pk, sk) {
            ("USER", "CODE") => ItemKind::CodeRequest,
            ("WS", "INVITE") => ItemKind::Invitation,
            ("WS", "META") => ItemKind::Workspace,
            ("WS", "BOT") => ItemKind::Chatbot,
            ("BOT", "COPY") => ItemKind::ChatbotCopy,
            ("BOT", "RETENTION") => ItemKind::Retention,
            ("BOT", "CONV") => ItemKind::Conversation,
            ("CONV", "TURN") => ItemKind::Turn,
            ("CONV", "TSAY") => ItemKind::DirectMessage,
            ("BOT", "LEAD") => ItemKind::Lead,
            ("BOT", "SRC") => ItemKind::Source,
            ("SRC", "PAGE") => ItemKind::Page,
            ("CHAN", "CHANNEL") => ItemKind::Channel,
            ("PEER", "IN" | "OUT") => ItemKind::PeerEntry,
            ("HOOKS", "HOOK") => ItemKind::Webhook,
            ("HOOK", "DLV") => ItemKind::Delivery,
            ("PURGE", _) => ItemKind::Tombstone,
            ("WS", "LOOP") => ItemKind::AgentLoop,
            ("LOOP", "EXEC") => ItemKind::Execution,
            _ => ItemKind::Other,
        }
    }
}
