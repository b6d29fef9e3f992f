//! Questions that nothing relevant was found for, as a client of BotPlot lists and answers them.
//! No reference has these.

use domain::{
    Error, Result,
    unanswered::{Group, GroupAnswer},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::one_of::one_of;

one_of! {
    /// Where a pair stands from the first moment on.
    Ready, "botplot.ReadyStatus", String: ["ready"];
}

/// A group of questions that ask the same thing.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = botplot::UnansweredGroupOut, example = json!({
    "id": "550e8400-e29b-51d4-a716-446655440000",
    "question": "Do you ship to Norway?",
    "count": 12,
    "examples": ["Do you ship to Norway?", "shipping Norway"],
    "lastAsked": "2026-02-15",
}))]
pub struct GroupOut {
    #[schema(format = "uuid")]
    id: String,
    /// The one that was asked most.
    question: String,
    /// How often they were asked.
    count: u64,
    /// Different ones among them, most asked first; up to 5.
    examples: Vec<String>,
    /// A UTC day.
    #[schema(format = "date")]
    last_asked: String,
}

impl From<Group> for GroupOut {
    fn from(Group { id, question, count, examples, last_asked }: Group) -> Self {
        Self { id: id.to_string(), question, count, examples, last_asked }
    }
}

/// `GET /api/v1/knowledge/unanswered`
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::UnansweredOut)]
pub struct UnansweredOut {
    /// Most asked first.
    pub groups: Vec<GroupOut>,
    /// How many there are, whatever the page.
    pub total: u64,
}

/// `POST /api/v1/knowledge/unanswered/{groupId}/answer`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = botplot::GroupAnswerIn, example = json!({
    "answer": "Yes, within five working days.",
}))]
pub struct GroupAnswerIn {
    /// What visitors are told.
    #[schema(value_type = String, min_length = 1, max_length = 10000, pattern = r"\S")]
    pub answer: Option<String>,
    /// The question of the pair, unless it is the group's own.
    #[schema(min_length = 1, max_length = 1000, pattern = r"\S")]
    pub question: Option<String>,
}

impl TryFrom<GroupAnswerIn> for GroupAnswer {
    type Error = Error;

    fn try_from(GroupAnswerIn { answer, question }: GroupAnswerIn) -> Result<Self> {
        Self::new(question.as_deref(), answer.as_deref())
    }
}

/// The pair that answers a group.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = botplot::AnsweredGroupOut, example = json!({
    "sourceId": "550e8400-e29b-41d4-a716-446655440000",
    "status": "ready",
}))]
pub struct AnsweredGroupOut {
    /// Its id among the sources.
    #[schema(format = "uuid")]
    pub source_id: String,
    /// It answers from now on.
    #[schema(value_type = Ready)]
    pub status: &'static str,
}
