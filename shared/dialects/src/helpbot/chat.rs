//! What a visitor's client of HelpBot sends and reads: questions, feedback, handoffs.

use domain::{Citation, Result, Turn, conversation::ChatRequest};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use utoipa::ToSchema;

use super::chatbots::Language;
use crate::one_of::one_of;

one_of! {
    /// Whether an answer helped.
    Helpful, "helpbot.Helpful", String: ["yes", "no"];
}

/// `POST /api/v1/chat`, with a site's key
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = helpbot::ChatIn, example = json!({
    "question": "How do I get started?",
    "sessionId": "session_abc",
}))]
pub struct ChatIn {
    /// The visitor's question.
    #[schema(value_type = String, min_length = 1, max_length = 1000, pattern = r"\S")]
    pub question: Option<String>,
    /// To tie questions together.
    #[schema(max_length = 128)]
    pub session_id: Option<String>,
    /// A BCP 47 tag.
    #[schema(value_type = Option<Language>)]
    pub language: Option<String>,
    /// The site's key, unless it is in the header or the query.
    #[schema(value_type = Option<String>)]
    pub api_key: Option<IgnoredAny>,
}

impl TryFrom<ChatIn> for ChatRequest {
    type Error = domain::Error;

    fn try_from(from: ChatIn) -> Result<Self> {
        let ChatIn { question, session_id, language, api_key: _ } = from;
        Self::question(question.as_deref(), session_id.as_deref(), language.as_deref())
    }
}

/// An answer.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = helpbot::ChatOut, example = json!({
    "answer": "Open an account, then add the address of your FAQ.",
    "sources": ["https://example.com/faq"],
    "conversationId": "550e8400-e29b-41d4-a716-446655440000",
}))]
pub struct ChatOut {
    /// The text.
    answer: String,
    /// Addresses of the pages it was drawn from, each once, best first.
    sources: Vec<String>,
    #[schema(format = "uuid")]
    conversation_id: String,
}

impl From<Turn> for ChatOut {
    fn from(from: Turn) -> Self {
        let sources = sources(&from.citations);
        Self { answer: from.answer, sources, conversation_id: from.conversation_id.to_string() }
    }
}

/// Addresses of the pages that an answer was drawn from, each once, best first.
pub(crate) fn sources(citations: &[Citation]) -> Vec<String> {
    let mut sources: Vec<String> = Vec::new();
    for url in citations.iter().filter_map(|citation| citation.url.as_ref()) {
        if !sources.contains(url) {
            sources.push(url.clone());
        }
    }
    sources
}

/// `POST /api/v1/feedback`
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = helpbot::FeedbackIn, example = json!({
    "conversationId": "550e8400-e29b-41d4-a716-446655440000",
    "helpful": "yes",
}))]
pub struct FeedbackIn {
    /// The conversation whose answer it is about.
    #[schema(value_type = String, format = "uuid")]
    pub conversation_id: Option<String>,
    /// Whether it helped.
    #[schema(value_type = Helpful)]
    pub helpful: Option<String>,
    /// The site's key, unless it is in the header or the query.
    #[schema(value_type = Option<String>)]
    pub api_key: Option<IgnoredAny>,
}

/// `POST /api/v1/handoff`
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = helpbot::HandoffIn, example = json!({
    "conversationId": "550e8400-e29b-41d4-a716-446655440000",
    "customerEmail": "ada@example.com",
}))]
pub struct HandoffIn {
    /// The conversation to hand over.
    #[schema(value_type = String, format = "uuid")]
    pub conversation_id: Option<String>,
    /// Where the visitor can be reached.
    #[schema(format = "email", max_length = 254)]
    pub customer_email: Option<String>,
    /// The site's key, unless it is in the header or the query.
    #[schema(value_type = Option<String>)]
    pub api_key: Option<IgnoredAny>,
}
