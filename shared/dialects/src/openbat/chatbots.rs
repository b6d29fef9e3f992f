//! Chatbots as a client of OpenBat sends and reads them.

use domain::{Chatbot, Result, chatbot::ChatbotPatch, chatbot::NewChatbot};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::schema;

/// `POST /api/v1/chatbots`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = openbat::ChatbotIn, example = json!({"name": "My Chatbot"}))]
pub struct ChatbotIn {
    /// 1 to 100 characters.
    #[schema(schema_with = schema::name, required = true)]
    pub name: Option<String>,
}

impl TryFrom<ChatbotIn> for NewChatbot {
    type Error = domain::Error;

    fn try_from(from: ChatbotIn) -> Result<Self> {
        let ChatbotIn { name } = from;
        Self::new(name.as_deref(), None)
    }
}

/// `PATCH /api/v1/chatbots/{id}`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = openbat::ChatbotPatchIn,
    example = json!({"name": "New Name", "settings": {"userAnalysisEnabled": false}}))]
pub struct ChatbotPatchIn {
    /// A new name.
    #[schema(schema_with = schema::name_or_null)]
    pub name: Option<String>,
    /// Merged deeply into the settings that are there.
    #[schema(value_type = Option<Object>)]
    pub settings: Option<Map<String, Value>>,
}

impl TryFrom<ChatbotPatchIn> for ChatbotPatch {
    type Error = domain::Error;

    fn try_from(from: ChatbotPatchIn) -> Result<Self> {
        let ChatbotPatchIn { name, settings } = from;
        Self::new(name.as_deref(), None, None, settings)
    }
}

/// A chatbot.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = openbat::ChatbotOut)]
pub struct ChatbotOut {
    #[schema(schema_with = schema::id)]
    id: String,
    name: String,
    #[schema(example = "ob_live_a1b2c3...")]
    api_key_prefix: String,
    #[schema(value_type = Object)]
    settings: Map<String, Value>,
    #[schema(schema_with = schema::time)]
    created_at: String,
}

impl From<Chatbot> for ChatbotOut {
    fn from(from: Chatbot) -> Self {
        let Chatbot {
            id,
            workspace_id: _,
            name,
            description: _,
            disabled: _,
            settings,
            api_key_prefix,
            index_version: _,
            integrations: _,
            integrations_version: _,
            is_web_off: _,
            created_at,
            updated_at: _,
        } = from;
        Self {
            id: id.to_string(),
            name,
            api_key_prefix,
            settings,
            created_at: created_at.to_string(),
        }
    }
}

/// A chatbot with its key, which is shown this once.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = openbat::ChatbotWithKeyOut)]
pub struct ChatbotWithKeyOut {
    ok: bool,
    chatbot: ChatbotOut,
    #[serde(rename = "apiKey")]
    #[schema(pattern = "^ob_live_[0-9a-f]{32}$")]
    api_key: String,
}

impl ChatbotWithKeyOut {
    /// Shows `key`.
    pub fn new(chatbot: Chatbot, key: String) -> Self {
        Self { ok: true, chatbot: chatbot.into(), api_key: key }
    }
}

/// `{"ok": true}`
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = openbat::OkOut)]
pub struct OkOut {
    ok: bool,
}

impl OkOut {
    /// It was done.
    pub const DONE: Self = Self { ok: true };
}
