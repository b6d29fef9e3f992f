//! Sources as a client of HelpBot sends and reads them.

use domain::{Source, SourceStatus};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use utoipa::{IntoParams, ToSchema};

use crate::one_of::one_of;

one_of! {
    /// The status of a source.
    Status, "helpbot.SourceStatus", String: ["pending", "scraping", "indexed", "failed"];
    /// What a scrape that was just begun is said to be.
    Begun, "helpbot.BegunStatus", String: ["scraping"];
}

/// `POST /api/v1/sources`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = helpbot::SourceIn, example = json!({"url": "https://example.com/faq"}))]
pub struct SourceIn {
    /// Where to begin. An address that is not public is refused.
    #[schema(value_type = String, format = "uri", max_length = 2048, pattern = "^https?://")]
    pub url: Option<String>,
    /// The site's key, unless it is in the header or the query.
    #[schema(value_type = Option<String>)]
    pub api_key: Option<IgnoredAny>,
}

/// `POST /api/v1/sources/rescrape`
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = helpbot::RescrapeIn, example = json!({
    "sourceId": "550e8400-e29b-41d4-a716-446655440000",
}))]
pub struct RescrapeIn {
    /// The source.
    #[schema(value_type = String, format = "uuid")]
    pub source_id: Option<String>,
    /// The site's key, unless it is in the header or the query.
    #[schema(value_type = Option<String>)]
    pub api_key: Option<IgnoredAny>,
}

/// `DELETE /api/v1/sources`
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DeleteIn {
    /// The source.
    #[param(value_type = String, required = true, format = "uuid")]
    pub id: Option<String>,
}

/// A source.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = helpbot::SourceOut, example = json!({
    "id": "550e8400-e29b-41d4-a716-446655440000",
    "url": "https://example.com/faq",
    "status": "indexed",
    "documentCount": 12,
    "createdAt": "2026-02-15T10:30:00.000Z",
    "lastScrapedAt": "2026-02-15T10:31:00.000Z",
    "error": null,
}))]
pub struct SourceOut {
    #[schema(format = "uuid")]
    id: String,
    /// Its address, or the file's name.
    url: String,
    #[schema(value_type = Status)]
    status: &'static str,
    /// Passages that answer now.
    document_count: u32,
    #[schema(format = "date-time")]
    created_at: String,
    #[schema(format = "date-time", required = true)]
    last_scraped_at: Option<String>,
    /// Why the last scrape failed.
    #[schema(required = true)]
    error: Option<String>,
}

impl From<Source> for SourceOut {
    fn from(from: Source) -> Self {
        let Source {
            id,
            chatbot_id: _,
            workspace_id: _,
            kind: _,
            name,
            file: _,
            status,
            reason,
            sync: _,
            job: _,
            live_crawl: _,
            chunk_count,
            word_count: _,
            created_at,
            synced_at,
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
            url: name,
            status: match status {
                SourceStatus::Pending => "pending",
                SourceStatus::Processing => "scraping",
                SourceStatus::Ready => "indexed",
                SourceStatus::Failed => "failed",
            },
            document_count: chunk_count,
            created_at: created_at.to_string(),
            last_scraped_at: synced_at.map(|at| at.to_string()),
            error: reason,
        }
    }
}

/// `GET /api/v1/sources`
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = helpbot::SourcesOut)]
pub struct SourcesOut {
    /// Newest first.
    pub sources: Vec<SourceOut>,
}

/// A source was added, or was there.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = helpbot::AddedSourceOut)]
pub struct AddedSourceOut {
    pub(crate) source: SourceOut,
    pub(crate) message: &'static str,
}

impl From<Source> for AddedSourceOut {
    fn from(from: Source) -> Self {
        let source = SourceOut::from(from);
        let message = match source.status {
            "pending" => "Source added. Poll GET /api/v1/sources until its status is indexed",
            _ => "This URL is a source already",
        };
        Self { source, message }
    }
}

/// A scrape was begun.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = helpbot::RescrapeOut, example = json!({
    "sourceId": "550e8400-e29b-41d4-a716-446655440000",
    "url": "https://example.com/faq",
    "status": "scraping",
    "message": "Scrape begun. Poll GET /api/v1/sources until its status is indexed",
}))]
pub struct RescrapeOut {
    #[schema(format = "uuid")]
    source_id: String,
    url: String,
    /// Always `scraping`, as documented.
    #[schema(value_type = Begun)]
    status: &'static str,
    message: &'static str,
}

impl From<Source> for RescrapeOut {
    fn from(from: Source) -> Self {
        Self {
            source_id: from.id.to_string(),
            url: from.name,
            status: "scraping",
            message: "Scrape begun. Poll GET /api/v1/sources until its status is indexed",
        }
    }
}
