//! Analytics: what a period was like.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    one_of::one_of,
    share::{percent, ratio},
};

one_of! {
    /// The last days, today included.
    Period, "botplot.Period", String: ["7d", "30d", "90d"];
}

/// What is counted of a period.
#[derive(Debug, Clone, Copy, Default)]
pub struct Totals {
    /// Conversations begun.
    pub conversations: u64,
    /// Questions and answers.
    pub messages: u64,
    /// Different visitors.
    pub visitors: u64,
    /// Leads left.
    pub leads: u64,
    /// Conversations closed.
    pub closed: u64,
    /// Those of them with a handoff.
    pub closed_after_handoff: u64,
}

/// `GET /api/v1/analytics`
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = botplot::AnalyticsOut, example = json!({
    "overview": {
        "totalConversations": 156,
        "totalMessages": 892,
        "uniqueVisitors": 89,
        "avgMessagesPerConversation": 5.7,
        "leadsCollected": 23,
        "conversationsClosed": 104,
        "resolutionRate": 94.2,
    },
    "messagesOverTime": [{"date": "2026-02-15", "messages": 12, "conversations": 5}],
    "topQuestions": [{"question": "What is your pricing?", "count": 8}],
}))]
pub struct AnalyticsOut {
    overview: OverviewOut,
    /// Every day of the period, in order.
    pub messages_over_time: Vec<DayOut>,
    /// Most often asked first.
    pub top_questions: Vec<QuestionOut>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = botplot::OverviewOut)]
struct OverviewOut {
    total_conversations: u64,
    total_messages: u64,
    unique_visitors: u64,
    avg_messages_per_conversation: f64,
    leads_collected: u64,
    /// Those of the period that have ended. The reference does not have it; without it a rate of 0 says
    /// nothing.
    conversations_closed: u64,
    /// Percent of those closed without a handoff.
    #[schema(minimum = 0, maximum = 100)]
    resolution_rate: f64,
}

/// A day.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::DayOut)]
pub struct DayOut {
    /// The UTC day.
    #[schema(format = "date")]
    pub date: String,
    /// Questions and answers.
    pub messages: u64,
    /// Conversations begun.
    pub conversations: u64,
}

/// A question that was asked often.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::QuestionOut)]
pub struct QuestionOut {
    /// As it was first asked.
    pub question: String,
    /// How often.
    pub count: u64,
}

impl AnalyticsOut {
    /// Days and questions are put in by whoever has them.
    pub fn new(totals: Totals) -> Self {
        let Totals { conversations, messages, visitors, leads, closed, closed_after_handoff } =
            totals;
        let resolved = closed.saturating_sub(closed_after_handoff);
        Self {
            overview: OverviewOut {
                total_conversations: conversations,
                total_messages: messages,
                unique_visitors: visitors,
                avg_messages_per_conversation: ratio(messages, conversations),
                leads_collected: leads,
                conversations_closed: closed,
                resolution_rate: percent(resolved, closed),
            },
            messages_over_time: Vec::new(),
            top_questions: Vec::new(),
        }
    }
}

/// `GET /api/v1/analytics/ratings`
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = botplot::RatingsOut, example = json!({
    "summary": {"totalRatings": 45, "positive": 38, "negative": 7, "satisfactionRate": 84.4},
    "ratingsTrend": [{"date": "2026-02-15", "positive": 3, "negative": 1}],
}))]
pub struct RatingsOut {
    summary: SummaryOut,
    /// Every day of the period, in order.
    ratings_trend: Vec<RatingsDayOut>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = botplot::SummaryOut)]
struct SummaryOut {
    total_ratings: u64,
    positive: u64,
    negative: u64,
    /// Percent of them that were up.
    #[schema(minimum = 0, maximum = 100)]
    satisfaction_rate: f64,
}

/// The ratings of a day's answers.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::RatingsDayOut)]
pub struct RatingsDayOut {
    /// The UTC day.
    #[schema(format = "date")]
    pub date: String,
    /// Rated up.
    pub positive: u64,
    /// Rated down.
    pub negative: u64,
}

impl RatingsOut {
    /// From every day of the period, in order.
    pub fn new(ratings_trend: Vec<RatingsDayOut>) -> Self {
        let positive = ratings_trend.iter().map(|day| day.positive).sum();
        let negative = ratings_trend.iter().map(|day| day.negative).sum();
        let summary = SummaryOut {
            total_ratings: positive + negative,
            positive,
            negative,
            satisfaction_rate: percent(positive, positive + negative),
        };
        Self { summary, ratings_trend }
    }
}
