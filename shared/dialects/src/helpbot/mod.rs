//! HelpBot: one question and its answer a conversation. Camel case; a session ties conversations
//! together.

pub mod config;
pub mod insights;
mod sources;
pub mod webhook;

pub use sources::{
    AddedSourceOut, DeleteIn, DeletedOut, RescrapeIn, RescrapeOut, SourceIn, SourceOut, SourcesOut,
};

use domain::{Citation, Result, Turn, conversation::Ask};
use serde::{Deserialize, Serialize};

/// `POST /api/v1/chat`, with a site's key
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatIn {
    /// Up to 1000 characters.
    pub question: Option<String>,
    /// To tie questions together.
    pub session_id: Option<String>,
    /// BCP 47.
    pub language: Option<String>,
}

impl TryFrom<ChatIn> for Ask {
    type Error = domain::Error;

    fn try_from(from: ChatIn) -> Result<Self> {
        let ChatIn { question, session_id, language } = from;
        Self::question(question.as_deref(), session_id.as_deref(), language.as_deref())
    }
}

/// An answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatOut {
    answer: String,
    /// Addresses of the pages it was drawn from, each once, best first.
    sources: Vec<String>,
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
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FeedbackIn {
    /// The conversation whose answer it is about.
    pub conversation_id: Option<String>,
    /// `yes` or `no`.
    pub helpful: Option<String>,
}

/// `POST /api/v1/handoff`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HandoffIn {
    /// The conversation to hand over.
    pub conversation_id: Option<String>,
    /// Where the visitor can be reached.
    pub customer_email: Option<String>,
}

/// `{"success": true}`
#[derive(Debug, Serialize)]
pub struct SuccessOut {
    success: bool,
}

impl SuccessOut {
    /// It was done.
    pub const DONE: Self = Self { success: true };
}
