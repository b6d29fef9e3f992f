//! What is counted of a chatbot's responses.

use serde::Serialize;
use utoipa::ToSchema;

use crate::schema;

/// What a chatbot's last days were like.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = conferbot::AnalyticsOut)]
pub struct AnalyticsOut {
    total_responses: u64,
    recent_responses: u64,
    #[schema(pattern = r"^\d+d$", example = "30d")]
    period: String,
    daily_counts: Vec<DailyCountOut>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = conferbot::DailyCountOut)]
struct DailyCountOut {
    #[schema(schema_with = schema::day)]
    date: String,
    count: u64,
}

impl AnalyticsOut {
    /// `total` of all time; `daily` of each day of the period, in order.
    pub fn new(total: u64, daily: Vec<(String, u64)>) -> Self {
        Self {
            total_responses: total,
            recent_responses: daily.iter().map(|(_, count)| count).sum(),
            period: format!("{}d", daily.len()),
            daily_counts: daily
                .into_iter()
                .map(|(date, count)| DailyCountOut { date, count })
                .collect(),
        }
    }
}
