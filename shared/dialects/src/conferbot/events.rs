//! Conferbot's events.

use domain::{Context, Delivery, Event, EventBody, RequiredData, Timestamp};
use serde::Serialize;

use super::Conferbot;
use crate::{
    events::{Events, Headers, hmac_hex, with_next_signature},
    javascript::stringify,
};

/// The events that can be subscribed to.
pub const EVENTS: [&str; 4] =
    ["response.created", UPDATED, "conversation.started", "conversation.completed"];

const UPDATED: &str = "response.updated";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    event: &'a str,
    chat_session_id: String,
    response_id: String,
    bot_id: String,
    visitor_id: String,
    timestamp: String,
}

/// What `event` is called here. A turn is one update: question and answer are stored together, and
/// a body says nothing that could tell the two apart.
pub fn names(event: &Event) -> Vec<&'static str> {
    match &event.body {
        EventBody::ConversationStarted(_) => vec!["conversation.started", "response.created"],
        EventBody::QuestionAnswered(_) | EventBody::DirectMessageSent(_) => vec![UPDATED],
        // A lead of no conversation is part of no response.
        EventBody::LeadCaptured(lead) if lead.conversation_id.is_some() => vec![UPDATED],
        EventBody::ConversationEnded(_) => vec!["conversation.completed"],
        EventBody::QuestionAsked(_)
        | EventBody::LeadCaptured(_)
        | EventBody::RatingReceived(_)
        | EventBody::HandoffRequested(_)
        | EventBody::IntegrationFailed(_)
        | EventBody::ChannelDisconnected(_)
        | EventBody::ExecutionEnded(_) => Vec::new(),
    }
}

/// What has to be read: session and visitor, which only the conversation has.
pub fn required_data(name: &str) -> RequiredData {
    RequiredData { conversation: name == UPDATED, ..RequiredData::default() }
}

/// What is sent of `event` under `name`.
pub fn body(name: &str, event: &Event, context: &Context) -> String {
    let conversation = match &event.body {
        EventBody::ConversationStarted(carried) | EventBody::ConversationEnded(carried) => {
            Some(carried.as_ref())
        }
        _ => context.conversation.as_ref(),
    };
    let id = event.conversation_id().map(|id| id.to_string()).unwrap_or_default();
    let session = conversation.and_then(|c| c.session_id.clone());
    let visitor = conversation.map(|c| c.visitor_id.clone());
    stringify(&Body {
        event: name,
        chat_session_id: session.unwrap_or_else(|| id.clone()),
        visitor_id: visitor.unwrap_or_else(|| format!("visitor_{id}")),
        response_id: id,
        bot_id: event.chatbot_id.map(|id| id.to_string()).unwrap_or_default(),
        timestamp: event.at.to_string(),
    })
}

/// The headers that go with `body`; the time is that in it.
pub fn headers(event: &str, at: Timestamp, body: &str, secret: &str) -> Vec<(String, String)> {
    [
        ("x-webhook-signature", hmac_hex(secret, body)),
        ("x-webhook-event", event.to_owned()),
        ("x-webhook-timestamp", at.to_string()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

impl Events for Conferbot {
    fn names(&self, event: &Event) -> Vec<&'static str> {
        names(event)
    }

    fn required_data(&self, name: &str) -> RequiredData {
        required_data(name)
    }

    fn body(&self, name: &str, event: &Event, context: &Context) -> String {
        body(name, event, context)
    }

    fn headers(&self, delivery: &Delivery, secrets: &[String], _: Timestamp) -> Headers {
        let Delivery { event, body, created_at, .. } = delivery;
        with_next_signature(secrets, |secret| headers(event, *created_at, body, secret))
    }
}
