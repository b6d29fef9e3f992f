use std::collections::BTreeMap;

use domain::{Source, SourceStatus, Timestamp};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use utoipa::{IntoParams, ToSchema};

use crate::one_of::one_of;

one_of! {
    /// Where a source stands.
    Status, "helpbot.SourceStatus", String: ["pending", "scraping", "indexed", "failed"];
    /// How a file is sent.
    UploadMethod, "helpbot.UploadMethod", String: ["PUT"];
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
    /// The site's key, where it stands neither in the header nor in the query.
    #[schema(value_type = Option<String>)]
    pub api_key: Option<IgnoredAny>,
}

/// `POST /api/v1/sources/file`, as `multipart/form-data`
#[derive(Debug, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = helpbot::FileIn, example = json!({"file": "# Returns\nUnused goods go back free."}))]
pub struct FileIn {
    /// HTML, plain text, Markdown, PDF, DOCX, PPTX, XLSX, ODT, EPUB, CSV, TSV, JSON or JSONL, by
    /// its name's ending or its media type; from one byte to 10 MiB.
    #[schema(value_type = String, format = Binary, min_length = 1)]
    pub file: Vec<u8>,
    /// The site's key, where it stands neither in the header nor in the query.
    pub api_key: Option<String>,
}

/// `POST /api/v1/sources/file`, as JSON: what is said of a file that is sent later
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = helpbot::FileLaterIn, example = json!({"name": "handbook.pdf", "size": 8_200_417}))]
pub struct FileLaterIn {
    /// Its name, whose ending says which of these types it is of.
    #[schema(value_type = String, min_length = 1, max_length = 255, pattern = r"\S")]
    pub name: Option<String>,
    /// Its media type, where its name says nothing.
    #[serde(rename = "type")]
    #[schema(rename = "type")]
    pub kind: Option<String>,
    /// How many bytes it has.
    #[schema(value_type = u64, minimum = 1, maximum = 10485760)]
    pub size: Option<u64>,
    /// The site's key, where it stands neither in the header nor in the query.
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
    /// The site's key, where it stands neither in the header nor in the query.
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

/// A file was added, or is waited for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = helpbot::FileSourceOut)]
pub struct FileSourceOut {
    source: SourceOut,
    message: &'static str,
    /// How to send the file, if it was only announced.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = UploadOut, required = false)]
    upload: Option<UploadOut>,
}

impl FileSourceOut {
    /// The file is there.
    pub fn added(source: Source) -> Self {
        let AddedSourceOut { source, message } = source.into();
        Self { source, message, upload: None }
    }

    /// The file is waited for.
    pub fn awaited(source: Source, upload: UploadOut) -> Self {
        let message = "Send the file as upload says, then poll GET /api/v1/sources until its \
                       status is indexed";
        Self { source: source.into(), message, upload: Some(upload) }
    }
}

/// How to send a file: one request, its body the file and nothing else.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = helpbot::UploadOut, example = json!({
    "method": "PUT",
    "url": "https://bucket.s3.eu-central-1.amazonaws.com/0198f3a2/0198f3a4?X-Amz-Expires=900",
    "headers": {},
    "expiresAt": "2026-02-15T10:45:00.000Z",
}))]
pub struct UploadOut {
    #[schema(value_type = UploadMethod)]
    method: &'static str,
    /// Keep it to yourself: whoever has it can send the file.
    #[schema(format = "uri")]
    url: String,
    /// Headers to send besides the body's length, and no other key.
    headers: BTreeMap<&'static str, String>,
    /// When the request has to have begun.
    #[schema(format = "date-time")]
    expires_at: String,
}

impl UploadOut {
    /// To `url`, with `headers`.
    pub fn new(url: String, headers: Vec<(&'static str, String)>, until: Timestamp) -> Self {
        let headers = headers.into_iter().collect();
        Self { method: "PUT", url, headers, expires_at: until.to_string() }
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

/// `{"deleted": true}`
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = helpbot::DeletedOut, example = json!({"deleted": true}))]
pub struct DeletedOut {
    /// Always true.
    deleted: bool,
}

impl DeletedOut {
    /// It is gone.
    pub const DONE: Self = Self { deleted: true };
}
