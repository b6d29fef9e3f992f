//! Conversations as rows of one question and its answer.

use domain::{Conversation, HandoffStatus, ListPage, Turn};
use serde::Serialize;
use utoipa::ToSchema;

use super::chat::{Helpful, sources};
use crate::one_of::one_of;

one_of! {
    /// Which conversations are wanted.
    Filter, "helpbot.Filter", String: ["all", "unanswered", "handoff", "helpful", "unhelpful"];
    /// Which end of a list comes first.
    Sort, "helpbot.Sort", String: ["newest", "oldest"];
}

/// `GET /api/v1/conversations`, with a site's key
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = helpbot::ConversationsOut)]
pub struct ConversationsOut {
    conversations: Vec<RowOut>,
    total_docs: u64,
    page: u32,
    /// None where there is no conversation.
    total_pages: u64,
    limit: u32,
}

impl ConversationsOut {
    /// A page of `total` conversations, each with its first turn.
    pub fn new(rows: Vec<(Conversation, Turn)>, total: u64, page: ListPage) -> Self {
        Self {
            conversations: rows.into_iter().map(|(of, first)| RowOut::new(of, first)).collect(),
            total_docs: total,
            page: page.number,
            total_pages: total.div_ceil(u64::from(page.rows.max(1))),
            limit: page.rows,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = helpbot::ConversationRowOut, example = json!({
    "id": "550e8400-e29b-41d4-a716-446655440000",
    "sessionId": "session_abc",
    "question": "How do I get started?",
    "answer": "Open an account, then add the address of your FAQ.",
    "sources": ["https://example.com/faq"],
    "helpful": "yes",
    "handoff": false,
    "unanswered": false,
    "createdAt": "2026-02-15T10:30:00.000Z",
}))]
struct RowOut {
    #[schema(format = "uuid")]
    id: String,
    #[schema(required = true)]
    session_id: Option<String>,
    question: String,
    answer: String,
    sources: Vec<String>,
    /// Null until it was rated.
    #[schema(value_type = Option<Helpful>, required = true)]
    helpful: Option<&'static str>,
    handoff: bool,
    unanswered: bool,
    #[schema(format = "date-time")]
    created_at: String,
}

impl RowOut {
    fn new(of: Conversation, first: Turn) -> Self {
        let Turn {
            id: _,
            question_id: _,
            conversation_id: _,
            chatbot_id: _,
            workspace_id: _,
            question,
            answer,
            citations,
            confidence: _,
            unanswered,
            backend: _,
            rating,
            rated_at: _,
            asked_at: _,
            answered_at: _,
        } = first;
        Self {
            id: of.id.to_string(),
            session_id: of.session_id,
            question,
            answer,
            sources: sources(&citations),
            helpful: rating.map(|rating| if rating > 0 { "yes" } else { "no" }),
            handoff: of.handoff == HandoffStatus::Requested,
            unanswered,
            created_at: of.created_at.to_string(),
        }
    }
}
