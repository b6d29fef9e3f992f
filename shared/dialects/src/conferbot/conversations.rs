//! Responses, which are conversations.

use domain::{Conversation, Speaker, TranscriptEntry, TranscriptMessage};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::{ToSchema, openapi::Object};

use crate::schema;

/// A page of responses.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = conferbot::ResponsesOut)]
pub struct ResponsesOut {
    data: Vec<ResponseOut>,
    total: u64,
    #[schema(minimum = 1)]
    page: u32,
    total_pages: u64,
}

impl ResponsesOut {
    /// Page number `page` of `total` responses, `limit` to a page.
    pub fn new(
        found: Vec<(Conversation, Vec<TranscriptEntry>, Map<String, Value>)>,
        total: u64,
        page: u32,
        limit: u32,
    ) -> Self {
        let row = |(conversation, said, answers): (Conversation, _, _)| ResponseOut {
            chat_date: Some(conversation.created_at.to_string()),
            ..ResponseOut::new(conversation, said, answers)
        };
        let total_pages = total.div_ceil(u64::from(limit.max(1)));
        Self { data: found.into_iter().map(row).collect(), total, page, total_pages }
    }
}

/// A response with everything that was said.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = conferbot::ResponseOut)]
pub struct ResponseOut {
    #[serde(rename = "_id")]
    #[schema(schema_with = schema::id)]
    id: String,
    #[serde(rename = "chatSessionId")]
    chat_session_id: String,
    #[serde(rename = "visitorId")]
    visitor_id: String,
    /// In a list only.
    #[serde(rename = "chatDate", skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = schema::time)]
    chat_date: Option<String>,
    record: Vec<MessageOut>,
    /// What the visitor gave of themselves: `name`, `email`, `phone` and the other fields of a form.
    #[serde(rename = "answerVariables")]
    #[schema(value_type = Object)]
    answer_variables: Map<String, Value>,
}

impl ResponseOut {
    /// `said` is all that was said in `conversation`, oldest first; `answers` what its visitor gave.
    pub fn new(
        conversation: Conversation,
        said: Vec<TranscriptEntry>,
        answers: Map<String, Value>,
    ) -> Self {
        let Conversation {
            id,
            chatbot_id: _,
            workspace_id: _,
            dialect: _,
            visitor_id,
            origin: _,
            session_id,
            status: _,
            handoff: _,
            overall_rating: _,
            message_count: _,
            assignee: _,
            direct_messages: _,
            text_bytes: _,
            lead_ids: _,
            first_message: _,
            created_at: _,
            updated_at: _,
            handoff_at: _,
            handoff_reason: _,
            customer_email: _,
        } = conversation;
        Self {
            id: id.to_string(),
            chat_session_id: session_id.unwrap_or_else(|| id.to_string()),
            visitor_id,
            chat_date: None,
            record: TranscriptMessage::of(said).into_iter().map(Into::into).collect(),
            answer_variables: answers,
        }
    }
}

/// A message in a record.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = conferbot::RecordOut)]
struct MessageOut {
    #[serde(rename = "type")]
    #[schema(schema_with = sender)]
    sender: &'static str,
    message: String,
    #[schema(schema_with = schema::time)]
    time: String,
}

const USER: &str = "user";
const BOT: &str = "bot";

fn sender() -> Object {
    schema::one_of([USER, BOT])
}

impl From<TranscriptMessage> for MessageOut {
    fn from(from: TranscriptMessage) -> Self {
        // A member answers in the bot's place.
        let sender = match from.speaker {
            Speaker::Visitor => USER,
            Speaker::Chatbot | Speaker::Member => BOT,
        };
        Self { sender, message: from.text, time: from.created_at.to_string() }
    }
}
