//! What a client of BotPlot sends and reads.

use domain::{
    Conversation, Result, Source, SourceKind, SourceStatus, SyncFrequency, Turn, Webhook,
    WebhookStatus,
    conversation::Ask,
    source::{Chunk, QaPair},
};
use serde::{Deserialize, Serialize};

/// `POST /api/v1/chat` and `/chat/stream`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatIn {
    /// The user's message.
    pub message: Option<String>,
    /// To go on with a conversation.
    pub conversation_id: Option<String>,
    /// The client's own id of the visitor.
    pub visitor_id: Option<String>,
}

impl TryFrom<ChatIn> for Ask {
    type Error = domain::Error;

    fn try_from(from: ChatIn) -> Result<Self> {
        let ChatIn { message, conversation_id, visitor_id } = from;
        Self::new(message.as_deref(), conversation_id.as_deref(), visitor_id.as_deref())
    }
}

/// An answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChatOut {
    response: String,
    conversation_id: String,
    message_id: String,
    /// How many passages it was drawn from.
    sources: usize,
}

impl From<Turn> for ChatOut {
    fn from(from: Turn) -> Self {
        Self {
            response: from.answer,
            conversation_id: from.conversation_id.to_string(),
            message_id: from.id.to_string(),
            sources: from.citations.len(),
        }
    }
}

/// `POST /api/v1/conversations/{id}/handoff`
#[derive(Debug, Deserialize)]
pub struct HandoffIn {
    /// Up to 500 characters.
    pub reason: Option<String>,
}

/// `POST /api/v1/messages/{id}/rating`
#[derive(Debug, Deserialize)]
pub struct RatingIn {
    /// 1 or -1.
    pub rating: Option<i64>,
}

/// One line of a streamed answer.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum StreamOut {
    /// A piece of the answer.
    Token {
        /// The piece, white space included.
        content: String,
    },
    /// The end of it.
    #[serde(rename_all = "camelCase")]
    Done {
        /// The answer's message.
        message_id: String,
        /// Its conversation.
        conversation_id: String,
    },
    /// It broke off.
    Error {
        /// As in an error body.
        code: String,
        /// As in an error body.
        error: String,
    },
}

/// `POST /api/v1/knowledge/url`
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UrlSourceIn {
    /// Where to begin.
    pub url: Option<String>,
    /// `manual` (default), `daily` or `weekly`.
    pub sync_frequency: Option<String>,
}

/// `POST /api/v1/knowledge/qa`
#[derive(Debug, Deserialize)]
pub struct QaSourceIn {
    /// What visitors ask.
    pub question: Option<String>,
    /// What they are told.
    pub answer: Option<String>,
}

impl TryFrom<QaSourceIn> for QaPair {
    type Error = domain::Error;

    fn try_from(from: QaSourceIn) -> Result<Self> {
        let QaSourceIn { question, answer } = from;
        Self::new(question.as_deref(), answer.as_deref())
    }
}

/// A source was added.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AddedSourceOut {
    /// Its id.
    pub source_id: String,
    /// Always `processing`, as documented; ask for the source to see where it stands.
    pub status: &'static str,
}

/// A crawl was begun.
#[derive(Debug, Serialize)]
pub struct RecrawlOut {
    /// Always true.
    pub success: bool,
    /// Always `processing`, as documented.
    pub status: &'static str,
}

/// A source.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SourceOut {
    id: String,
    #[serde(rename = "type")]
    kind: &'static str,
    name: String,
    status: &'static str,
    chunk_count: u32,
    word_count: u32,
    sync_frequency: SyncFrequency,
    created_at: String,
    /// Why the last crawl failed; ours, and only there when it did.
    #[serde(skip_serializing_if = "Option::is_none")]
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
            status,
            reason,
            sync,
            job: _,
            active_job: _,
            chunk_count,
            word_count,
            created_at,
            synced_at: _,
        } = from;
        Self {
            id: id.to_string(),
            kind: match kind {
                SourceKind::Url => "url",
                SourceKind::Qa => "qa",
            },
            name,
            status: match status {
                SourceStatus::Pending | SourceStatus::Processing => "processing",
                SourceStatus::Ready => "ready",
                SourceStatus::Failed => "failed",
            },
            chunk_count,
            word_count,
            sync_frequency: sync,
            created_at: created_at.to_string(),
            error: reason,
        }
    }
}

/// `GET /api/v1/knowledge`
#[derive(Debug, Serialize)]
pub struct SourcesOut {
    /// Newest first.
    pub sources: Vec<SourceOut>,
}

/// `GET /api/v1/knowledge/{sourceId}`
#[derive(Debug, Serialize)]
pub struct SourceDetailOut {
    /// The source.
    pub source: SourceOut,
    /// Its passages.
    pub chunks: Vec<ChunkOut>,
}

/// A passage.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ChunkOut {
    id: String,
    content: String,
    token_count: u32,
}

impl From<Chunk> for ChunkOut {
    fn from(from: Chunk) -> Self {
        let Chunk { id, content, headings: _, url: _, title: _, tokens } = from;
        Self { id, content, token_count: tokens }
    }
}

/// `{"success": true}`
#[derive(Debug, Serialize)]
pub struct SuccessOut {
    success: bool,
}

impl SuccessOut {
    /// It was done.
    pub const DONE: Self = Self { success: true };
}

/// A conversation in a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConversationRowOut {
    id: String,
    visitor_id: String,
    status: &'static str,
    overall_rating: Option<i8>,
    handoff_status: domain::HandoffStatus,
    message_count: u32,
    first_message: String,
    created_at: String,
}

impl From<Conversation> for ConversationRowOut {
    fn from(from: Conversation) -> Self {
        let Conversation {
            id,
            chatbot_id: _,
            workspace_id: _,
            dialect: _,
            visitor_id,
            session_id: _,
            status,
            handoff,
            handoff_at: _,
            handoff_reason: _,
            customer_email: _,
            overall_rating,
            message_count,
            first_message,
            created_at,
            updated_at: _,
        } = from;
        Self {
            id: id.to_string(),
            visitor_id,
            status: status.name(),
            overall_rating,
            handoff_status: handoff,
            message_count,
            first_message,
            created_at: created_at.to_string(),
        }
    }
}

/// `GET /api/v1/conversations`
#[derive(Debug, Serialize)]
pub struct ConversationsOut {
    /// Newest first.
    pub conversations: Vec<ConversationRowOut>,
    /// How many there are, whatever the page.
    pub total: u64,
}

/// `GET /api/v1/conversations/{id}`
#[derive(Debug, Serialize)]
pub struct ConversationOut {
    conversation: ConversationDetailOut,
}

#[derive(Debug, Serialize)]
struct ConversationDetailOut {
    id: String,
    status: &'static str,
    messages: Vec<MessageOut>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MessageOut {
    id: String,
    role: &'static str,
    content: String,
    /// Answers only; null until rated.
    #[serde(skip_serializing_if = "Option::is_none")]
    rating: Option<Option<i8>>,
    created_at: String,
}

impl ConversationOut {
    /// A conversation with its turns.
    pub fn new(conversation: &Conversation, turns: Vec<Turn>) -> Self {
        let mut messages = Vec::with_capacity(turns.len() * 2);
        for turn in turns {
            messages.push(MessageOut {
                id: turn.question_id.to_string(),
                role: "user",
                content: turn.question,
                rating: None,
                created_at: turn.asked_at.to_string(),
            });
            messages.push(MessageOut {
                id: turn.id.to_string(),
                role: "assistant",
                content: turn.answer,
                rating: Some(turn.rating),
                created_at: turn.answered_at.to_string(),
            });
        }
        Self {
            conversation: ConversationDetailOut {
                id: conversation.id.to_string(),
                status: conversation.status.name(),
                messages,
            },
        }
    }
}

/// `POST /api/v1/projects/{projectId}/webhooks`
#[derive(Debug, Deserialize)]
pub struct WebhookIn {
    /// https.
    pub url: Option<String>,
    /// At least one of the documented events.
    pub events: Option<Vec<String>>,
    /// Up to 200 characters.
    pub description: Option<String>,
}

/// A webhook in a list.
#[derive(Debug, Serialize)]
pub struct WebhookRowOut {
    id: String,
    url: String,
    description: String,
    events: Vec<String>,
    is_active: bool,
    created_at: String,
}

impl From<Webhook> for WebhookRowOut {
    fn from(from: Webhook) -> Self {
        let Webhook {
            id,
            workspace_id: _,
            chatbot_id: _,
            dialect: _,
            url,
            events,
            description,
            sealed_secret: _,
            retired_secret: _,
            status,
            failing_since: _,
            switched_off: _,
            created_at,
        } = from;
        Self {
            id: id.to_string(),
            url,
            description,
            events,
            is_active: status == WebhookStatus::Active,
            created_at: created_at.to_string(),
        }
    }
}

/// `GET /api/v1/projects/{projectId}/webhooks`
#[derive(Debug, Serialize)]
pub struct WebhooksOut {
    /// Newest first.
    pub webhooks: Vec<WebhookRowOut>,
}

/// A webhook just made.
#[derive(Debug, Serialize)]
pub struct NewWebhookOut {
    webhook: NewWebhookInnerOut,
}

#[derive(Debug, Serialize)]
struct NewWebhookInnerOut {
    id: String,
    url: String,
    secret: String,
    events: Vec<String>,
    is_active: bool,
}

impl NewWebhookOut {
    /// Shows `secret`, this once.
    pub fn new(webhook: Webhook, secret: String) -> Self {
        let is_active = webhook.status == WebhookStatus::Active;
        let Webhook { id, url, events, .. } = webhook;
        Self { webhook: NewWebhookInnerOut { id: id.to_string(), url, secret, events, is_active } }
    }
}

/// `{"ok": true}`
#[derive(Debug, Serialize)]
pub struct OkOut {
    ok: bool,
}

impl OkOut {
    /// It was done.
    pub const DONE: Self = Self { ok: true };
}

/// The outcome of a test delivery.
#[derive(Debug, Serialize)]
pub struct TestedOut {
    /// The attempt.
    pub delivery: TestedDeliveryOut,
}

/// One attempt.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TestedDeliveryOut {
    /// Sent as `X-BotPlot-Delivery`.
    pub delivery_id: String,
    /// Null where there was no answer.
    pub status_code: Option<u16>,
    /// The answer's first bytes, or what went wrong instead.
    pub response_body: String,
    /// Any 2xx.
    pub success: bool,
}
