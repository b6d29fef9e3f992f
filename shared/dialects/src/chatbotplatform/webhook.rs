//! Chatbot Platform's webhooks: subscriptions to the events of all of a workspace's bots, delivered
//! as the Standard Webhooks specification has it.

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{Error, Event, EventBody, Result, Timestamp, Webhook, WebhookStatus};
use serde::{Deserialize, Serialize};
use utoipa::{ToSchema, openapi::Array};

use super::wire::MessageOut;
use crate::{javascript::stringify, schema, webhook::hmac};

/// The events that can be subscribed to. Nothing fires the last three yet.
pub const EVENTS: [&str; 4] =
    [RECEIVED, "integration.failed", "agent_loop.completed", "channel.disconnected"];

const RECEIVED: &str = "bot.message_received";

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

#[derive(Serialize)]
struct Envelope<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    timestamp: String,
    data: Received,
}

#[derive(Serialize)]
struct Received {
    bot_id: String,
    conversation_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<MessageOut>,
}

/// What `event` is called here, if it is anything.
pub fn name(event: &Event) -> Option<&'static str> {
    matches!(event.body, EventBody::QuestionAsked(_)).then_some(RECEIVED)
}

/// What is sent of `event` under `name`.
pub fn body(name: &str, event: &Event) -> String {
    let message = match &event.body {
        EventBody::QuestionAsked(turn) => {
            let [question, _] = MessageOut::both(turn.as_ref().clone());
            Some(question)
        }
        _ => None,
    };
    stringify(&Envelope {
        kind: name,
        timestamp: event.at.to_string(),
        data: Received {
            bot_id: event.chatbot_id.to_string(),
            conversation_id: event.conversation_id().map(|id| id.to_string()),
            message,
        },
    })
}

/// The headers that go with an attempt at `at`, with a signature for each of `secrets`.
pub fn headers(
    delivery: &str,
    at: Timestamp,
    body: &str,
    secrets: &[String],
) -> Vec<(String, String)> {
    let time = at.seconds().to_string();
    let signatures: Vec<String> =
        secrets.iter().map(|secret| signature(secret, delivery, &time, body)).collect();
    [
        ("webhook-id", delivery.to_owned()),
        ("webhook-timestamp", time),
        ("webhook-signature", signatures.join(" ")),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

fn signature(secret: &str, id: &str, time: &str, body: &str) -> String {
    // Every secret was made in this form; one that is not would verify nowhere.
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap_or(secret)).unwrap_or_default();
    format!("v1,{}", STANDARD.encode(hmac(&key, &format!("{id}.{time}.{body}"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_that_of_the_specification_and_there_may_be_several() {
        let secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD".to_owned();
        let id = "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk";
        let at = Timestamp::from_millis(1_649_367_553_000);
        let body = r#"{"email":"test@example.com","username":"test_user"}"#;
        let expected = "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=";
        let value = |secrets: &[String]| {
            let headers = headers(id, at, body, secrets);
            assert_eq!(headers[0], ("webhook-id".to_owned(), id.to_owned()));
            assert_eq!(headers[1], ("webhook-timestamp".to_owned(), "1649367553".to_owned()));
            headers[2].1.clone()
        };
        assert_eq!(value(std::slice::from_ref(&secret)), expected);
        let other = format!("whsec_{}", STANDARD.encode([7; 32]));
        let both = value(&[other, secret]);
        let both: Vec<&str> = both.split(' ').collect();
        assert_eq!((both.len(), both[1]), (2, expected));
        assert!(both[0].starts_with("v1,") && both[0] != expected);
    }
}
