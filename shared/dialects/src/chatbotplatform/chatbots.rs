//! Bots as a client of Chatbot Platform sends and reads them.

use domain::{
    Chatbot, Error, Result,
    chatbot::{ChatbotPatch, NewChatbot},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
            is_web_off: _,
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
