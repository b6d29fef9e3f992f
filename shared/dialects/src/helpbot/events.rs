//! HelpBot's events, in an envelope.

use domain::{Context, Delivery, Event, EventBody, RequiredData, Timestamp, Turn};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Helpbot, chat::sources};
use crate::{
    events::{Events, Headers, hmac_hex, with_next_signature},
    javascript::stringify,
};

/// The events that can be subscribed to.
pub const EVENTS: [&str; 4] = [CREATED, UNANSWERED, "conversation.feedback", HANDOFF];

const CREATED: &str = "conversation.created";
const UNANSWERED: &str = "conversation.unanswered";
const HANDOFF: &str = "conversation.handoff";

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
        | EventBody::LeadCaptured(_)
        | EventBody::DirectMessageSent(_)
        | EventBody::IntegrationFailed(_)
        | EventBody::ChannelDisconnected(_)
        | EventBody::ExecutionEnded(_) => Vec::new(),
    }
}

/// What has to be read: the session of a question, and what was asked before a handoff.
pub fn required_data(name: &str) -> RequiredData {
    RequiredData {
        conversation: matches!(name, CREATED | UNANSWERED),
        first_turn: name == HANDOFF,
        ..RequiredData::default()
    }
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
            let first = context.first_turn.as_ref();
            let question = first.map_or(&conversation.first_message, |turn| &turn.question);
            json!({
                "conversationId": conversation.id.to_string(),
                "question": question,
                "answer": first.map(|turn| turn.answer.as_str()).unwrap_or_default(),
                "customerEmail": conversation.customer_email,
            })
        }
        EventBody::ConversationStarted(_)
        | EventBody::QuestionAsked(_)
        | EventBody::ConversationEnded(_)
        | EventBody::IntegrationFailed(_)
        | EventBody::LeadCaptured(_)
        | EventBody::ChannelDisconnected(_)
        | EventBody::DirectMessageSent(_)
        | EventBody::ExecutionEnded(_) => json!({}),
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

impl Events for Helpbot {
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
        let id = delivery.id.to_string();
        with_next_signature(secrets, |secret| headers(&delivery.event, &id, &delivery.body, secret))
    }
}
