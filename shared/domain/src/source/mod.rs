//! Knowledge sources: what a chatbot has been given to read.

mod page;

pub use page::{Chunk, ChunkKind, Page, PageState, Retry, Snapshot};

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Chatbot, ChatbotId, CrawlId, Error, Result, SourceId, Timestamp, WorkspaceId, bounds};

/// How many pages one URL source may have, whatever the plan.
pub const MAX_PAGES: u32 = 5_000;
/// How many pages a source has that was crawled before plans had a say.
pub const FORMER_PAGES: u32 = 50;
/// Pages that a crawl leaves out and lists, with the reason; of more, nothing is known.
pub const MAX_LEFT_OUT: u32 = 1_000;
/// How many links away from the given page a crawl goes.
pub const MAX_DEPTH: u8 = 10;
/// How many passages the sources of one chatbot may have together: what a function searches in memory.
pub const MAX_PASSAGES: u32 = 200_000;
/// How many bytes an uploaded file may have.
pub const MAX_FILE_BYTES: usize = 10 * 1024 * 1024;
/// For how long a file may be sent whose source is there already.
pub const UPLOAD_TIME: Duration = Duration::from_secs(15 * 60);
/// How much longer it is waited for: one that is on its way by then may arrive.
pub const UPLOAD_GRACE: Duration = Duration::from_secs(5 * 60);
/// A copy that has come to no end is looked at again after this time.
pub const COPY_LEASE: Duration = Duration::from_secs(5 * 60);
/// A small crawl that has not finished by then is called off; what answered before stays.
const CRAWL_TIME: Duration = Duration::from_secs(60 * 60);
/// How much longer a crawl has for each page beyond [`FORMER_PAGES`] that it may read.
const PAGE_TIME: Duration = Duration::from_secs(4);

/// After this time a crawl that may read `max_pages` pages is called off.
pub fn crawl_time(max_pages: u32) -> Duration {
    CRAWL_TIME + PAGE_TIME * max_pages.saturating_sub(FORMER_PAGES)
}

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

/// The state of a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceStatus {
    /// Requested, not begun.
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
    /// Its state.
    pub status: SourceStatus,
    /// Why the last crawl failed; user-facing.
    pub reason: Option<String>,
    /// How often it is crawled by itself.
    pub sync: SyncFrequency,
    /// The crawl that is under way, or the last one.
    pub job: CrawlId,
    /// The crawl whose pages answer now.
    pub live_crawl: Option<CrawlId>,
    /// Passages that answer now.
    pub chunk_count: u32,
    /// Words in them.
    pub word_count: u32,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it last became ready.
    pub synced_at: Option<Timestamp>,
    /// What it was copied from, if it was.
    pub copied_from: Option<CopiedFrom>,
    /// How many pages the crawl under way, or the last one, may read.
    pub max_pages: u32,
    /// How many pages it was to read, those that are read included.
    pub pages: u32,
    /// How many of them wait; `None` if no crawl counted them.
    pub queued: Option<u32>,
    /// How many of them were read.
    pub pages_read: u32,
    /// How many of them could not be read, or are gone.
    pub pages_failed: u32,
    /// How many pages were left out, up to [`MAX_LEFT_OUT`] and those that ask for it.
    pub pages_left_out: u32,
}

/// The source that another one is a copy of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopiedFrom {
    /// Whose it is.
    pub chatbot_id: ChatbotId,
    /// The source.
    pub source_id: SourceId,
    /// The crawl of the copy that takes its pages over.
    pub job: CrawlId,
    /// When the copy was requested.
    pub requested_at: Timestamp,
}

/// How far a crawl is, in pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CrawlProgress {
    /// That are known of.
    pub found: u32,
    /// That were read.
    pub read: u32,
    /// That could not be read, or are gone.
    pub failed: u32,
    /// That wait to be read.
    pub left: u32,
    /// That are left out: over the plan's budget, too many links away, not to be indexed.
    pub left_out: u32,
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

impl Source {
    /// A source of `chatbot` whose first crawl is queued: its first page is
    /// [`Page::first`] of it.
    pub fn queued(
        chatbot: &Chatbot,
        kind: SourceKind,
        name: String,
        sync: SyncFrequency,
        now: Timestamp,
    ) -> Self {
        Self {
            id: SourceId::new(),
            chatbot_id: chatbot.id,
            workspace_id: chatbot.workspace_id,
            kind,
            name,
            file: None,
            status: SourceStatus::Pending,
            reason: None,
            sync,
            job: CrawlId::new(),
            live_crawl: None,
            chunk_count: 0,
            word_count: 0,
            created_at: now,
            synced_at: None,
            copied_from: None,
            max_pages: FORMER_PAGES,
            pages: 1,
            queued: Some(1),
            pages_read: 0,
            pages_failed: 0,
            pages_left_out: 0,
        }
    }

    /// The copy of `self`, which answers from `crawl`, for `copy`: with its settings, and as yet
    /// without what it knows. It is the same one however often it is made.
    pub fn copy_for(&self, copy: &ChatbotCopy, crawl: Option<CrawlId>) -> Self {
        let id = SourceId::copied(self.id, copy.chatbot_id);
        let job = CrawlId::copied(crawl.unwrap_or(self.job), id);
        Self {
            id,
            chatbot_id: copy.chatbot_id,
            file: self.file.clone().map(|file| SourceFile { awaited_until: None, ..file }),
            status: SourceStatus::Pending,
            reason: None,
            job,
            live_crawl: None,
            chunk_count: 0,
            word_count: 0,
            synced_at: None,
            pages: 1,
            queued: Some(1),
            pages_read: 0,
            pages_failed: 0,
            pages_left_out: 0,
            copied_from: Some(CopiedFrom {
                chatbot_id: self.chatbot_id,
                source_id: self.id,
                job,
                requested_at: copy.requested_at,
            }),
            ..self.clone()
        }
    }

    /// What it is being copied from, until what that knows is here.
    pub fn copying_from(&self) -> Option<&CopiedFrom> {
        self.copied_from.as_ref().filter(|from| self.is_crawling() && from.job == self.job)
    }

    /// How far the crawl of a site is; `None` of a pair, and of a crawl that was not counted.
    pub fn progress(&self) -> Option<CrawlProgress> {
        let queued = self.queued.filter(|_| self.kind != SourceKind::Qa)?;
        let left = if self.is_crawling() { queued } else { 0 };
        let (read, failed) = (self.pages_read, self.pages_failed);
        let left_out = self.pages_left_out;
        Some(CrawlProgress { found: read + failed + left + left_out, read, failed, left, left_out })
    }

    /// The source of a Q&A pair of `words` words, which answers at once.
    pub fn of_pair(chatbot: &Chatbot, pair: &QaPair, words: u32, now: Timestamp) -> Self {
        let name = pair.question.clone();
        let new = Self::queued(chatbot, SourceKind::Qa, name, SyncFrequency::Manual, now);
        Self {
            status: SourceStatus::Ready,
            live_crawl: Some(new.job),
            chunk_count: 1,
            word_count: words,
            synced_at: Some(now),
            pages: 0,
            queued: None,
            ..new
        }
    }

    /// Whether a crawl is under way.
    pub fn is_crawling(&self) -> bool {
        matches!(self.status, SourceStatus::Pending | SourceStatus::Processing)
    }
}

/// A chatbot that is being filled with the knowledge of another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatbotCopy {
    /// Whose both are.
    pub workspace_id: WorkspaceId,
    /// The copy.
    pub chatbot_id: ChatbotId,
    /// What it is a copy of.
    pub original_id: ChatbotId,
    /// When it was requested.
    pub requested_at: Timestamp,
}

/// A Q&A pair, its bounds checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QaPair {
    /// What visitors ask.
    pub question: String,
    /// Other ways to ask it, up to [`bounds::ALTERNATIVES`].
    pub alternatives: Vec<String>,
    /// What they are told, word for word.
    pub answer: String,
}

impl QaPair {
    /// All questions that it answers, its own first.
    pub fn questions(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.question).chain(&self.alternatives).map(String::as_str)
    }

    /// Checks the bounds. Of alternatives that are the same text, or the question, one is kept.
    pub fn new(
        question: Option<&str>,
        alternatives: &[String],
        answer: Option<&str>,
    ) -> Result<Self> {
        let question = bounds::required("question", question)?;
        let answer = bounds::required("answer", answer)?;
        if alternatives.len() > bounds::ALTERNATIVES {
            let most = format!("must have at most {} entries", bounds::ALTERNATIVES);
            return Err(Error::field("alternatives", most));
        }
        let mut others: Vec<String> = Vec::new();
        for alternative in alternatives {
            let text = bounds::text("alternatives", alternative, bounds::QUESTION)?;
            if text != question.trim() && !others.contains(&text) {
                others.push(text);
            }
        }
        Ok(Self {
            alternatives: others,
            question: bounds::text("question", question, bounds::QUESTION)?,
            answer: bounds::text("answer", answer, bounds::ANSWER)?,
        })
    }
}
