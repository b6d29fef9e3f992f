//! BotPlot's events. Its own sample verifies `JSON.stringify(JSON.parse(body))`, so a body has to
//! survive that unchanged: keys in the order and numbers in the form that JavaScript gives them.

use domain::{
    Context, Delivery, DirectAuthor, DirectMessage, Event, EventBody, Lead, RenderedEvent,
    RequiredData, Timestamp, Turn,
};
use serde::Serialize;
use serde_json::{Number, Value, json};

use super::Botplot;
use crate::{
    events::{Events, Headers, hmac_hex, with_next_signature},
    javascript::{ordered, stringify},
};

/// The events that can be subscribed to.
pub const EVENTS: [&str; 6] = [
    "conversation.started",
    "conversation.ended",
    "message.created",
    "lead.captured",
    "handoff.requested",
    "rating.received",
];

#[derive(Serialize)]
struct Envelope<'a> {
    event: &'a str,
    project_id: String,
    timestamp: String,
    data: Value,
}

fn envelope(event: &str, project: String, at: Timestamp, data: Value) -> RenderedEvent {
    let body = Envelope { event, project_id: project, timestamp: at.to_string(), data };
    RenderedEvent { event: event.to_owned(), body: stringify(&body) }
}

/// What `event` is called here, if it is anything.
pub fn name(event: &Event) -> Option<&'static str> {
    Some(match &event.body {
        EventBody::ConversationStarted(_) => "conversation.started",
        EventBody::QuestionAsked(_)
        | EventBody::QuestionAnswered(_)
        | EventBody::DirectMessageSent(_) => "message.created",
        EventBody::ConversationEnded(_) => "conversation.ended",
        EventBody::HandoffRequested(_) => "handoff.requested",
        EventBody::RatingReceived(_) => "rating.received",
        EventBody::LeadCaptured(_) => "lead.captured",
        EventBody::IntegrationFailed(_)
        | EventBody::ChannelDisconnected(_)
        | EventBody::ExecutionEnded(_) => return None,
    })
}

/// What is sent of `event`.
pub fn body(event: &Event) -> String {
    let data = match &event.body {
        EventBody::ConversationStarted(conversation) => json!({
            "conversation_id": conversation.id.to_string(),
            "visitor_id": conversation.visitor_id,
            "created_at": conversation.created_at.to_string(),
        }),
        EventBody::QuestionAsked(turn) => message(turn, true),
        EventBody::QuestionAnswered(turn) => message(turn, false),
        EventBody::DirectMessageSent(message) => direct(message),
        EventBody::ConversationEnded(conversation) => json!({
            "conversation_id": conversation.id.to_string(),
            "message_count": conversation.message_count,
            "ended_at": event.at.to_string(),
        }),
        EventBody::HandoffRequested(conversation) => json!({
            "conversation_id": conversation.id.to_string(),
            "reason": conversation.handoff_reason,
        }),
        EventBody::RatingReceived(turn) => json!({
            "conversation_id": turn.conversation_id.to_string(),
            "message_id": turn.id.to_string(),
            "rating": turn.rating,
        }),
        EventBody::LeadCaptured(lead) => captured(lead),
        EventBody::IntegrationFailed(_)
        | EventBody::ChannelDisconnected(_)
        | EventBody::ExecutionEnded(_) => Value::Null,
    };
    let project = event.chatbot_id.map(|id| id.to_string()).unwrap_or_default();
    envelope(name(event).unwrap_or_default(), project, event.at, data).body
}

fn message(turn: &Turn, asked: bool) -> Value {
    let (id, role, content, at, confidence) = if asked {
        (turn.question_id, "user", &turn.question, turn.asked_at, Value::Null)
    } else {
        (turn.id, "assistant", &turn.answer, turn.answered_at, two_decimals(turn.confidence))
    };
    json!({
        "conversation_id": turn.conversation_id.to_string(),
        "message_id": id.to_string(),
        "role": role,
        "content": content,
        "confidence_score": confidence,
        "created_at": at.to_string(),
    })
}

/// A member answers in the chatbot's place, so the role is the chatbot's.
fn direct(message: &DirectMessage) -> Value {
    let role = match message.author {
        DirectAuthor::Visitor => "user",
        DirectAuthor::Member(_) => "assistant",
    };
    json!({
        "conversation_id": message.conversation_id.to_string(),
        "message_id": message.id.to_string(),
        "role": role,
        "content": message.text,
        "confidence_score": Value::Null,
        "created_at": message.created_at.to_string(),
    })
}

fn captured(lead: &Lead) -> Value {
    json!({
        "conversation_id": lead.conversation_id.map(|id| id.to_string()),
        "lead_id": lead.id.to_string(),
        "name": lead.name,
        "email": lead.email,
        "phone": lead.phone,
        "fields": ordered(lead.fields.clone()),
    })
}

/// A number of at most two decimals, as JavaScript prints it: `1` and not `1.0`.
fn two_decimals(value: f64) -> Value {
    let hundredths = (value * 100.0).round();
    if hundredths % 100.0 == 0.0 {
        return json!((hundredths / 100.0) as i64);
    }
    Number::from_f64(hundredths / 100.0).map_or(Value::Null, Value::Number)
}

/// The body of a test.
pub fn ping(project: String, webhook: &str, at: Timestamp) -> RenderedEvent {
    envelope("ping", project, at, json!({ "webhook_id": webhook }))
}

/// The headers that go with `body`.
pub fn headers(event: &str, delivery: &str, body: &str, secret: &str) -> Vec<(String, String)> {
    [
        ("X-BotPlot-Signature", format!("sha256={}", hmac_hex(secret, body))),
        ("X-BotPlot-Event", event.to_owned()),
        ("X-BotPlot-Delivery", delivery.to_owned()),
        ("User-Agent", "BotPlot-Webhooks/1.0".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

impl Events for Botplot {
    fn names(&self, event: &Event) -> Vec<&'static str> {
        name(event).into_iter().collect()
    }

    fn required_data(&self, _: &str) -> RequiredData {
        RequiredData::default()
    }

    fn body(&self, _: &str, event: &Event, _: &Context) -> String {
        body(event)
    }

    fn headers(&self, delivery: &Delivery, secrets: &[String], _: Timestamp) -> Headers {
        let id = delivery.id.to_string();
        with_next_signature(secrets, |secret| headers(&delivery.event, &id, &delivery.body, secret))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_printed_as_javascript_prints_them() {
        for (value, text) in [(1.0, "1"), (0.0, "0"), (0.874, "0.87"), (0.5, "0.5"), (0.999, "1")] {
            assert_eq!(two_decimals(value).to_string(), text);
        }
    }

    #[test]
    fn a_body_survives_being_parsed_and_printed_again() {
        let id = "0197a000-0000-7000-8000-000000000001";
        let turn = Turn {
            id: id.parse().unwrap(),
            question_id: id.parse().unwrap(),
            conversation_id: id.parse().unwrap(),
            chatbot_id: id.parse().unwrap(),
            workspace_id: id.parse().unwrap(),
            question: "quote \" slash / line\n\u{2028} tab\t bell\u{7} é 😀".into(),
            answer: "a".into(),
            citations: Vec::new(),
            confidence: 1.0,
            unanswered: false,
            backend: None,
            rating: None,
            rated_at: None,
            asked_at: Timestamp::from_millis(0),
            answered_at: Timestamp::from_millis(5),
        };
        for event in Event::of_turn(&turn) {
            let body = body(&event);
            let parsed: Value = serde_json::from_str(&body).unwrap();
            assert_eq!(parsed.to_string(), body, "key order and numbers survive");
            assert!(!body.contains("1.0"));
        }
    }

    #[test]
    fn a_lead_s_fields_are_as_javascript_leaves_them() {
        let id = "0197a000-0000-7000-8000-000000000001";
        let fields = json!({"budget": 1e21, "rooms": 2.0, "2": true, "1": {"b": null, "0": []}});
        let lead = Lead {
            id: id.parse().unwrap(),
            chatbot_id: id.parse().unwrap(),
            workspace_id: id.parse().unwrap(),
            conversation_id: None,
            visitor_id: None,
            name: None,
            email: Some("ada@example.com".into()),
            phone: None,
            fields: fields.as_object().unwrap().clone(),
            created_at: Timestamp::from_millis(0),
        };
        let event = Event::captured(lead);
        assert_eq!(name(&event), Some("lead.captured"));
        let body = body(&event);
        let data = format!(
            r#""data":{{"conversation_id":null,"lead_id":"{id}","name":null,"email":"ada@example.com","phone":null,"fields":{{"1":{{"0":[],"b":null}},"2":true,"budget":1e+21,"rooms":2}}}}}}"#
        );
        assert!(body.ends_with(&data), "{body}");
    }
}
