//! Webhook subscriptions to one chatbot's events, listed by the workspace.

use domain::Webhook;
use serde::{Deserialize, Serialize};
use utoipa::{ToSchema, openapi::Array};

use super::events::EVENTS;
use crate::schema;

fn events() -> Array {
    schema::events(&EVENTS)
}

/// `POST /api/v1/external/v1/webhooks`
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = conferbot::WebhookIn, example = json!({
    "chatbotId": "0198f2c4-7d1a-7c3e-9b52-3f1d6a8e4c70", "url": "https://your-server.com/webhook",
    "events": ["response.created"], "description": "Production webhook"}))]
pub struct WebhookIn {
    /// Whose events are wanted.
    #[schema(schema_with = schema::id, required = true)]
    pub chatbot_id: Option<String>,
    /// https.
    #[schema(schema_with = schema::endpoint, required = true)]
    pub url: Option<String>,
    /// At least one of [`EVENTS`].
    #[schema(schema_with = events, required = true)]
    pub events: Option<Vec<String>>,
    /// Up to 200 characters.
    #[schema(schema_with = schema::note_or_null)]
    pub description: Option<String>,
}

/// A webhook in a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = conferbot::WebhookRowOut)]
pub struct WebhookRowOut {
    #[serde(rename = "_id")]
    #[schema(schema_with = schema::id)]
    id: String,
    url: String,
    #[schema(schema_with = events)]
    events: Vec<String>,
    #[schema(schema_with = schema::status)]
    status: &'static str,
    chatbot: ChatbotRefOut,
    #[schema(schema_with = schema::time)]
    created_at: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = conferbot::ChatbotRefOut)]
struct ChatbotRefOut {
    #[serde(rename = "_id")]
    #[schema(schema_with = schema::id_or_null, required = true)]
    id: Option<String>,
    name: String,
}

impl WebhookRowOut {
    /// `chatbot` is the name of its chatbot.
    pub fn new(webhook: Webhook, chatbot: String) -> Self {
        let Webhook {
            id,
            workspace_id: _,
            chatbot_id,
            dialect: _,
            url,
            events,
            description: _,
            sealed_secret: _,
            retired_secret: _,
            status,
            failing_since: _,
            auto_disabled: _,
            circuit: _,
            slow_ms: _,
            callback: _,
            created_at,
        } = webhook;
        Self {
            id: id.to_string(),
            url,
            events,
            status: status.name(),
            chatbot: ChatbotRefOut { id: chatbot_id.map(|id| id.to_string()), name: chatbot },
            created_at: created_at.to_string(),
        }
    }
}

/// A webhook just made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = conferbot::NewWebhookOut)]
pub struct NewWebhookOut {
    data: NewWebhookInnerOut,
    message: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = conferbot::NewWebhookInnerOut)]
struct NewWebhookInnerOut {
    #[serde(rename = "_id")]
    #[schema(schema_with = schema::id)]
    id: String,
    url: String,
    #[schema(schema_with = events)]
    events: Vec<String>,
    #[schema(schema_with = schema::status)]
    status: &'static str,
    #[schema(pattern = "^[0-9a-f]{64}$")]
    secret: String,
    description: String,
}

impl NewWebhookOut {
    /// Shows `secret`, this once.
    pub fn new(webhook: Webhook, secret: String) -> Self {
        let Webhook { id, url, events, status, description, .. } = webhook;
        let id = id.to_string();
        Self {
            data: NewWebhookInnerOut {
                id,
                url,
                events,
                status: status.name(),
                secret,
                description,
            },
            message: "Save the secret — it won't be shown again.",
        }
    }
}
