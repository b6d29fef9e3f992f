//! Knowledge sources: what a chatbot has been given to read.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{ChatbotId, Error, JobId, Result, SourceId, Timestamp, WorkspaceId, bounds};

/// How many pages one URL source may have.
pub const MAX_PAGES: u32 = 50;
/// How many links away from the given page a crawl goes.
pub const MAX_DEPTH: u8 = 3;
/// How many bytes an uploaded file may have.
pub const MAX_FILE_BYTES: usize = 10 * 1024 * 1024;
/// For how long a file may be sent whose source is there already.
pub const UPLOAD_TIME: Duration = Duration::from_secs(15 * 60);
/// How much longer it is waited for: one that is on its way by then may arrive.
pub const UPLOAD_GRACE: Duration = Duration::from_secs(5 * 60);
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
    /// A file that was uploaded.
    File,
}

impl SourceKind {
    /// The name as stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Url => "url",
            Self::Qa => "qa",
            Self::File => "file",
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
    /// The URL, the question of a pair, or the file's name.
    pub name: String,
    /// What is known of the file, if it is one.
    pub file: Option<SourceFile>,
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

/// The file of a source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFile {
    /// Its media type, such as `text/plain; charset=iso-8859-1`.
    pub media_type: String,
    /// Its size in bytes, from 1 to [`MAX_FILE_BYTES`].
    pub size: u64,
    /// Until when it is waited for, if the source was there first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub awaited_until: Option<Timestamp>,
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
    /// Its address, without a fragment; of a file, its name.
    pub url: String,
    /// Links between it and the source's own address.
    pub depth: u8,
    /// Where it stands.
    pub state: PageState,
    /// Passages of it that answer, or will once the crawl has ended.
    pub chunks: u32,
    /// Words in them.
    pub words: u32,
    /// Its last good copy, if there is one: what was read now, or is kept while it can't be read.
    pub copy: Option<PageCopy>,
    /// Whether the passages are stored with this crawl; those of an unchanged page stay with the
    /// crawl that answers until another page makes a new index necessary.
    pub stored: bool,
    /// When it is to be tried again, if it waits for that.
    pub retry: Option<Retry>,
}

impl Page {
    /// What tells its content from that of other pages, if there is any that may answer.
    pub fn content(&self) -> Option<&str> {
        match self.state {
            PageState::Queued | PageState::Gone(_) => None,
            _ => self.copy.as_ref().map(|copy| copy.hash.as_str()),
        }
    }

    /// Goes on with the copy of `prior`, the same page of an earlier crawl.
    pub fn keep(&mut self, prior: &Page) {
        self.chunks = prior.chunks;
        self.words = prior.words;
        self.copy.clone_from(&prior.copy);
        self.stored = false;
    }
}

/// The last good copy of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageCopy {
    /// SHA-256 of what it says, in hex, whatever is around that.
    pub hash: String,
    /// The `ETag` it came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The `Last-Modified` it came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
    /// Where it was in the end, if its address redirects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found_at: Option<String>,
    /// When the server last gave it, or said that it had not changed.
    pub at: Timestamp,
}

/// That a page could not be read for a reason that may pass, and is tried again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retry {
    /// How often it could not be read.
    pub tries: u8,
    /// When it is tried again; while it is, when that is taken to have failed.
    pub at: Timestamp,
    /// Why it could not be read, fit for the owner's eyes.
    pub reason: String,
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
    /// It says the same as the page at this address, which answers for both.
    Duplicate(String),
}

impl PageState {
    /// The name as shown.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Read => "read",
            Self::Failed(_) => "failed",
            Self::Gone(_) => "gone",
            Self::Duplicate(_) => "duplicate",
        }
    }

    /// The names of all.
    pub const NAMES: [&'static str; 5] = ["queued", "read", "failed", "gone", "duplicate"];

    /// Why it stands there, fit for the owner's eyes.
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Queued | Self::Read => None,
            Self::Failed(reason) | Self::Gone(reason) => Some(reason.clone()),
            Self::Duplicate(of) => Some(format!("says the same as {of}")),
        }
    }
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
    /// The page it is on, or the file's name.
    pub url: Option<String>,
    /// The page's title.
    pub title: String,
    /// How many tokens it has in the vocabulary `cl100k_base`.
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
