//! What a client of Chatbot Platform sends and reads.

use domain::{
    Chatbot, Conversation, Error, Result, Turn,
    chatbot::{ChatbotPatch, NewChatbot},
};
use serde::{Deserialize, Serialize};
use utoipa::{ToSchema, openapi::Object};

use crate::schema;

/// `POST /v1/bots`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = chatbotplatform::BotIn,
    example = json!({"name": "Support Bot", "description": "Answers what customers ask"}))]
pub struct BotIn {
    /// 1 to 100 characters.
    #[schema(schema_with = schema::name, required = true)]
    pub name: Option<String>,
    /// Free text.
    #[schema(schema_with = schema::description_or_null)]
    pub description: Option<String>,
    /// `active` (default) or `disabled`.
    #[schema(schema_with = schema::status_or_null)]
    pub status: Option<String>,
}

impl TryFrom<BotIn> for NewChatbot {
    type Error = Error;

    fn try_from(from: BotIn) -> Result<Self> {
        let BotIn { name, description, status } = from;
        let new = Self::new(name.as_deref(), description.as_deref())?;
        let disabled = status.as_deref().map(is_disabled).transpose()?.unwrap_or(new.disabled);
        Ok(Self { disabled, ..new })
    }
}

/// `PATCH /v1/bots/{id}`: only what is sent is changed.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = chatbotplatform::BotPatchIn, example = json!({"status": "disabled"}))]
pub struct BotPatchIn {
    /// A new name.
    #[schema(schema_with = schema::name_or_null)]
    pub name: Option<String>,
    /// A new description.
    #[schema(schema_with = schema::description_or_null)]
    pub description: Option<String>,
    /// `active` or `disabled`.
    #[schema(schema_with = schema::status_or_null)]
    pub status: Option<String>,
}

impl TryFrom<BotPatchIn> for ChatbotPatch {
    type Error = Error;

    fn try_from(from: BotPatchIn) -> Result<Self> {
        let BotPatchIn { name, description, status } = from;
        let disabled = status.as_deref().map(is_disabled).transpose()?;
        Self::new(name.as_deref(), description.as_deref(), disabled, None)
    }
}

/// Whether what has that status is switched off.
pub(super) fn is_disabled(status: &str) -> Result<bool> {
    [false, true]
        .into_iter()
        .find(|disabled| bot_status(*disabled) == status)
        .ok_or_else(|| Error::field("status", "must be one of active, disabled"))
}

fn bot_status(disabled: bool) -> &'static str {
    if disabled { "disabled" } else { "active" }
}

/// The envelope of a single resource.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = chatbotplatform::DataOut<T>)]
pub struct DataOut<T> {
    /// The resource.
    pub data: T,
}

impl<T> DataOut<T> {
    /// Around `resource`.
    pub fn new(resource: impl Into<T>) -> Self {
        Self { data: resource.into() }
    }
}

/// A deletion.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = chatbotplatform::DeletedOut)]
pub struct DeletedOut {
    #[schema(schema_with = schema::id)]
    id: String,
    deleted: bool,
}

impl DeletedOut {
    /// What went by `id` is gone.
    pub fn new(id: impl ToString) -> DataOut<Self> {
        DataOut { data: Self { id: id.to_string(), deleted: true } }
    }
}

/// A bot.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = chatbotplatform::BotOut)]
pub struct BotOut {
    #[schema(schema_with = schema::id)]
    id: String,
    name: String,
    description: String,
    #[schema(schema_with = schema::status)]
    status: &'static str,
    #[schema(schema_with = schema::time)]
    created_at: String,
    #[schema(schema_with = schema::time)]
    updated_at: String,
}

impl From<Chatbot> for BotOut {
    fn from(from: Chatbot) -> Self {
        let Chatbot {
            id,
            workspace_id: _,
            name,
            description,
            disabled,
            settings: _,
            api_key_prefix: _,
            index_version: _,
            integrations: _,
            integrations_version: _,
            created_at,
            updated_at,
        } = from;
        Self {
            id: id.to_string(),
            name,
            description,
            status: bot_status(disabled),
            created_at: created_at.to_string(),
            updated_at: updated_at.to_string(),
        }
    }
}

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
    channel: ChannelOut,
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
#[schema(as = chatbotplatform::ChannelOut)]
struct ChannelOut {
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
            status,
            handoff: _,
            overall_rating: _,
            message_count,
            first_message: _,
            created_at,
            updated_at,
            handoff_at: _,
            handoff_reason: _,
            customer_email: _,
        } = from;
        Self {
            id: id.to_string(),
            bot_id: chatbot_id.to_string(),
            status: status.name(),
            user: UserOut { id: visitor_id, name: None, username: None, platform },
            channel: ChannelOut { kind: platform, id: None, chat_id: None },
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

impl MessageOut {
    /// The question and the answer of a turn.
    pub fn both(turn: Turn) -> [Self; 2] {
        let Turn {
            id,
            question_id,
            conversation_id,
            chatbot_id: _,
            workspace_id: _,
            question,
            answer,
            citations: _,
            confidence: _,
            unanswered: _,
            backend: _,
            rating: _,
            rated_at: _,
            asked_at,
            answered_at,
        } = turn;
        let conversation_id = conversation_id.to_string();
        [
            Self {
                id: question_id.to_string(),
                conversation_id: conversation_id.clone(),
                role: USER,
                content: question,
                created_at: asked_at.to_string(),
            },
            Self {
                id: id.to_string(),
                conversation_id,
                role: ASSISTANT,
                content: answer,
                created_at: answered_at.to_string(),
            },
        ]
    }
}
