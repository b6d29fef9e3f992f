//! Knowledge sources: what a chatbot has been given to read.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{ChatbotId, Error, JobId, Result, SourceId, Timestamp, WorkspaceId, bounds};

/// How many pages one URL source may have.
pub const MAX_PAGES: u32 = 50;
/// How many links away from the given page a crawl goes.
pub const MAX_DEPTH: u8 = 3;
/// A crawl that has not finished by then is called off; what answered before stays.
pub const CRAWL_TIME: Duration = Duration::from_secs(60 * 60);

/// Where a source comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceKind {
    /// Pages of a site.
    Url,
    /// One question with its answer.
    Qa,
}

impl SourceKind {
    /// The name as stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Url => "url",
            Self::Qa => "qa",
        }
    }
}

/// Where a source stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceStatus {
    /// Asked for, not begun.
    Pending,
    /// At least one page was fetched.
    Processing,
    /// Its last crawl is what answers.
    Ready,
    /// Its last crawl failed; what answered before still does.
    Failed,
}

/// How often a URL source is crawled again by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncFrequency {
    /// Only when asked.
    Manual,
    /// Every 24 hours.
    Daily,
    /// Every 7 days.
    Weekly,
}

impl SyncFrequency {
    /// The name as stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Daily => "daily",
            Self::Weekly => "weekly",
        }
    }

    /// The time between two crawls.
    pub fn period(self) -> Option<Duration> {
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        match self {
            Self::Manual => None,
            Self::Daily => Some(DAY),
            Self::Weekly => Some(DAY * 7),
        }
    }
}

impl std::str::FromStr for SyncFrequency {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        [Self::Manual, Self::Daily, Self::Weekly]
            .into_iter()
            .find(|s| s.name() == text)
            .ok_or_else(|| Error::field("syncFrequency", "must be one of manual, daily, weekly"))
    }
}

/// A source with the figures of what it holds now.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// Its id.
    pub id: SourceId,
    /// The chatbot that reads it.
    pub chatbot_id: ChatbotId,
    /// Whose chatbot that is.
    pub workspace_id: WorkspaceId,
    /// Where it comes from.
    pub kind: SourceKind,
    /// The URL, or the question of a pair.
    pub name: String,
    /// Where it stands.
    pub status: SourceStatus,
    /// Why the last crawl failed.
    pub reason: Option<String>,
    /// How often it is crawled by itself.
    pub sync: SyncFrequency,
    /// The crawl that is under way, or the last one.
    pub job: JobId,
    /// The crawl whose pages answer now.
    pub active_job: Option<JobId>,
    /// Passages that answer now.
    pub chunk_count: u32,
    /// Words in them.
    pub word_count: u32,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last became ready.
    pub synced_at: Option<Timestamp>,
}

/// A page of a crawl.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The source it belongs to.
    pub source_id: SourceId,
    /// The chatbot that reads the source.
    pub chatbot_id: ChatbotId,
    /// Whose chatbot that is.
    pub workspace_id: WorkspaceId,
    /// The crawl it belongs to.
    pub job: JobId,
    /// Its address, without a fragment.
    pub url: String,
    /// Links between it and the source's own address.
    pub depth: u8,
    /// Where it stands.
    pub state: PageState,
    /// Passages found on it.
    pub chunks: u32,
    /// Words in them.
    pub words: u32,
}

/// Where a page of a crawl stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state", content = "reason")]
pub enum PageState {
    /// Its message has not been handled yet.
    Queued,
    /// Its passages are stored.
    Read,
    /// It could not be read; the reason is fit for the owner's eyes.
    Failed(String),
    /// The server says that it is not there (404, 410).
    Gone(String),
}

/// A passage: what is searched and what is quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Stable within a crawl: page and place on it.
    pub id: String,
    /// Its text.
    pub content: String,
    /// Headings above it, outermost first.
    pub headings: Vec<String>,
    /// The page it is on.
    pub url: Option<String>,
    /// The page's title.
    pub title: String,
    /// Estimated model tokens.
    pub tokens: u32,
}

/// A Q&A pair, its bounds checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QaPair {
    /// What visitors ask.
    pub question: String,
    /// What they are told, word for word.
    pub answer: String,
}

impl QaPair {
    /// Checks the bounds.
    pub fn new(question: Option<&str>, answer: Option<&str>) -> Result<Self> {
        let question = bounds::required("question", question)?;
        let answer = bounds::required("answer", answer)?;
        Ok(Self {
            question: bounds::text("question", question, bounds::QUESTION)?,
            answer: bounds::text("answer", answer, bounds::ANSWER)?,
        })
    }
}
