//! HelpBot: one question and its answer a conversation. Camel case; a session ties conversations
//! together.

pub mod insights;

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
        let sources = sources(from.citations);
        Self { answer: from.answer, sources, conversation_id: from.conversation_id.to_string() }
    }
}

/// Addresses of the pages that an answer was drawn from, each once, best first.
fn sources(citations: Vec<Citation>) -> Vec<String> {
    let mut sources: Vec<String> = Vec::new();
    for url in citations.into_iter().filter_map(|citation| citation.url) {
        if !sources.contains(&url) {
            sources.push(url);
        }
    }
    sources
}
