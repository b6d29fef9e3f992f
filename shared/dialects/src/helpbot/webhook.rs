//! HelpBot's webhooks: a few for each site, with their payloads in an envelope.

use domain::{Context, Event, EventBody, Needs, Turn, Webhook, WebhookStatus};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::sources;
use crate::{javascript::stringify, one_of::one_of, webhook::hmac_hex};

one_of! {
    /// An event that can be subscribed to.
    EventName, "helpbot.Event", String: EVENTS;
}

/// The events that can be subscribed to.
pub const EVENTS: [&str; 4] = [CREATED, UNANSWERED, "conversation.feedback", HANDOFF];

const CREATED: &str = "conversation.created";
const UNANSWERED: &str = "conversation.unanswered";
const HANDOFF: &str = "conversation.handoff";

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
    /// The site's key, where it stands neither in the header nor in the query.
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

#[derive(Serialize)]
struct Envelope<'a> {
    event: &'a str,
    timestamp: String,
    data: Value,
}

/// What `event` is called here. A question that nothing was found for is told of twice.
pub fn names(event: &Event) -> Vec<&'static str> {
    match &event.body {
        EventBody::QuestionAnswered(turn) if turn.unanswered => vec![CREATED, UNANSWERED],
        EventBody::QuestionAnswered(_) => vec![CREATED],
        EventBody::RatingReceived(_) => vec!["conversation.feedback"],
        EventBody::HandoffRequested(_) => vec![HANDOFF],
        EventBody::ConversationStarted(_)
        | EventBody::QuestionAsked(_)
        | EventBody::ConversationEnded(_)
        | EventBody::LeadCaptured(_) => Vec::new(),
    }
}

/// What has to be read: the session of a question, and what was asked before a handoff.
pub fn needs(name: &str) -> Needs {
    Needs { conversation: matches!(name, CREATED | UNANSWERED), opening: name == HANDOFF }
}

/// What is sent of `event` under `name`.
pub fn body(name: &str, event: &Event, context: &Context) -> String {
    let data = match &event.body {
        EventBody::QuestionAnswered(turn) => answered(turn, context),
        EventBody::RatingReceived(turn) => json!({
            "conversationId": turn.conversation_id.to_string(),
            "helpful": if turn.rating == Some(1) { "yes" } else { "no" },
        }),
        EventBody::HandoffRequested(conversation) => {
            let opening = context.opening.as_ref();
            let question = opening.map_or(&conversation.first_message, |turn| &turn.question);
            json!({
                "conversationId": conversation.id.to_string(),
                "question": question,
                "answer": opening.map(|turn| turn.answer.as_str()).unwrap_or_default(),
                "customerEmail": conversation.customer_email,
            })
        }
        EventBody::ConversationStarted(_)
        | EventBody::QuestionAsked(_)
        | EventBody::ConversationEnded(_)
        | EventBody::LeadCaptured(_) => json!({}),
    };
    stringify(&Envelope { event: name, timestamp: event.at.to_string(), data })
}

/// A conversation that belongs to no session is one by itself.
fn answered(turn: &Turn, context: &Context) -> Value {
    let id = turn.conversation_id.to_string();
    let session = context.conversation.as_ref().and_then(|c| c.session_id.clone());
    json!({
        "conversationId": id,
        "sessionId": session.unwrap_or(id),
        "question": turn.question,
        "answer": turn.answer,
        "sources": sources(&turn.citations),
    })
}

/// The headers that go with `body`.
pub fn headers(event: &str, delivery: &str, body: &str, secret: &str) -> Vec<(String, String)> {
    [
        ("X-HelpBot-Signature", format!("sha256={}", hmac_hex(secret, body))),
        ("X-HelpBot-Event", event.to_owned()),
        ("X-HelpBot-Delivery", delivery.to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}
