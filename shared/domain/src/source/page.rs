//! Pages of a crawl and the passages that are cut from them.

use serde::{Deserialize, Serialize};

use super::Source;
use crate::{ChatbotId, CrawlId, SourceId, Timestamp, WorkspaceId};

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
    pub job: CrawlId,
    /// Its address, without a fragment; of a file, its name.
    pub url: String,
    /// Links between it and the source's own address.
    pub depth: u8,
    /// Its state.
    pub state: PageState,
    /// Passages of it that answer, or will once the crawl has ended.
    pub chunks: u32,
    /// Words in them.
    pub words: u32,
    /// Its last good snapshot, if there is one: what was read now, or is kept while it can't be read.
    pub snapshot: Option<Snapshot>,
    /// Whether the passages are stored with this crawl; those of an unchanged page stay with the
    /// crawl that answers until another page makes a new index necessary.
    pub stored: bool,
    /// When it is to be tried again, if it waits for that.
    pub retry: Option<Retry>,
}

impl Page {
    /// The first page of the crawl `job` of `source`, queued: its URL, or its file.
    pub fn first(source: &Source, job: CrawlId) -> Self {
        Self {
            source_id: source.id,
            chatbot_id: source.chatbot_id,
            workspace_id: source.workspace_id,
            job,
            url: source.name.clone(),
            depth: 0,
            state: PageState::Queued,
            chunks: 0,
            words: 0,
            snapshot: None,
            stored: false,
            retry: None,
        }
    }

    /// A page at `url` of the same crawl, queued, `depth` links from the source's own address.
    pub fn queued_beside(&self, url: &str, depth: u8) -> Self {
        Self {
            url: url.to_owned(),
            depth,
            state: PageState::Queued,
            chunks: 0,
            words: 0,
            snapshot: None,
            stored: false,
            retry: None,
            ..self.clone()
        }
    }

    /// What tells its content from that of other pages, if there is any that may answer.
    pub fn content(&self) -> Option<&str> {
        match self.state {
            PageState::Queued | PageState::Gone(_) | PageState::LeftOut(_) => None,
            _ => self.snapshot.as_ref().map(|snapshot| snapshot.hash.as_str()),
        }
    }

    /// Keeps the snapshot of `prior`, the same page of an earlier crawl.
    pub fn keep(&mut self, prior: &Page) {
        self.chunks = prior.chunks;
        self.words = prior.words;
        self.snapshot.clone_from(&prior.snapshot);
        self.stored = false;
    }
}

/// What a page was when it could last be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// SHA-256 of what it says, in hex, whatever is around that.
    pub hash: String,
    /// The `ETag` it came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The `Last-Modified` it came with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
    /// The URL after redirects, if its address redirects.
    #[serde(rename = "found_at", default, skip_serializing_if = "Option::is_none")]
    pub final_url: Option<String>,
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
    /// Why it could not be read; user-facing.
    pub reason: String,
}

/// The state of a page of a crawl.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state", content = "reason")]
pub enum PageState {
    /// Its message has not been handled yet.
    Queued,
    /// Its passages are stored.
    Read,
    /// It could not be read; the reason is user-facing.
    Failed(String),
    /// The server says that it is not there (404, 410).
    Gone(String),
    /// It is no part of what answers: the plan has no room for it, it is too many links away, or it
    /// asks not to be indexed. The reason is user-facing.
    LeftOut(String),
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
            Self::LeftOut(_) => "left_out",
        }
    }

    /// The names of all.
    pub const NAMES: [&'static str; 6] =
        ["queued", "read", "failed", "gone", "duplicate", "left_out"];

    /// Why it is in that state; user-facing.
    pub fn reason(&self) -> Option<String> {
        match self {
            Self::Queued | Self::Read => None,
            Self::Failed(reason) | Self::Gone(reason) | Self::LeftOut(reason) => {
                Some(reason.clone())
            }
            Self::Duplicate(of) => Some(format!("says the same as {of}")),
        }
    }
}

/// What a passage mostly is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChunkKind {
    /// Prose and lists without an order.
    #[default]
    Text,
    /// Rows of a table.
    Table,
    /// Steps, one after the other.
    Steps,
    /// Code.
    Code,
    /// A question with its answer.
    Pair,
}

impl ChunkKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Text, Self::Table, Self::Steps, Self::Code, Self::Pair];

    /// The name as shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Table => "table",
            Self::Steps => "steps",
            Self::Code => "code",
            Self::Pair => "pair",
        }
    }

    /// Whether it is what a passage is unless said otherwise.
    pub fn is_text(&self) -> bool {
        *self == Self::Text
    }
}

/// A passage: what is searched and what is quoted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
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
    /// What it mostly is; text where that was not looked for yet.
    pub kind: ChunkKind,
    /// The language of its page, such as `de-AT`, as far as it is known.
    pub language: Option<String>,
}
