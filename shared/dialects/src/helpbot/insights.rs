//! Analytics, and conversations as rows of one question and its answer.

use domain::{Conversation, HandoffStatus, Page, Timestamp, Turn};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Helpful, sources};
use crate::{
    one_of::one_of,
    share::{change, whole_percent},
};

one_of! {
    /// The last days, today included, or all there were.
    Range, "helpbot.Range", String: ["7d", "30d", "90d", "all"];
    /// Which conversations are wanted.
    Filter, "helpbot.Filter", String: ["all", "unanswered", "handoff", "helpful", "unhelpful"];
    /// Which end of a list comes first.
    Sort, "helpbot.Sort", String: ["newest", "oldest"];
}

/// What is counted of a period, and of the weeks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Totals {
    /// Questions asked.
    pub questions: u64,
    /// Answers rated up.
    pub helpful: u64,
    /// Answers rated down.
    pub unhelpful: u64,
    /// Conversations in which a person was asked for.
    pub handoffs: u64,
    /// Questions of the last seven days.
    pub this_week: u64,
    /// Questions of the seven before.
    pub last_week: u64,
}

/// `GET /api/v1/analytics/overview`
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = helpbot::OverviewOut, example = json!({
    "range": "30d",
    "totalQuestions": 120,
    "satisfactionRate": 80,
    "helpfulCount": 32,
    "totalFeedback": 40,
    "handoffCount": 6,
    "handoffRate": 5,
    "weekOverWeekChange": 12,
    "credits": {
        "used": 120,
        "limit": 10000,
        "remaining": 9880,
        "resetsAt": "2026-03-01T00:00:00.000Z",
    },
}))]
pub struct OverviewOut {
    #[schema(value_type = Range)]
    range: &'static str,
    total_questions: u64,
    /// Whole percent of those rated.
    #[schema(minimum = 0, maximum = 100)]
    satisfaction_rate: i64,
    helpful_count: u64,
    total_feedback: u64,
    handoff_count: u64,
    /// Whole percent of the questions.
    #[schema(minimum = 0)]
    handoff_rate: i64,
    /// Whole percent, of the questions of the last seven days over those of the seven before.
    week_over_week_change: i64,
    credits: CreditsOut,
}

/// What is left of the month. Where there is no limit, nothing is.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = helpbot::CreditsOut)]
pub struct CreditsOut {
    used: u64,
    /// Null where there is no limit.
    #[schema(required = true)]
    limit: Option<u32>,
    /// Null where there is no limit.
    #[schema(required = true)]
    remaining: Option<u64>,
    #[schema(format = "date-time")]
    resets_at: String,
}

impl CreditsOut {
    /// `used` of `limit`, until `resets_at`.
    pub fn new(used: u64, limit: Option<u32>, resets_at: Timestamp) -> Self {
        let remaining = limit.map(|limit| u64::from(limit).saturating_sub(used));
        Self { used, limit, remaining, resets_at: resets_at.to_string() }
    }
}

impl OverviewOut {
    /// Of the period that is called `range`.
    pub fn new(range: &'static str, totals: Totals, credits: CreditsOut) -> Self {
        let Totals { questions, helpful, unhelpful, handoffs, this_week, last_week } = totals;
        Self {
            range,
            total_questions: questions,
            satisfaction_rate: whole_percent(helpful, helpful + unhelpful),
            helpful_count: helpful,
            total_feedback: helpful + unhelpful,
            handoff_count: handoffs,
            handoff_rate: whole_percent(handoffs, questions),
            week_over_week_change: change(last_week, this_week),
            credits,
        }
    }
}

/// `GET /api/v1/analytics/activity`
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = helpbot::ActivityOut, example = json!({
    "range": "7d",
    "activity": [{"date": "2026-02-15", "count": 12}],
}))]
pub struct ActivityOut {
    /// The period's name.
    #[schema(value_type = Range)]
    pub range: &'static str,
    /// Every day of it, in order.
    pub activity: Vec<ActivityDayOut>,
}

/// A day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = helpbot::ActivityDayOut)]
pub struct ActivityDayOut {
    /// The UTC day.
    #[schema(format = "date")]
    pub date: String,
    /// Questions asked.
    pub count: u64,
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
    pub fn new(rows: Vec<(Conversation, Turn)>, total: u64, page: Page) -> Self {
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
