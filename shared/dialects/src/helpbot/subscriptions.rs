//! Webhook subscriptions: a few for each site.

use domain::{Webhook, WebhookStatus};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use utoipa::ToSchema;

use super::events::EVENTS;
use crate::one_of::one_of;

one_of! {
    /// An event that can be subscribed to.
    EventName, "helpbot.Event", String: EVENTS;
}

/// `POST /api/v1/webhooks`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = helpbot::WebhookIn, example = json!({
    "url": "https://example.com/webhooks/helpbot",
    "events": ["conversation.created", "conversation.handoff"],
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
    /// The site's key, unless it is in the header or the query.
    #[schema(value_type = Option<String>)]
    pub api_key: Option<IgnoredAny>,
}

/// The query of `DELETE /api/v1/webhooks`
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct WebhookQuery(Vec<(String, String)>);

impl WebhookQuery {
    /// Which one; an empty id is none.
    pub fn id(self) -> Option<String> {
        self.0.into_iter().find(|(name, value)| name == "id" && !value.is_empty()).map(|(_, id)| id)
    }
}

/// A webhook.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = helpbot::WebhookOut, example = json!({
    "id": "550e8400-e29b-41d4-a716-446655440000",
    "url": "https://example.com/webhooks/helpbot",
    "events": ["conversation.created", "conversation.handoff"],
    "description": "CRM integration",
    "active": true,
    "secret": "whsec_a1b2c3d4e5f6...",
    "createdAt": "2026-02-15T10:30:00.000Z",
}))]
pub struct WebhookOut {
    #[schema(format = "uuid")]
    id: String,
    url: String,
    #[schema(value_type = Vec<EventName>)]
    events: Vec<String>,
    description: String,
    /// False once it was switched off for failing.
    active: bool,
    /// What deliveries are signed with: whole this once, later only its end.
    secret: String,
    #[schema(format = "date-time")]
    created_at: String,
}

impl WebhookOut {
    /// With its whole secret, which is shown once.
    pub fn new(webhook: Webhook, secret: String) -> Self {
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
        } = webhook;
        Self {
            id: id.to_string(),
            url,
            events,
            description,
            active: status == WebhookStatus::Active,
            secret,
            created_at: created_at.to_string(),
        }
    }

    /// With the last four characters of its secret.
    pub fn redacted(webhook: Webhook, secret: &str) -> Self {
        let from = secret.char_indices().rev().nth(3).map_or(0, |(at, _)| at);
        Self::new(webhook, format!("••••{}", &secret[from..]))
    }
}

/// `GET /api/v1/webhooks`
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = helpbot::WebhooksOut)]
pub struct WebhooksOut {
    /// Newest first.
    pub webhooks: Vec<WebhookOut>,
}

/// `POST /api/v1/webhooks`
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = helpbot::NewWebhookOut)]
pub struct NewWebhookOut {
    /// The one just made.
    pub webhook: WebhookOut,
}
