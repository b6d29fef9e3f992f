//! Conversations and messages as a client of Chatbot Platform reads them.

use domain::{ChannelOrigin, Conversation, Speaker, TranscriptMessage};
use serde::Serialize;
use utoipa::{ToSchema, openapi::Object};

use crate::schema;

/// A conversation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = chatbotplatform::ConversationOut)]
pub struct ConversationOut {
    #[schema(schema_with = schema::id)]
    id: String,
    #[schema(schema_with = schema::id)]
    bot_id: String,
    #[schema(schema_with = schema::conversation_status)]
    status: &'static str,
    user: UserOut,
    channel: ConversationChannelOut,
    message_count: u32,
    #[schema(schema_with = schema::time)]
    created_at: String,
    #[schema(schema_with = schema::time)]
    updated_at: String,
}

/// Who the visitor is. Those who come through the chat routes have no name.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = chatbotplatform::UserOut)]
struct UserOut {
    id: String,
    #[schema(required = true)]
    name: Option<String>,
    #[schema(required = true)]
    username: Option<String>,
    #[schema(schema_with = schema::platform)]
    platform: &'static str,
}

/// Where the bot answers. The chat routes belong to no channel.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = chatbotplatform::ConversationChannelOut)]
struct ConversationChannelOut {
    #[serde(rename = "type")]
    #[schema(schema_with = schema::platform)]
    kind: &'static str,
    #[schema(schema_with = schema::id_or_null, required = true)]
    id: Option<String>,
    #[schema(required = true)]
    chat_id: Option<String>,
}

impl From<Conversation> for ConversationOut {
    fn from(from: Conversation) -> Self {
        let platform = from.platform().name();
        let Conversation {
            id,
            chatbot_id,
            workspace_id: _,
            dialect: _,
            visitor_id,
            session_id: _,
            origin,
            status,
            handoff: _,
            overall_rating: _,
            message_count,
            assignee: _,
            direct_messages: _,
            text_bytes: _,
            lead_ids: _,
            first_message: _,
            created_at,
            updated_at,
            handoff_at: _,
            handoff_reason: _,
            customer_email: _,
        } = from;
        let (channel_id, chat_id, name, username) = match origin {
            Some(origin) => {
                let ChannelOrigin {
                    channel_id,
                    platform: _,
                    peer: _,
                    chat_id,
                    user_name,
                    username,
                } = origin;
                (Some(channel_id.to_string()), Some(chat_id), user_name, username)
            }
            None => (None, None, None, None),
        };
        Self {
            id: id.to_string(),
            bot_id: chatbot_id.to_string(),
            status: status.name(),
            user: UserOut { id: visitor_id, name, username, platform },
            channel: ConversationChannelOut { kind: platform, id: channel_id, chat_id },
            message_count,
            created_at: created_at.to_string(),
            updated_at: updated_at.to_string(),
        }
    }
}

/// A message.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = chatbotplatform::MessageOut)]
pub struct MessageOut {
    #[schema(schema_with = schema::id)]
    pub(super) id: String,
    #[schema(schema_with = schema::id)]
    pub(super) conversation_id: String,
    #[schema(schema_with = role)]
    pub(super) role: &'static str,
    pub(super) content: String,
    #[schema(schema_with = schema::time)]
    pub(super) created_at: String,
}

/// The role of a visitor's message.
pub(super) const USER: &str = "user";
/// The role of an answer.
pub(super) const ASSISTANT: &str = "assistant";

/// The roles there are.
pub(super) fn role() -> Object {
    schema::one_of([USER, ASSISTANT])
}

impl From<TranscriptMessage> for MessageOut {
    fn from(from: TranscriptMessage) -> Self {
        let TranscriptMessage {
            id,
            conversation_id,
            speaker,
            member: _,
            text,
            citations: _,
            confidence: _,
            unanswered: _,
            rating: _,
            created_at,
        } = from;
        Self {
            id: id.to_string(),
            conversation_id: conversation_id.to_string(),
            // A member answers in the bot's place.
            role: match speaker {
                Speaker::Visitor => USER,
                Speaker::Chatbot | Speaker::Member => ASSISTANT,
            },
            content: text,
            created_at: created_at.to_string(),
        }
    }
}
