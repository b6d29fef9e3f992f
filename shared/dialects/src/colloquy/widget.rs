//! What the widget reads and writes for a visitor.

use domain::{Conversation, TranscriptMessage, Widget};
use serde::Serialize;
use utoipa::ToSchema;

use super::inbox::{CitationOut, role, role_of};
use crate::{helpbot::chatbots::ConfigOut, schema};

/// A message, as its visitor reads it: not who exactly answered, nor how sure the platform was.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = widget::MessageOut)]
pub struct MessageOut {
    #[schema(schema_with = schema::id)]
    id: String,
    /// The visitor, the chatbot, or a person of the team.
    #[schema(schema_with = role)]
    role: &'static str,
    /// Who answered, as far as visitors are told; null unless a person did.
    #[schema(required = true)]
    author: Option<String>,
    content: String,
    /// What an answer was drawn from, best first.
    sources: Vec<CitationOut>,
    /// What the chatbot asks whether it was meant.
    offers: Vec<String>,
    /// 1 or -1, for an answer that was rated.
    #[schema(required = true)]
    rating: Option<i8>,
    #[schema(schema_with = schema::time)]
    created_at: String,
}

impl MessageOut {
    /// A message with the questions that it offers.
    pub fn new(from: TranscriptMessage, offers: Vec<String>) -> Self {
        let TranscriptMessage {
            id,
            conversation_id: _,
            speaker,
            member,
            text,
            citations,
            confidence: _,
            unanswered: _,
            rating,
            created_at,
        } = from;
        // The name in a member's address, and not where to write to them.
        let name = |address: String| address.split('@').next().unwrap_or_default().to_owned();
        Self {
            id: id.to_string(),
            role: role_of(speaker),
            author: member.map(name),
            content: text,
            sources: citations.into_iter().map(Into::into).collect(),
            offers,
            rating,
            created_at: created_at.to_string(),
        }
    }
}

/// `GET /api/v1/widget/conversations/{id}/messages`
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = widget::MessagesOut)]
pub struct MessagesOut {
    /// Oldest first. One that came already may come again.
    messages: Vec<MessageOut>,
    /// `handed_off` while a person has the conversation.
    #[schema(schema_with = schema::conversation_status)]
    status: &'static str,
}

impl MessagesOut {
    /// Messages of `conversation`, each with the questions that it offers.
    pub fn new(
        conversation: &Conversation,
        messages: impl IntoIterator<Item = (TranscriptMessage, Vec<String>)>,
    ) -> Self {
        let messages =
            messages.into_iter().map(|(message, offers)| MessageOut::new(message, offers));
        Self { messages: messages.collect(), status: conversation.status.name() }
    }
}

/// `POST /api/v1/widget/conversations/{id}/messages`
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = widget::SentOut)]
pub struct SentOut {
    /// As it is stored.
    pub message: MessageOut,
}

/// `GET /api/v1/widget/config`
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = widget::ConfigOut)]
pub struct WidgetConfigOut {
    /// helpbot's 23 fields.
    #[serde(flatten)]
    config: ConfigOut,
    /// Up to six questions to begin with.
    suggested_questions: Vec<String>,
}

impl WidgetConfigOut {
    /// A widget that suggests these questions.
    pub fn new(widget: Widget, suggested_questions: Vec<String>) -> Self {
        Self { config: widget.into(), suggested_questions }
    }
}
