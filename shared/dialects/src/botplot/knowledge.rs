//! Knowledge sources and their passages.

use domain::{
    Result, Source, SourceKind, SourceStatus, SyncFrequency,
    source::{Chunk, CrawlProgress, Page, PageState, QaPair},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::one_of::one_of;

one_of! {
    /// Where a source comes from.
    Kind, "botplot.SourceType", String:
        [SourceKind::Url, SourceKind::Qa, SourceKind::File].map(SourceKind::name);
    /// The status of a source.
    Status, "botplot.SourceStatus", String: ["processing", "ready", "failed"];
    /// The status of a page of a source.
    PageStatus, "botplot.PageStatus", String: PageState::NAMES;
    /// What a crawl that was just begun is said to be.
    Begun, "botplot.BegunStatus", String: ["processing"];
    /// How often a source is crawled again by itself.
    Sync, "botplot.SyncFrequency", String:
        [SyncFrequency::Manual, SyncFrequency::Daily, SyncFrequency::Weekly]
            .map(SyncFrequency::name);
}

/// `POST /api/v1/knowledge/url`
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = botplot::UrlSourceIn, example = json!({
    "url": "https://example.com/docs",
    "syncFrequency": "daily",
}))]
pub struct UrlSourceIn {
    /// Where to begin. An address that is not public is refused.
    #[schema(value_type = String, format = "uri", max_length = 2048, pattern = "^https?://")]
    pub url: Option<String>,
    /// How often it is crawled again by itself; default `manual`.
    #[schema(value_type = Option<Sync>)]
    pub sync_frequency: Option<String>,
}

/// `POST /api/v1/knowledge/qa`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = botplot::QaSourceIn, example = json!({
    "question": "What are your hours?",
    "answer": "We are open Monday-Friday, 9am-5pm EST.",
}))]
pub struct QaSourceIn {
    /// What visitors ask.
    #[schema(value_type = String, min_length = 1, max_length = 1000, pattern = r"\S")]
    pub question: Option<String>,
    /// What they are told.
    #[schema(value_type = String, min_length = 1, max_length = 10000, pattern = r"\S")]
    pub answer: Option<String>,
    /// Other ways to ask it (ours).
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>, max_items = 20)]
    pub alternatives: Option<Vec<String>>,
}

impl TryFrom<QaSourceIn> for QaPair {
    type Error = domain::Error;

    fn try_from(from: QaSourceIn) -> Result<Self> {
        let QaSourceIn { question, answer, alternatives } = from;
        let alternatives = alternatives.unwrap_or_default();
        Self::new(question.as_deref(), &alternatives, answer.as_deref())
    }
}

/// A source was added.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = botplot::AddedSourceOut, example = json!({
    "sourceId": "550e8400-e29b-41d4-a716-446655440000",
    "status": "processing",
}))]
pub struct AddedSourceOut {
    /// Its id.
    #[schema(format = "uuid")]
    pub source_id: String,
    /// Always `processing`, as documented; get the source to see its status.
    #[schema(value_type = Begun)]
    pub status: &'static str,
}

/// A crawl was begun.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::RecrawlOut, example = json!({
    "success": true,
    "status": "processing",
}))]
pub struct RecrawlOut {
    /// Always true.
    pub success: bool,
    /// Always `processing`, as documented.
    #[schema(value_type = Begun)]
    pub status: &'static str,
}

/// A source.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = botplot::SourceOut, example = json!({
    "id": "550e8400-e29b-41d4-a716-446655440000",
    "type": "url",
    "name": "https://example.com",
    "status": "ready",
    "chunkCount": 12,
    "wordCount": 4500,
    "syncFrequency": "daily",
    "createdAt": "2026-02-15T10:30:00.000Z",
}))]
pub struct SourceOut {
    #[schema(format = "uuid")]
    id: String,
    #[serde(rename = "type")]
    #[schema(value_type = Kind)]
    kind: &'static str,
    /// Its address, its question, or the file's name.
    name: String,
    #[schema(value_type = Status)]
    status: &'static str,
    /// Passages that answer now.
    chunk_count: u32,
    word_count: u32,
    #[schema(value_type = Sync)]
    sync_frequency: &'static str,
    #[schema(format = "date-time")]
    created_at: String,
    /// Why the last crawl failed; ours, and only there when it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    error: Option<String>,
}

impl From<Source> for SourceOut {
    fn from(from: Source) -> Self {
        let Source {
            id,
            chatbot_id: _,
            workspace_id: _,
            kind,
            name,
            file: _,
            status,
            reason,
            sync,
            job: _,
            live_crawl: _,
            chunk_count,
            word_count,
            created_at,
            synced_at: _,
            copied_from: _,
            max_pages: _,
            pages: _,
            queued: _,
            pages_read: _,
            pages_failed: _,
            pages_left_out: _,
        } = from;
        Self {
            id: id.to_string(),
            kind: kind.name(),
            name,
            status: match status {
                SourceStatus::Pending | SourceStatus::Processing => "processing",
                SourceStatus::Ready => "ready",
                SourceStatus::Failed => "failed",
            },
            chunk_count,
            word_count,
            sync_frequency: sync.name(),
            created_at: created_at.to_string(),
            error: reason,
        }
    }
}

/// How far the crawl of a source is, or how far the last one came, in pages; ours.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = botplot::ProgressOut)]
pub struct ProgressOut {
    /// That are known of.
    found: u32,
    /// That were read.
    read: u32,
    /// That could not be read, or are gone.
    failed: u32,
    /// That wait to be read.
    left: u32,
    /// That are left out; the list of pages says why.
    left_out: u32,
}

impl From<CrawlProgress> for ProgressOut {
    fn from(from: CrawlProgress) -> Self {
        let CrawlProgress { found, read, failed, left, left_out } = from;
        Self { found, read, failed, left, left_out }
    }
}

/// `GET /api/v1/knowledge`
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::SourcesOut)]
pub struct SourcesOut {
    /// Newest first.
    pub sources: Vec<SourceOut>,
}

/// A source by itself.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::SourceWithProgressOut)]
pub struct SourceWithProgressOut {
    #[serde(flatten)]
    source: SourceOut,
    /// How far its crawl is; ours, and not there for a pair.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = ProgressOut, required = false)]
    progress: Option<ProgressOut>,
}

impl From<Source> for SourceWithProgressOut {
    fn from(from: Source) -> Self {
        let progress = from.progress().map(ProgressOut::from);
        Self { source: from.into(), progress }
    }
}

/// `GET /api/v1/knowledge/{sourceId}`
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::SourceDetailOut)]
pub struct SourceDetailOut {
    /// The source.
    pub source: SourceWithProgressOut,
    /// Its passages, as many as one answer has room for.
    pub chunks: Vec<ChunkOut>,
    /// The `offset` at which the next ones begin, if there are more.
    #[serde(rename = "nextOffset", skip_serializing_if = "Option::is_none")]
    pub next_offset: Option<u32>,
}

/// A passage.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = botplot::ChunkOut)]
pub struct ChunkOut {
    /// Stable until the next crawl.
    id: String,
    content: String,
    /// In tokens of the vocabulary `cl100k_base`.
    token_count: u32,
}

impl From<Chunk> for ChunkOut {
    fn from(from: Chunk) -> Self {
        let Chunk { id, content, headings: _, url: _, title: _, tokens, kind: _, language: _ } =
            from;
        Self { id, content, token_count: tokens }
    }
}

/// `GET /api/v1/knowledge/{sourceId}/pages`
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::PagesOut)]
pub struct PagesOut {
    /// Those nearest to the source's own address first.
    pub pages: Vec<PageOut>,
    /// How many there are, whatever the page of the list.
    pub total: u64,
}

/// A page of a source, as the crawl under way or the last one has it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = botplot::PageOut, example = json!({
    "url": "https://example.com/docs/returns",
    "status": "failed",
    "reason": "the server answered 503",
    "depth": 1,
    "hash": "1-9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "lastGoodAt": "2026-02-15T10:30:00.000Z",
    "chunkCount": 4,
    "wordCount": 310,
}))]
pub struct PageOut {
    /// Its address, or the file's name.
    url: String,
    #[schema(value_type = PageStatus)]
    status: &'static str,
    /// Why it could not be read, is gone, is left out, or answers through another page.
    #[schema(required = true)]
    reason: Option<String>,
    /// Links between it and the source's own address; what only a sitemap lists counts as 1.
    depth: u8,
    /// Of what its last good copy says; the same hash means the same text.
    #[schema(required = true)]
    hash: Option<String>,
    /// When its server last gave that copy, or said that it had not changed.
    #[schema(required = true, format = "date-time")]
    last_good_at: Option<String>,
    /// Passages of it that answer, or will once the crawl has ended.
    chunk_count: u32,
    word_count: u32,
}

impl From<Page> for PageOut {
    fn from(from: Page) -> Self {
        let Page {
            source_id: _,
            chatbot_id: _,
            workspace_id: _,
            job: _,
            url,
            depth,
            state,
            chunks,
            words,
            snapshot,
            stored: _,
            retry,
        } = from;
        let (hash, at) = snapshot.map(|s| (s.hash, s.at.to_string())).unzip();
        Self {
            url,
            status: state.name(),
            reason: state.reason().or(retry.map(|retry| retry.reason)),
            depth,
            hash,
            last_good_at: at,
            chunk_count: chunks,
            word_count: words,
        }
    }
}
