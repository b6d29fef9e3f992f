//! Chatbots as a client of Conferbot sends and reads them.

use domain::{Chatbot, Result, chatbot::ChatbotPatch, chatbot::NewChatbot};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::schema;

/// `POST /api/v1/external/v1/chatbots`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = conferbot::ChatbotIn,
    example = json!({"name": "Lead Gen Bot", "description": "Captures visitor leads"}))]
pub struct ChatbotIn {
    /// 1 to 100 characters.
    #[schema(schema_with = schema::name, required = true)]
    pub name: Option<String>,
    /// Free text.
    #[schema(schema_with = schema::description_or_null)]
    pub description: Option<String>,
}

impl TryFrom<ChatbotIn> for NewChatbot {
    type Error = domain::Error;

    fn try_from(from: ChatbotIn) -> Result<Self> {
        let ChatbotIn { name, description } = from;
        Self::new(name.as_deref(), description.as_deref())
    }
}

/// `PUT /api/v1/external/v1/chatbots/{id}`: only what is sent is changed.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = conferbot::ChatbotPatchIn,
    example = json!({"name": "Updated Bot Name", "disabled": false}))]
pub struct ChatbotPatchIn {
    /// A new name.
    #[schema(schema_with = schema::name_or_null)]
    pub name: Option<String>,
    /// A new description.
    #[schema(schema_with = schema::description_or_null)]
    pub description: Option<String>,
    /// Switch it off or on.
    pub disabled: Option<bool>,
}

impl TryFrom<ChatbotPatchIn> for ChatbotPatch {
    type Error = domain::Error;

    fn try_from(from: ChatbotPatchIn) -> Result<Self> {
        let ChatbotPatchIn { name, description, disabled } = from;
        Self::new(name.as_deref(), description.as_deref(), disabled, None)
    }
}

/// A chatbot in a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = conferbot::ChatbotRowOut)]
pub struct ChatbotRowOut {
    #[schema(schema_with = schema::id)]
    id: String,
    name: String,
    #[schema(schema_with = schema::status)]
    status: &'static str,
    response_count: u64,
    #[schema(schema_with = schema::time)]
    created_at: String,
}

impl ChatbotRowOut {
    /// `responses` is the number of its conversations.
    pub fn new(chatbot: &Chatbot, responses: u64) -> Self {
        Self {
            id: chatbot.id.to_string(),
            name: chatbot.name.clone(),
            status: status(chatbot),
            response_count: responses,
            created_at: chatbot.created_at.to_string(),
        }
    }
}

/// One chatbot.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = conferbot::ChatbotOut)]
pub struct ChatbotOut {
    #[schema(schema_with = schema::id)]
    id: String,
    name: String,
    #[schema(schema_with = schema::status)]
    status: &'static str,
    description: String,
    response_count: u64,
    #[schema(schema_with = schema::time)]
    created_at: String,
    #[schema(schema_with = schema::time)]
    updated_at: String,
}

impl ChatbotOut {
    /// `responses` is the number of its conversations.
    pub fn new(chatbot: Chatbot, responses: u64) -> Self {
        let status = status(&chatbot);
        let Chatbot {
            id,
            workspace_id: _,
            name,
            description,
            disabled: _,
            settings: _,
            api_key_prefix: _,
            index_version: _,
            integrations: _,
            integrations_version: _,
            is_web_off: _,
            created_at,
            updated_at,
        } = chatbot;
        Self {
            id: id.to_string(),
            name,
            status,
            description,
            response_count: responses,
            created_at: created_at.to_string(),
            updated_at: updated_at.to_string(),
        }
    }
}

/// A chatbot just made or copied.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = conferbot::NewChatbotOut)]
pub struct NewChatbotOut {
    #[schema(schema_with = schema::id)]
    id: String,
    name: String,
    description: String,
    #[schema(schema_with = schema::time)]
    created_at: String,
}

impl From<Chatbot> for NewChatbotOut {
    fn from(from: Chatbot) -> Self {
        let Chatbot { id, name, description, created_at, .. } = from;
        Self { id: id.to_string(), name, description, created_at: created_at.to_string() }
    }
}

/// A chatbot just changed.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = conferbot::ChangedChatbotOut)]
pub struct ChangedChatbotOut {
    #[schema(schema_with = schema::id)]
    id: String,
    name: String,
    description: String,
    disabled: bool,
    #[schema(schema_with = schema::time)]
    updated_at: String,
}

impl From<Chatbot> for ChangedChatbotOut {
    fn from(from: Chatbot) -> Self {
        let Chatbot { id, name, description, disabled, updated_at, .. } = from;
        Self { id: id.to_string(), name, description, disabled, updated_at: updated_at.to_string() }
    }
}

fn status(chatbot: &Chatbot) -> &'static str {
    if chatbot.disabled { "disabled" } else { "active" }
}
