//! Webhook subscriptions. Snake case, but for the outcome of a test, as its reference spells them.

use domain::{Webhook, WebhookStatus};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::events::EVENTS;
use crate::one_of::one_of;

one_of! {
    /// An event that can be subscribed to.
    EventName, "botplot.Event", String: EVENTS;
}

/// `POST /api/v1/projects/{projectId}/webhooks`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = botplot::WebhookIn, example = json!({
    "url": "https://example.com/webhooks/botplot",
    "events": ["message.created", "lead.captured"],
    "description": "CRM integration",
}))]
pub struct WebhookIn {
    /// Where events are sent. An address that is not public is refused.
    #[schema(value_type = String, format = "uri", max_length = 2048, pattern = "^https://")]
    pub url: Option<String>,
    /// What to send; one named twice counts once.
    #[schema(value_type = Vec<EventName>, min_items = 1)]
    pub events: Option<Vec<String>>,
    /// To know it by.
    #[schema(max_length = 200)]
    pub description: Option<String>,
}

/// A webhook in a list.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::WebhookRowOut, example = json!({
    "id": "550e8400-e29b-41d4-a716-446655440000",
    "url": "https://example.com/webhooks",
    "description": "My integration",
    "events": ["message.created", "lead.captured"],
    "is_active": true,
    "created_at": "2026-02-15T10:30:00.000Z",
}))]
pub struct WebhookRowOut {
    #[schema(format = "uuid")]
    id: String,
    url: String,
    description: String,
    #[schema(value_type = Vec<EventName>)]
    events: Vec<String>,
    /// False once it was switched off for failing.
    is_active: bool,
    #[schema(format = "date-time")]
    created_at: String,
}

impl From<Webhook> for WebhookRowOut {
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
            description,
            events,
            is_active: status == WebhookStatus::Active,
            created_at: created_at.to_string(),
        }
    }
}

/// `GET /api/v1/projects/{projectId}/webhooks`
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::WebhooksOut)]
pub struct WebhooksOut {
    /// Newest first.
    pub webhooks: Vec<WebhookRowOut>,
}

/// A webhook just made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::NewWebhookOut)]
pub struct NewWebhookOut {
    webhook: NewWebhookInnerOut,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::NewWebhookInnerOut, example = json!({
    "id": "550e8400-e29b-41d4-a716-446655440000",
    "url": "https://example.com/webhooks/botplot",
    "secret": "whsec_a1b2c3d4e5f6...",
    "events": ["message.created", "lead.captured"],
    "is_active": true,
}))]
struct NewWebhookInnerOut {
    #[schema(format = "uuid")]
    id: String,
    url: String,
    /// What deliveries are signed with; shown this once.
    secret: String,
    #[schema(value_type = Vec<EventName>)]
    events: Vec<String>,
    is_active: bool,
}

impl NewWebhookOut {
    /// Shows `secret`, this once.
    pub fn new(webhook: Webhook, secret: String) -> Self {
        let is_active = webhook.status == WebhookStatus::Active;
        let Webhook { id, url, events, .. } = webhook;
        Self { webhook: NewWebhookInnerOut { id: id.to_string(), url, secret, events, is_active } }
    }
}

/// `{"ok": true}`
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::OkOut, example = json!({"ok": true}))]
pub struct OkOut {
    /// Always true.
    ok: bool,
}

impl OkOut {
    /// It was done.
    pub const DONE: Self = Self { ok: true };
}

/// The outcome of a test delivery.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::TestedOut)]
pub struct TestedOut {
    /// The attempt.
    pub delivery: TestedDeliveryOut,
}

/// One attempt.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = botplot::TestedDeliveryOut, example = json!({
    "deliveryId": "550e8400-e29b-41d4-a716-446655440000",
    "statusCode": 200,
    "responseBody": "OK",
    "success": true,
}))]
pub struct TestedDeliveryOut {
    /// Sent as `X-BotPlot-Delivery`.
    #[schema(format = "uuid")]
    pub delivery_id: String,
    /// Null where there was no answer.
    #[schema(required = true)]
    pub status_code: Option<u16>,
    /// The answer's first bytes, or what went wrong instead.
    pub response_body: String,
    /// Any 2xx.
    pub success: bool,
}
