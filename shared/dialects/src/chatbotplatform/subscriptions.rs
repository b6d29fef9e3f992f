//! Webhook subscriptions to the events of all of a workspace's bots.

use domain::{Error, Result, Webhook, WebhookStatus};
use serde::{Deserialize, Serialize};
use utoipa::{ToSchema, openapi::Array};

use super::events::EVENTS;
use crate::schema;

fn events() -> Array {
    schema::events(&EVENTS)
}

fn events_or_null() -> Array {
    schema::events_or_null(&EVENTS)
}

/// `POST /v1/webhooks`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = chatbotplatform::WebhookIn, example = json!({
    "url": "https://your-server.com/webhook", "events": ["bot.message_received"]}))]
pub struct WebhookIn {
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

/// `PATCH /v1/webhooks/{id}`: only what is sent is changed.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = chatbotplatform::WebhookPatchIn, example = json!({"status": "disabled"}))]
pub struct WebhookPatchIn {
    /// Another endpoint.
    #[schema(schema_with = schema::endpoint_or_null)]
    pub url: Option<String>,
    /// Other events.
    #[schema(schema_with = events_or_null)]
    pub events: Option<Vec<String>>,
    /// Another description.
    #[schema(schema_with = schema::note_or_null)]
    pub description: Option<String>,
    /// `active` or `disabled`.
    #[schema(schema_with = schema::status_or_null)]
    pub status: Option<String>,
}

/// The status of that name.
pub fn webhook_status(text: &str) -> Result<WebhookStatus> {
    [WebhookStatus::Active, WebhookStatus::Disabled]
        .into_iter()
        .find(|status| status.name() == text)
        .ok_or_else(|| Error::field("status", "must be one of active, disabled"))
}

/// A webhook.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = chatbotplatform::WebhookOut)]
pub struct WebhookOut {
    #[schema(schema_with = schema::id)]
    id: String,
    url: String,
    #[schema(schema_with = events)]
    events: Vec<String>,
    description: String,
    #[schema(schema_with = schema::status)]
    status: &'static str,
    #[schema(schema_with = schema::time)]
    created_at: String,
}

impl From<Webhook> for WebhookOut {
    fn from(from: Webhook) -> Self {
        let Webhook {
            id,
            workspace_id: _,
            chatbot_id: _,
            dialect: _,
            url,
            events,
            description,
            sealed_secret: _,
            retired_secret: _,
            status,
            failing_since: _,
            auto_disabled: _,
            circuit: _,
            slow_ms: _,
            callback: _,
            created_at,
        } = from;
        Self {
            id: id.to_string(),
            url,
            events,
            description,
            status: status.name(),
            created_at: created_at.to_string(),
        }
    }
}

/// A webhook just made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = chatbotplatform::NewWebhookOut)]
pub struct NewWebhookOut {
    #[schema(schema_with = schema::id)]
    id: String,
    url: String,
    #[schema(schema_with = events)]
    events: Vec<String>,
    #[schema(schema_with = schema::status)]
    status: &'static str,
    #[schema(pattern = "^whsec_[A-Za-z0-9+/]{43}=$")]
    secret: String,
    #[schema(schema_with = schema::time)]
    created_at: String,
}

impl From<(Webhook, String)> for NewWebhookOut {
    /// Shows the secret, this once.
    fn from((webhook, secret): (Webhook, String)) -> Self {
        let Webhook { id, url, events, status, created_at, .. } = webhook;
        Self {
            id: id.to_string(),
            url,
            events,
            status: status.name(),
            secret,
            created_at: created_at.to_string(),
        }
    }
}
