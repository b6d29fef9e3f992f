//! Conversations as a project's owner reads them.

use domain::{
    Conversation, ConversationStatus, HandoffStatus, Speaker, TranscriptEntry, TranscriptMessage,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::chat::Rating;
use crate::one_of::one_of;

one_of! {
    /// The status of a conversation.
    Status, "botplot.ConversationStatus", String:
        ConversationStatus::ALL.map(ConversationStatus::name);
    /// Whether a person was requested.
    Handoff, "botplot.HandoffStatus", String: ["none", "requested"];
    /// Who wrote a message.
    Role, "botplot.Role", String: ["user", "assistant"];
}

/// A conversation in a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = botplot::ConversationRowOut, example = json!({
    "id": "550e8400-e29b-41d4-a716-446655440000",
    "visitorId": "visitor_abc",
    "status": "active",
    "overallRating": 1,
    "handoffStatus": "none",
    "messageCount": 4,
    "firstMessage": "Hi, I have a question...",
    "createdAt": "2026-02-15T10:30:00.000Z",
}))]
pub struct ConversationRowOut {
    #[schema(format = "uuid")]
    id: String,
    /// As the client called the visitor, or made up.
    visitor_id: String,
    #[schema(value_type = Status)]
    status: &'static str,
    /// Of its answer rated last; null until one is.
    #[schema(value_type = Option<Rating>, required = true)]
    overall_rating: Option<i8>,
    /// Whether a person was requested.
    #[schema(value_type = Handoff)]
    handoff_status: HandoffStatus,
    message_count: u32,
    /// Up to 120 characters of it.
    first_message: String,
    #[schema(format = "date-time")]
    created_at: String,
}

impl From<Conversation> for ConversationRowOut {
    fn from(from: Conversation) -> Self {
        let Conversation {
            id,
            chatbot_id: _,
            workspace_id: _,
            dialect: _,
            visitor_id,
            origin: _,
            session_id: _,
            status,
            handoff,
            handoff_at: _,
            handoff_reason: _,
            customer_email: _,
            overall_rating,
            message_count,
            assignee: _,
            direct_messages: _,
            text_bytes: _,
            lead_ids: _,
            first_message,
            created_at,
            updated_at: _,
        } = from;
        Self {
            id: id.to_string(),
            visitor_id,
            status: status.name(),
            overall_rating,
            handoff_status: handoff,
            message_count,
            first_message,
            created_at: created_at.to_string(),
        }
    }
}

/// `GET /api/v1/conversations`
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::ConversationsOut)]
pub struct ConversationsOut {
    /// Newest first.
    pub conversations: Vec<ConversationRowOut>,
    /// How many there are, whatever the page.
    pub total: u64,
}

/// `GET /api/v1/conversations/{id}`
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::ConversationOut, example = json!({"conversation": {
    "id": "550e8400-e29b-41d4-a716-446655440000",
    "status": "active",
    "messages": [
        {
            "id": "7c9e6679-7425-40de-944b-e07fc1f90ae7",
            "role": "user",
            "content": "What is your pricing?",
            "createdAt": "2026-02-15T10:30:00.000Z",
        },
        {
            "id": "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
            "role": "assistant",
            "content": "Our pricing starts at...",
            "rating": 1,
            "createdAt": "2026-02-15T10:30:02.000Z",
        },
    ],
}}))]
pub struct ConversationOut {
    conversation: ConversationDetailOut,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::ConversationDetailOut)]
struct ConversationDetailOut {
    #[schema(format = "uuid")]
    id: String,
    #[schema(value_type = Status)]
    status: &'static str,
    /// Oldest first.
    messages: Vec<MessageOut>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = botplot::MessageOut)]
struct MessageOut {
    #[schema(format = "uuid")]
    id: String,
    #[schema(value_type = Role)]
    role: &'static str,
    content: String,
    /// Answers only; null until rated.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Rating>)]
    rating: Option<Option<i8>>,
    #[schema(format = "date-time")]
    created_at: String,
}

impl ConversationOut {
    /// A conversation with all that was said in it, oldest first.
    pub fn new(conversation: &Conversation, said: Vec<TranscriptEntry>) -> Self {
        let messages = TranscriptMessage::of(said).into_iter().map(MessageOut::from).collect();
        Self {
            conversation: ConversationDetailOut {
                id: conversation.id.to_string(),
                status: conversation.status.name(),
                messages,
            },
        }
    }
}

impl From<TranscriptMessage> for MessageOut {
    fn from(from: TranscriptMessage) -> Self {
        let (role, rating) = match from.speaker {
            Speaker::Visitor => ("user", None),
            Speaker::Chatbot => ("assistant", Some(from.rating)),
            // A member answers in the chatbot's place; only answers of a chatbot are rated.
            Speaker::Member => ("assistant", None),
        };
        Self {
            id: from.id.to_string(),
            role,
            content: from.text,
            rating,
            created_at: from.created_at.to_string(),
        }
    }
}
