use domain::{Source, SourceStatus};
use serde::{Deserialize, Serialize};

/// `POST /api/v1/sources`
#[derive(Debug, Deserialize)]
pub struct SourceIn {
    /// Where to begin.
    pub url: Option<String>,
}

/// `POST /api/v1/sources/rescrape`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RescrapeIn {
    /// The source.
    pub source_id: Option<String>,
}

/// `DELETE /api/v1/sources`
#[derive(Debug, Deserialize)]
pub struct DeleteIn {
    /// The source.
    pub id: Option<String>,
}

/// A source.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceOut {
    id: String,
    url: String,
    status: &'static str,
    /// Passages that answer now.
    document_count: u32,
    created_at: String,
    last_scraped_at: Option<String>,
    /// Why the last scrape failed.
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
            status,
            reason,
            sync: _,
            job: _,
            active_job: _,
            chunk_count,
            word_count: _,
            created_at,
            synced_at,
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
#[derive(Debug, Serialize)]
pub struct SourcesOut {
    /// Newest first.
    pub sources: Vec<SourceOut>,
}

/// A source was added, or was there.
#[derive(Debug, Serialize)]
pub struct AddedSourceOut {
    source: SourceOut,
    message: &'static str,
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
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RescrapeOut {
    source_id: String,
    url: String,
    /// Always `scraping`, as documented.
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

/// `{"deleted": true}`
#[derive(Debug, Serialize)]
pub struct DeletedOut {
    deleted: bool,
}

impl DeletedOut {
    /// It is gone.
    pub const DONE: Self = Self { deleted: true };
}
