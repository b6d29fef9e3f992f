//! What a chatbot has of one visitor: how it is told from that of others, and how far a pass over it has
//! come. The same pass exports it and erases it.

use serde::{Deserialize, Serialize};

use crate::{
    ChannelId, ChatbotId, Conversation, ConversationId, Error, Lead, LeadId, PeerKey, Result,
    VisitorErasureId, bounds,
};

impl VisitorErasureId {
    /// Of the visitor that clients of `chatbot` call `visitor`. A hash: what is kept of an erasure does not
    /// say whose it was, and the same visitor always has the same one.
    pub fn of(chatbot: ChatbotId, visitor: &str) -> Self {
        Self::of_peer(chatbot, &PeerKey::of(visitor))
    }

    /// Of the visitor who is this peer of a channel, where a platform has one name for a user and the chat
    /// with them.
    pub fn of_peer(chatbot: ChatbotId, peer: &PeerKey) -> Self {
        Self::derived(&["visitor", &chatbot.to_string(), peer.as_str()])
    }

    /// Whether `conversation` is the visitor's: by their id, or by the session where clients name only that.
    pub fn covers(self, conversation: &Conversation) -> bool {
        let names = [Some(&conversation.visitor_id), conversation.session_id.as_ref()];
        names.into_iter().flatten().any(|name| self.covers_name(conversation.chatbot_id, name))
    }

    /// Whether `lead` says that it is the visitor's. One that does not may have been left in a conversation
    /// of theirs.
    pub fn covers_lead(self, lead: &Lead) -> bool {
        lead.visitor_id.as_ref().is_some_and(|name| self.covers_name(lead.chatbot_id, name))
    }

    fn covers_name(self, chatbot: ChatbotId, name: &str) -> bool {
        Self::of(chatbot, name) == self
    }
}

/// The id of a visitor that a request names, its bounds checked.
pub fn visitor_id(given: &str) -> Result<String> {
    bounds::text("visitorId", given, bounds::CLIENT_ID)
}

/// Where the next page of a pass over a chatbot's rows begins. Leads come before the conversations that say
/// whose they are, and conversations before the peers that they were held with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitorPlace {
    /// Among the leads, behind this one.
    Leads(Option<LeadId>),
    /// Among the conversations, behind this one.
    Conversations(Option<ConversationId>),
    /// Among the peers of the channels, from this channel on, behind this peer of it.
    Peers(Option<ChannelId>, Option<PeerKey>),
}

impl Default for VisitorPlace {
    fn default() -> Self {
        Self::Leads(None)
    }
}

impl VisitorPlace {
    /// As a client is given it; `None` where there is nothing more to export.
    pub fn cursor(&self) -> Option<String> {
        match self {
            Self::Leads(None) => Some("leads".to_owned()),
            Self::Leads(Some(id)) => Some(format!("leads:{id}")),
            Self::Conversations(None) => Some("conversations".to_owned()),
            Self::Conversations(Some(id)) => Some(format!("conversations:{id}")),
            Self::Peers(..) => None,
        }
    }

    /// The place that a client was given.
    pub fn parse(cursor: &str) -> Result<Self> {
        let (kind, id) = match cursor.split_once(':') {
            Some((kind, id)) => (kind, Some(id)),
            None => (cursor, None),
        };
        let wrong = || Error::field("cursor", "must be the cursor of an earlier answer");
        match kind {
            "leads" => id.map(str::parse).transpose().map(Self::Leads).map_err(|_| wrong()),
            "conversations" => {
                id.map(str::parse).transpose().map(Self::Conversations).map_err(|_| wrong())
            }
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visitor_is_another_one_with_another_chatbot() {
        let (bot, other) = (ChatbotId::new(), ChatbotId::new());
        let id = VisitorErasureId::of(bot, "visitor_7");
        assert_eq!(id, VisitorErasureId::of(bot, "visitor_7"));
        assert_eq!(id, VisitorErasureId::of_peer(bot, &PeerKey::of("visitor_7")));
        assert_ne!(id, VisitorErasureId::of(other, "visitor_7"));
        assert_ne!(id, VisitorErasureId::of(bot, "visitor_8"));
    }

    #[test]
    fn a_cursor_leads_back_to_its_place() {
        for place in [
            VisitorPlace::default(),
            VisitorPlace::Leads(Some(LeadId::new())),
            VisitorPlace::Conversations(None),
            VisitorPlace::Conversations(Some(ConversationId::new())),
        ] {
            let cursor = place.cursor().expect("a cursor");
            assert_eq!(VisitorPlace::parse(&cursor).unwrap(), place);
        }
        assert_eq!(VisitorPlace::Peers(None, None).cursor(), None);
        for cursor in ["", "peers", "leads:", "leads:x", "conversations:1:2"] {
            let error = VisitorPlace::parse(cursor).unwrap_err();
            assert_eq!(error.message, "cursor must be the cursor of an earlier answer");
        }
    }
}
