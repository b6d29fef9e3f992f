//! Analytics: what a period was like.

use domain::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    one_of::one_of,
    share::{change, whole_percent},
};

one_of! {
    /// The last days, today included, or all there were.
    Range, "helpbot.Range", String: ["7d", "30d", "90d", "all"];
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
    /// Conversations with a handoff.
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
