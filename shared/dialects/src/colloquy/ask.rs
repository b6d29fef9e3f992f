//! Asking to see: what a question finds and leads to.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::inbox::CitationOut;
use crate::one_of::one_of;

one_of! {
    /// What a question leads to.
    Outcome, "knowledge.Outcome", String: ["small_talk", "pair", "passages", "near", "refused"];
}

/// `POST /api/v1/knowledge/ask`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = knowledge::AskIn, example = json!({"question": "Do you ship to Norway?"}))]
pub struct AskIn {
    /// 1 to 4,000 characters.
    #[schema(value_type = String, min_length = 1, max_length = 4000, pattern = r"\S")]
    pub question: Option<String>,
}

/// What was found and what it leads to.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = knowledge::AskOut)]
pub struct AskOut {
    /// What a visitor would read, if no AI backend is asked.
    pub answer: String,
    #[schema(value_type = Outcome)]
    /// What it leads to.
    pub outcome: &'static str,
    /// From 0 to 1: how likely it is that the best one answers.
    pub confidence: f64,
    /// From which confidence on it answers.
    pub threshold: f64,
    /// From which on it asks whether something near was meant.
    pub near_threshold: f64,
    /// What was searched.
    pub searched: Vec<String>,
    /// Words that were taken for others.
    pub corrections: Vec<CorrectionOut>,
    /// What it asks whether it was meant.
    pub offers: Vec<String>,
    /// What was found, best first.
    pub passages: Vec<AskedPassageOut>,
    /// Whether the chatbot's own AI backends would be asked with these passages.
    pub asks_backends: bool,
}

/// A word that was taken for another.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = knowledge::CorrectionOut)]
pub struct CorrectionOut {
    /// As it was asked.
    pub asked: String,
    /// As it was searched.
    pub searched: String,
}

/// A passage that was found.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = knowledge::AskedPassageOut)]
pub struct AskedPassageOut {
    /// Its source.
    #[schema(format = "uuid")]
    pub source_id: String,
    /// Where it is from.
    #[serde(flatten)]
    pub citation: CitationOut,
    /// What it says.
    pub content: String,
    /// How well it matches, to be compared with others of the same question only.
    pub score: f64,
    /// Whether the answer was drawn from its source.
    pub used: bool,
}
