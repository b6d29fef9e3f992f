//! Chatbot Platform's events, delivered as the Standard Webhooks specification has it.

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{
    AgentExecution, BackendReport, Channel, Context, Delivery, DirectAuthor, Event, EventBody,
    ExecutionResult, RequiredData, Timestamp, TranscriptMessage, webhook::CALLBACK_EVENT,
};
use serde::Serialize;

use super::{
    ChatbotPlatform,
    conversations::MessageOut,
    executions::{CallbackOut, ExecutionOut},
};
use crate::{
    events::{Events, Headers, hmac},
    javascript::stringify,
};

/// The events that can be subscribed to.
pub const EVENTS: [&str; 4] = [RECEIVED, INTEGRATION_FAILED, LOOP_COMPLETED, CHANNEL_DISCONNECTED];

const RECEIVED: &str = "bot.message_received";
const INTEGRATION_FAILED: &str = "integration.failed";
const LOOP_COMPLETED: &str = "agent_loop.completed";
const CHANNEL_DISCONNECTED: &str = "channel.disconnected";
/// Bytes of what an execution said and called that are told: an event fits a message of SQS.
const MAX_TOLD: usize = 64 * 1024;

#[derive(Serialize)]
struct Envelope<'a, D> {
    #[serde(rename = "type")]
    kind: &'a str,
    timestamp: String,
    data: D,
}

#[derive(Serialize)]
struct LoopCompleted {
    bot_id: Option<String>,
    agent_loop_id: String,
    agent_loop_name: String,
    execution_id: String,
    status: &'static str,
    execution: ExecutionOut,
}

#[derive(Serialize)]
struct Received {
    bot_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<MessageOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    integration: Option<FailedIntegration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    channel: Option<LostChannel>,
}

/// The channel that was lost.
#[derive(Serialize)]
struct LostChannel {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    name: String,
    status: &'static str,
    status_reason: Option<String>,
}

impl From<&Channel> for LostChannel {
    fn from(from: &Channel) -> Self {
        Self {
            id: from.id.to_string(),
            kind: from.platform.name(),
            name: from.name.clone(),
            status: from.status.name(),
            status_reason: from.status_reason.clone(),
        }
    }
}

/// The AI backend that failed; of several, the last one that was asked.
#[derive(Serialize)]
struct FailedIntegration {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    model: Option<String>,
    error: Option<String>,
    attempts: u32,
}

impl From<&BackendReport> for FailedIntegration {
    fn from(from: &BackendReport) -> Self {
        Self {
            id: from.integration_id.to_string(),
            kind: from.kind.name(),
            model: from.model.clone(),
            error: from.error.clone(),
            attempts: from.attempts,
        }
    }
}

/// What `event` is called here. An execution that has ended is told to subscriptions and to the loop's
/// callback, which listens to a name of its own.
pub fn names(event: &Event) -> Vec<&'static str> {
    match &event.body {
        EventBody::QuestionAsked(_) => vec![RECEIVED],
        EventBody::DirectMessageSent(message) if message.author == DirectAuthor::Visitor => {
            vec![RECEIVED]
        }
        EventBody::IntegrationFailed(_) => vec![INTEGRATION_FAILED],
        EventBody::ExecutionEnded(_) => vec![LOOP_COMPLETED, CALLBACK_EVENT],
        EventBody::ChannelDisconnected(_) => vec![CHANNEL_DISCONNECTED],
        EventBody::ConversationStarted(_)
        | EventBody::QuestionAnswered(_)
        | EventBody::DirectMessageSent(_)
        | EventBody::ConversationEnded(_)
        | EventBody::LeadCaptured(_)
        | EventBody::RatingReceived(_)
        | EventBody::HandoffRequested(_) => Vec::new(),
    }
}

/// What is told of an execution that has ended.
fn completed(
    name: &str,
    event: &Event,
    execution: &AgentExecution,
    result: ExecutionResult,
) -> String {
    let (execution, result) = (execution.clone(), result.within(MAX_TOLD));
    if name == CALLBACK_EVENT {
        return stringify(&CallbackOut::new(execution, result));
    }
    stringify(&Envelope {
        kind: name,
        timestamp: event.at.to_string(),
        data: LoopCompleted {
            bot_id: event.chatbot_id.map(|id| id.to_string()),
            agent_loop_id: execution.agent_loop_id.to_string(),
            agent_loop_name: execution.agent_loop_name.clone(),
            execution_id: execution.id.to_string(),
            status: execution.status.name(),
            execution: (execution, result).into(),
        },
    })
}

/// What is sent of `event` under `name`.
pub fn body(name: &str, event: &Event, context: &Context) -> String {
    if let EventBody::ExecutionEnded(execution) = &event.body {
        let result = context.execution_result.clone().unwrap_or_default();
        return completed(name, event, execution, result);
    }
    let message = match &event.body {
        EventBody::QuestionAsked(turn) => {
            let [question, _] = TranscriptMessage::of_turn(turn.as_ref().clone());
            Some(MessageOut::from(question))
        }
        EventBody::DirectMessageSent(message) => {
            Some(MessageOut::from(TranscriptMessage::from(message.as_ref().clone())))
        }
        _ => None,
    };
    let failed = match &event.body {
        EventBody::IntegrationFailed(turn) => Some(turn),
        _ => None,
    };
    let lost = match &event.body {
        EventBody::ChannelDisconnected(channel) => Some(channel.as_ref().into()),
        _ => None,
    };
    stringify(&Envelope {
        kind: name,
        timestamp: event.at.to_string(),
        data: Received {
            bot_id: event.chatbot_id.map(|id| id.to_string()),
            conversation_id: event.conversation_id().map(|id| id.to_string()),
            message,
            message_id: failed.map(|turn| turn.id.to_string()),
            channel: lost,
            integration: failed.and_then(|turn| turn.backend.as_ref()).map(Into::into),
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

impl Events for ChatbotPlatform {
    fn names(&self, event: &Event) -> Vec<&'static str> {
        names(event)
    }

    fn required_data(&self, name: &str) -> RequiredData {
        let execution_result = matches!(name, LOOP_COMPLETED | CALLBACK_EVENT);
        RequiredData { execution_result, ..RequiredData::default() }
    }

    fn body(&self, name: &str, event: &Event, context: &Context) -> String {
        body(name, event, context)
    }

    fn headers(&self, delivery: &Delivery, secrets: &[String], at: Timestamp) -> Headers {
        headers(&delivery.id.to_string(), at, &delivery.body, secrets)
    }
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
