//! What led to an answer.

use domain::{TracedAttempt, TracedBackend, TracedMessage, TracedPassage, TracedSearch, TurnTrace};
use serde::Serialize;
use utoipa::ToSchema;

/// `GET /api/v1/messages/{id}/trace`
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = botplot::TraceOut)]
pub struct TraceOut {
    /// The answer's message.
    #[schema(format = "uuid")]
    message_id: String,
    #[schema(format = "uuid")]
    conversation_id: String,
    /// When the question came.
    #[schema(format = "date-time")]
    asked_at: String,
    question: String,
    /// The question of its own that a model made of a follow-up.
    #[schema(required = true)]
    rewritten: Option<String>,
    /// What was searched, in turn.
    searches: Vec<TraceSearchOut>,
    /// From 0 to 1: how sure the platform was in the end.
    confidence: f64,
    /// From which confidence on the chatbot answers.
    threshold: f64,
    /// What the AI backends were asked, if they were.
    #[schema(required = true)]
    backend: Option<TraceBackendOut>,
    /// What the visitor read.
    answer: String,
    /// Whether nothing relevant was found.
    unanswered: bool,
    /// Milliseconds of the searches, a rewrite included.
    search_ms: u32,
    /// Milliseconds from the question to the complete answer.
    total_ms: u32,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = botplot::TraceSearchOut)]
struct TraceSearchOut {
    /// The text that was searched.
    text: String,
    /// From 0 to 1: how sure it was.
    confidence: f64,
    /// Whether a stored pair was the best.
    pair: bool,
    /// What was found, best first.
    found: Vec<TracePassageOut>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = botplot::TracePassageOut)]
struct TracePassageOut {
    #[schema(format = "uuid")]
    source_id: String,
    title: String,
    #[schema(required = true)]
    url: Option<String>,
    /// How well it fits, to be compared within its search alone.
    score: f64,
    /// Its beginning.
    quote: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = botplot::TraceBackendOut)]
struct TraceBackendOut {
    /// What the last one was asked, without keys and headers.
    prompt: Vec<TraceMessageOut>,
    /// The requests, in order.
    attempts: Vec<TraceAttemptOut>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = botplot::TraceMessageOut)]
struct TraceMessageOut {
    role: String,
    text: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = botplot::TraceAttemptOut)]
struct TraceAttemptOut {
    #[schema(format = "uuid")]
    integration_id: String,
    /// The sort of backend, such as `openai_compatible`.
    kind: &'static str,
    #[schema(required = true)]
    model: Option<String>,
    /// Milliseconds to its first text.
    #[schema(required = true)]
    first_text_ms: Option<u32>,
    /// Milliseconds to its end.
    total_ms: u32,
    /// Why it failed, if it did.
    #[schema(required = true)]
    error: Option<String>,
}

impl From<TurnTrace> for TraceOut {
    fn from(from: TurnTrace) -> Self {
        let TurnTrace {
            message_id,
            conversation_id,
            chatbot_id: _,
            asked_at,
            question,
            rewritten,
            searches,
            confidence,
            threshold,
            backend,
            answer,
            unanswered,
            search_ms,
            total_ms,
        } = from;
        Self {
            message_id: message_id.to_string(),
            conversation_id: conversation_id.to_string(),
            asked_at: asked_at.to_string(),
            question,
            rewritten,
            searches: searches.into_iter().map(Into::into).collect(),
            confidence,
            threshold,
            backend: backend.map(Into::into),
            answer,
            unanswered,
            search_ms,
            total_ms,
        }
    }
}

impl From<TracedSearch> for TraceSearchOut {
    fn from(from: TracedSearch) -> Self {
        let TracedSearch { text, confidence, is_pair, found } = from;
        let found = found.into_iter().map(Into::into).collect();
        Self { text, confidence, pair: is_pair, found }
    }
}

impl From<TracedPassage> for TracePassageOut {
    fn from(from: TracedPassage) -> Self {
        let TracedPassage { citation, score, quote } = from;
        let (title, url) = (citation.title, citation.url.map(|url| url.to_string()));
        Self { source_id: citation.source_id.to_string(), title, url, score, quote }
    }
}

impl From<TracedBackend> for TraceBackendOut {
    fn from(from: TracedBackend) -> Self {
        let TracedBackend { prompt, attempts } = from;
        let message = |TracedMessage { role, text }: TracedMessage| TraceMessageOut { role, text };
        Self {
            prompt: prompt.into_iter().map(message).collect(),
            attempts: attempts.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<TracedAttempt> for TraceAttemptOut {
    fn from(from: TracedAttempt) -> Self {
        let TracedAttempt { integration_id, kind, model, first_text_ms, total_ms, error } = from;
        let (integration_id, kind) = (integration_id.to_string(), kind.name());
        Self { integration_id, kind, model, first_text_ms, total_ms, error }
    }
}
