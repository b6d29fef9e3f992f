//! What a client of BotPlot sends and reads.

use domain::{Error, Result, Turn, conversation::ChatRequest};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::error::ErrorOut;
use crate::one_of::one_of;

one_of! {
    /// What an answer is worth.
    Rating, "botplot.Rating", Integer: [1, -1];
}

/// `POST /api/v1/chat` and `/chat/stream`
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = botplot::ChatIn, example = json!({"message": "What is your return policy?"}))]
pub struct ChatIn {
    /// The user's message.
    #[schema(value_type = String, min_length = 1, max_length = 4000, pattern = r"\S")]
    pub message: Option<String>,
    /// To go on with a conversation; without one a new one begins.
    #[schema(format = "uuid")]
    pub conversation_id: Option<String>,
    /// The client's own id of the visitor.
    #[schema(max_length = 128)]
    pub visitor_id: Option<String>,
}

impl TryFrom<ChatIn> for ChatRequest {
    type Error = Error;

    fn try_from(from: ChatIn) -> Result<Self> {
        let ChatIn { message, conversation_id, visitor_id } = from;
        Self::new(message.as_deref(), conversation_id.as_deref(), visitor_id.as_deref())
    }
}

/// An answer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = botplot::ChatOut, example = json!({
    "response": "Our return policy allows returns within 30 days of purchase...",
    "conversationId": "550e8400-e29b-41d4-a716-446655440000",
    "messageId": "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    "sources": 3,
}))]
pub struct ChatOut {
    /// The text; once a person was requested, that person will answer.
    response: String,
    /// The conversation, also when it is new.
    #[schema(format = "uuid")]
    conversation_id: String,
    /// The answer's message.
    #[schema(format = "uuid")]
    message_id: String,
    /// How many passages it was drawn from.
    sources: usize,
}

impl From<Turn> for ChatOut {
    fn from(from: Turn) -> Self {
        Self {
            response: from.answer,
            conversation_id: from.conversation_id.to_string(),
            message_id: from.id.to_string(),
            sources: from.citations.len(),
        }
    }
}

/// `POST /api/v1/conversations/{id}/handoff`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = botplot::HandoffIn, example = json!({"reason": "I would like to talk to somebody"}))]
pub struct HandoffIn {
    /// Why a person is requested.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

/// `POST /api/v1/messages/{id}/rating`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = botplot::RatingIn, example = json!({"rating": 1}))]
pub struct RatingIn {
    /// 1 or -1.
    #[schema(value_type = Rating)]
    pub rating: Option<i64>,
}

/// One event of a streamed answer, as the document shows it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::StreamEvent)]
pub struct StreamEventOut {
    /// JSON with a `type`: `token` has `content`; `done` has `messageId` and `conversationId`; `error`
    /// has `code` and `error`.
    pub data: String,
}

/// What is in the data of one event.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum StreamOut {
    /// A piece of the answer.
    Token {
        /// The piece, white space included.
        content: String,
    },
    /// The end of it.
    #[serde(rename_all = "camelCase")]
    Done {
        /// The answer's message.
        message_id: String,
        /// Its conversation.
        conversation_id: String,
    },
    /// It broke off.
    Error {
        /// As in an error body.
        code: String,
        /// As in an error body.
        error: String,
    },
}

impl From<&Turn> for StreamOut {
    fn from(turn: &Turn) -> Self {
        Self::Done {
            message_id: turn.id.to_string(),
            conversation_id: turn.conversation_id.to_string(),
        }
    }
}

impl From<&Error> for StreamOut {
    fn from(error: &Error) -> Self {
        let ErrorOut { error, code } = error.into();
        Self::Error { code: code.to_owned(), error }
    }
}
