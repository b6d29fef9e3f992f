//! Chatbot Platform's channels: the messaging platforms where a bot answers. Credentials come in and never
//! go out.

use domain::{Channel, ChannelPatch, ChannelStatus, NewChannel, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{ToSchema, openapi::Object};

use crate::schema;

fn status() -> Object {
    schema::one_of(ChannelStatus::ALL.map(ChannelStatus::name))
}

fn wanted_status_or_null() -> Object {
    let wanted = [ChannelStatus::Connected, ChannelStatus::Disconnected];
    schema::one_of_or_null(wanted.map(ChannelStatus::name))
}

/// `POST /v1/bots/{bot_id}/channels`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = chatbotplatform::ChannelIn, example = json!({
    "name": "Support", "type": "telegram",
    "credentials": {"bot_token": "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11"}}))]
pub struct ChannelIn {
    /// 1 to 100 characters.
    #[schema(schema_with = schema::name, required = true)]
    pub name: Option<String>,
    /// Where the bot answers.
    #[serde(rename = "type")]
    #[schema(schema_with = schema::platform, required = true)]
    pub kind: Option<String>,
    /// Never shown. telegram: `bot_token`; slack: `bot_token`, `signing_secret`; discord: `bot_token`; whatsapp:
    /// `access_token`, `phone_number_id`, `app_secret`, optionally `verify_token` and `waba_id`; messenger:
    /// `page_access_token`, `app_secret`, optionally `verify_token`; web: none.
    #[schema(value_type = Option<Object>)]
    pub credentials: Option<Map<String, Value>>,
    /// `connected` (default), or `disconnected` to make it switched off.
    #[schema(schema_with = wanted_status_or_null)]
    pub status: Option<String>,
}

/// `PATCH /v1/channels/{id}`: only what is sent is changed.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = chatbotplatform::ChannelPatchIn, example = json!({"name": "Sales"}))]
pub struct ChannelPatchIn {
    /// A new name.
    #[schema(schema_with = schema::name_or_null)]
    pub name: Option<String>,
    /// Those that are sent take the place of those there are.
    #[schema(value_type = Option<Object>)]
    pub credentials: Option<Map<String, Value>>,
    /// `disconnected` switches it off, `connected` on.
    #[schema(schema_with = wanted_status_or_null)]
    pub status: Option<String>,
}

fn wanted(status: Option<&str>) -> Result<Option<ChannelStatus>> {
    status.map(|text| ChannelStatus::named("status", text)).transpose()
}

impl TryFrom<ChannelIn> for NewChannel {
    type Error = domain::Error;

    fn try_from(from: ChannelIn) -> Result<Self> {
        let ChannelIn { name, kind, credentials, status } = from;
        Self::new(name.as_deref(), kind.as_deref(), credentials, wanted(status.as_deref())?)
    }
}

impl TryFrom<ChannelPatchIn> for ChannelPatch {
    type Error = domain::Error;

    fn try_from(from: ChannelPatchIn) -> Result<Self> {
        let ChannelPatchIn { name, credentials, status } = from;
        Self::new(name.as_deref(), credentials, wanted(status.as_deref())?)
    }
}

/// A channel.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = chatbotplatform::ChannelOut)]
pub struct ChannelOut {
    #[schema(schema_with = schema::id)]
    id: String,
    #[schema(schema_with = schema::id)]
    bot_id: String,
    name: String,
    #[serde(rename = "type")]
    #[schema(schema_with = schema::platform)]
    kind: &'static str,
    #[schema(schema_with = status)]
    status: &'static str,
    /// Why it is in that status.
    #[schema(required = true)]
    status_reason: Option<String>,
    /// Where the platform delivers messages.
    webhook_url: String,
    /// What Meta asks for beside the URL, where it was made here.
    #[serde(skip_serializing_if = "Option::is_none")]
    verify_token: Option<String>,
    #[schema(schema_with = schema::time)]
    created_at: String,
    #[schema(schema_with = schema::time)]
    updated_at: String,
}

impl From<Channel> for ChannelOut {
    fn from(from: Channel) -> Self {
        let Channel {
            id,
            workspace_id: _,
            chatbot_id,
            name,
            platform,
            sealed_secrets: _,
            account: _,
            verify_token,
            webhook_url,
            status,
            status_reason,
            is_off: _,
            disconnected_at: _,
            next_check_at: _,
            created_at,
            updated_at,
        } = from;
        Self {
            id: id.to_string(),
            bot_id: chatbot_id.to_string(),
            name,
            kind: platform.name(),
            status: status.name(),
            status_reason,
            webhook_url,
            verify_token,
            created_at: created_at.to_string(),
            updated_at: updated_at.to_string(),
        }
    }
}
