//! Knowledge routes that no reference documents: a search that says why, unanswered questions, listed and answered with
//! botplot's key, and files as sources, sent with a helpbot site's key.

use std::collections::BTreeMap;

use domain::{
    Error, Result, Source, Timestamp,
    search::{EntryKind, PagePreview, ReplyKind, SearchHit, SearchQuestion, SearchReport},
    source::Chunk,
    unanswered::{Group, GroupAnswer},
};
use serde::{Deserialize, Serialize, de::IgnoredAny};
use utoipa::ToSchema;

use super::ask::CorrectionOut;
use crate::{
    helpbot::knowledge::{AddedSourceOut, SourceOut},
    one_of::one_of,
};

one_of! {
    /// The status of a pair from the start.
    Ready, "botplot.ReadyStatus", String: ["ready"];
    /// What a visitor would get.
    SearchReply, "botplot.SearchReply", String: ["answer", "offer", "refusal", "smallTalk"];
    /// What an entry of the knowledge is.
    KnowledgeEntry, "botplot.KnowledgeEntry", String: ["pair", "passage"];
    /// What the text of a passage mostly is.
    PassageKind, "botplot.PassageKind", String: ["text", "table", "steps", "code", "pair"];
    /// Whether a page would be read.
    PreviewStatus, "botplot.PreviewStatus", String: ["ready", "failed"];
    /// How a file is sent.
    UploadMethod, "helpbot.UploadMethod", String: ["PUT"];
}

/// `POST /api/v1/knowledge/search`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = botplot::SearchIn, example = json!({"question": "Do you ship to Norway?"}))]
pub struct SearchIn {
    /// As a visitor would ask it.
    #[schema(value_type = String, min_length = 1, max_length = 4000, pattern = r"\S")]
    pub question: Option<String>,
    /// How many entries are shown.
    #[schema(minimum = 1, maximum = 20, default = 5)]
    pub limit: Option<u32>,
}

impl TryFrom<SearchIn> for SearchQuestion {
    type Error = Error;

    fn try_from(from: SearchIn) -> Result<Self> {
        let SearchIn { question, limit } = from;
        Self::new(question.as_deref(), limit)
    }
}

/// An entry that was looked at.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = botplot::SearchHitOut)]
pub struct SearchHitOut {
    #[schema(value_type = KnowledgeEntry)]
    kind: &'static str,
    #[schema(format = "uuid")]
    source_id: String,
    /// The page it is on, or the file's name; none for a pair.
    #[schema(required = true)]
    url: Option<String>,
    /// The question of a pair, or the heading of a passage.
    heading: String,
    /// What it says.
    content: String,
    /// What its text mostly is.
    #[schema(value_type = PassageKind)]
    text_kind: &'static str,
    /// The language of its page, such as `de-AT`, as far as it is known.
    #[schema(required = true)]
    language: Option<String>,
    /// To be compared with others of the same question only.
    score: f64,
    /// What it has of the question's words, over what they are worth.
    words: f64,
    /// The same of runs of characters, which find other forms and slips.
    characters: f64,
    /// How near it is by its embedding.
    meaning: f64,
    /// From 0 to 1: how likely it is that it answers.
    confidence: f64,
    /// Whether it is a pair that asks for something else: it denies, or has another number or name.
    is_apart: bool,
}

impl From<SearchHit> for SearchHitOut {
    fn from(from: SearchHit) -> Self {
        let SearchHit {
            kind,
            citation,
            heading,
            content,
            text_kind,
            language,
            score,
            words,
            characters,
            meaning,
            confidence,
            is_apart,
        } = from;
        let kind = match kind {
            EntryKind::Pair => "pair",
            EntryKind::Passage => "passage",
        };
        let (source_id, url) = (citation.source_id.to_string(), citation.url);
        Self {
            kind,
            source_id,
            url,
            heading,
            content,
            text_kind: text_kind.name(),
            language,
            score,
            words,
            characters,
            meaning,
            confidence,
            is_apart,
        }
    }
}

/// What a search found, and what a visitor would read.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = botplot::SearchOut)]
pub struct SearchOut {
    #[schema(value_type = SearchReply)]
    outcome: &'static str,
    /// What the visitor would read, if no AI backend is asked.
    answer: String,
    /// From 0 to 1.
    confidence: f64,
    /// From which confidence on the chatbot answers.
    confidence_threshold: f64,
    /// From which confidence on it offers.
    near_threshold: f64,
    /// What was searched: the question without a greeting.
    searched: String,
    /// Words that were taken for others.
    corrections: Vec<CorrectionOut>,
    /// Best first.
    hits: Vec<SearchHitOut>,
}

impl From<SearchReport> for SearchOut {
    fn from(from: SearchReport) -> Self {
        let SearchReport {
            searched,
            corrections,
            confidence,
            confidence_threshold,
            near_threshold,
            reply,
            answer,
            hits,
        } = from;
        let outcome = match reply {
            ReplyKind::Answer => "answer",
            ReplyKind::Offer => "offer",
            ReplyKind::Refusal => "refusal",
            ReplyKind::SmallTalk => "smallTalk",
        };
        let corrections = corrections.into_iter();
        let corrections =
            corrections.map(|(asked, searched)| CorrectionOut { asked, searched }).collect();
        let hits = hits.into_iter().map(SearchHitOut::from).collect();
        Self {
            outcome,
            answer,
            confidence,
            confidence_threshold,
            near_threshold,
            searched,
            corrections,
            hits,
        }
    }
}

/// `POST /api/v1/knowledge/preview`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = botplot::PreviewIn, example = json!({"url": "https://example.com/help"}))]
pub struct PreviewIn {
    /// The page.
    #[schema(value_type = String, format = "uri", max_length = 2048)]
    pub url: Option<String>,
}

/// A passage that would be read.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = botplot::PreviewPassageOut)]
pub struct PreviewPassageOut {
    /// The headings above it, outermost first.
    headings: Vec<String>,
    /// Its text.
    content: String,
    /// What that mostly is.
    #[schema(value_type = PassageKind)]
    kind: &'static str,
    /// Its language, such as `de-AT`: as its page says, unless its words are plainly of another one.
    #[schema(required = true)]
    language: Option<String>,
    /// Where it is, with the place on the page where that is known.
    #[schema(required = true)]
    url: Option<String>,
}

impl From<Chunk> for PreviewPassageOut {
    fn from(from: Chunk) -> Self {
        let Chunk { id: _, content, headings, url, title: _, tokens: _, kind, language } = from;
        Self { headings, content, kind: kind.name(), language, url }
    }
}

/// What would be read of a page.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = botplot::PreviewOut)]
pub struct PreviewOut {
    #[schema(value_type = PreviewStatus)]
    status: &'static str,
    /// Where the page was in the end.
    url: String,
    title: String,
    /// Its language as it says, such as `de-AT`.
    #[schema(required = true)]
    language: Option<String>,
    /// Why nothing would be read.
    #[schema(required = true)]
    reason: Option<String>,
    /// Up to 100.
    passages: Vec<PreviewPassageOut>,
    /// How many other pages it links to.
    links: u64,
}

impl From<PagePreview> for PreviewOut {
    fn from(from: PagePreview) -> Self {
        let PagePreview { url, title, language, reason, passages, links } = from;
        let status = if reason.is_none() { "ready" } else { "failed" };
        let passages = passages.into_iter().map(PreviewPassageOut::from).collect();
        Self { status, url, title, language, reason, passages, links }
    }
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

/// `POST /api/v1/sources/file`, as `multipart/form-data`
#[derive(Debug, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = helpbot::FileIn, example = json!({"file": "# Returns\nUnused goods go back free."}))]
pub struct FileIn {
    /// HTML, plain text, Markdown, PDF, DOCX, PPTX, XLSX, ODT, EPUB, CSV, TSV, JSON or JSONL, by
    /// its name's ending or its media type; from one byte to 10 MiB.
    #[schema(value_type = String, format = Binary, min_length = 1)]
    pub file: Vec<u8>,
    /// The site's key, unless it is in the header or the query.
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
    /// The site's key, unless it is in the header or the query.
    #[schema(value_type = Option<String>)]
    pub api_key: Option<IgnoredAny>,
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

    /// A new version of the file is there.
    pub fn replaced(source: Source) -> Self {
        let message = "File replaced. Poll GET /api/v1/sources until its status is indexed";
        Self { source: source.into(), message, upload: None }
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
