//! The inbox: conversations as a team reads and answers them.

use domain::{
    Citation, Conversation, ConversationStatus, Error, HandoffStatus, InboxPatch, Platform, Result,
    Speaker, TranscriptEntry, TranscriptMessage, bounds,
};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::{ToSchema, openapi::Object};

use crate::schema;

/// A conversation in the inbox's list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = inbox::ConversationRowOut)]
pub struct ConversationRowOut {
    #[schema(schema_with = schema::id)]
    id: String,
    #[schema(schema_with = schema::id)]
    chatbot_id: String,
    /// Where it is held.
    #[schema(schema_with = schema::platform)]
    channel: &'static str,
    #[schema(schema_with = schema::conversation_status)]
    status: &'static str,
    /// The member who looks after it.
    #[schema(required = true)]
    assignee: Option<String>,
    visitor_id: String,
    /// Where the visitor can be reached, if an address was left with the handoff.
    #[schema(required = true)]
    customer_email: Option<String>,
    /// Whether the visitor requested a person.
    handoff_requested: bool,
    /// When, the last time.
    #[schema(schema_with = schema::time_or_null, required = true)]
    handoff_at: Option<String>,
    /// Why, if the visitor said so.
    #[schema(required = true)]
    handoff_reason: Option<String>,
    /// Up to 120 characters of it.
    first_message: String,
    message_count: u32,
    /// Of the answer rated last: 1 or -1.
    #[schema(required = true)]
    overall_rating: Option<i8>,
    #[schema(schema_with = schema::time)]
    created_at: String,
    #[schema(schema_with = schema::time)]
    updated_at: String,
}

impl From<Conversation> for ConversationRowOut {
    fn from(from: Conversation) -> Self {
        let channel = from.platform().name();
        let Conversation {
            id,
            chatbot_id,
            workspace_id: _,
            dialect: _,
            visitor_id,
            session_id: _,
            origin: _,
            status,
            handoff,
            handoff_at,
            handoff_reason,
            customer_email,
            overall_rating,
            assignee,
            message_count,
            direct_messages: _,
            text_bytes: _,
            lead_ids: _,
            first_message,
            created_at,
            updated_at,
        } = from;
        Self {
            id: id.to_string(),
            chatbot_id: chatbot_id.to_string(),
            channel,
            status: status.name(),
            assignee,
            visitor_id,
            customer_email,
            handoff_requested: handoff == HandoffStatus::Requested,
            handoff_at: handoff_at.map(|at| at.to_string()),
            handoff_reason,
            first_message,
            message_count,
            overall_rating,
            created_at: created_at.to_string(),
            updated_at: updated_at.to_string(),
        }
    }
}

/// A conversation in the inbox's list, with where a message has the text that was searched for.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = inbox::FoundOut)]
pub struct FoundOut {
    #[serde(flatten)]
    row: ConversationRowOut,
    /// Words around the `text` that a message has; left out where the row itself has it, and without a
    /// `text`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    excerpt: Option<String>,
}

impl FoundOut {
    /// A conversation that a list has, and the excerpt of a search.
    pub fn new(conversation: Conversation, excerpt: Option<String>) -> Self {
        Self { row: conversation.into(), excerpt }
    }
}

/// `GET /api/v1/inbox/conversations`
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = inbox::ConversationsOut)]
pub struct ConversationsOut {
    /// Newest first.
    pub conversations: Vec<FoundOut>,
    /// Where the next page begins; null on the last one. A page may be shorter than its limit.
    #[schema(format = "uuid", required = true)]
    pub cursor: Option<String>,
}

/// `GET /api/v1/inbox/changes`
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = inbox::ChangesOut)]
pub struct ChangesOut {
    /// Those that changed since, as they are now, in no particular order. One that changed just before
    /// the last answer may come again.
    pub conversations: Vec<ConversationRowOut>,
    /// What to send as `since` the next time.
    #[schema(schema_with = schema::time)]
    pub cursor: String,
    /// Too much changed, or too long ago: read the list again.
    pub reset: bool,
}

/// Where an answer was drawn from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = inbox::CitationOut)]
pub struct CitationOut {
    title: String,
    /// Of a page; null for a pair or a file.
    #[schema(required = true)]
    url: Option<String>,
}

impl From<Citation> for CitationOut {
    fn from(Citation { source_id: _, url, title }: Citation) -> Self {
        // A file's name is no address.
        let url = url.filter(|url| url.starts_with("https://") || url.starts_with("http://"));
        Self { title, url }
    }
}

const USER: &str = "user";
const ASSISTANT: &str = "assistant";
const AGENT: &str = "agent";

pub(super) fn role_of(speaker: Speaker) -> &'static str {
    match speaker {
        Speaker::Visitor => USER,
        Speaker::Chatbot => ASSISTANT,
        Speaker::Member => AGENT,
    }
}

pub(super) fn role() -> Object {
    schema::one_of([USER, ASSISTANT, AGENT])
}

/// A message.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = inbox::MessageOut)]
pub struct MessageOut {
    #[schema(schema_with = schema::id)]
    id: String,
    /// The visitor, the chatbot, or a member of the team.
    #[schema(schema_with = role)]
    role: &'static str,
    /// The member's address.
    #[schema(required = true)]
    author: Option<String>,
    content: String,
    /// What an answer was drawn from, best first.
    sources: Vec<CitationOut>,
    /// How sure the platform was of an answer, from 0 to 1.
    #[schema(required = true)]
    confidence: Option<f64>,
    /// Nothing relevant was found, and the answer says so.
    unanswered: bool,
    /// 1 or -1, for an answer that was rated.
    #[schema(required = true)]
    rating: Option<i8>,
    #[schema(schema_with = schema::time)]
    created_at: String,
}

impl From<TranscriptMessage> for MessageOut {
    fn from(from: TranscriptMessage) -> Self {
        let TranscriptMessage {
            id,
            conversation_id: _,
            speaker,
            member,
            text,
            citations,
            confidence,
            unanswered,
            rating,
            created_at,
        } = from;
        Self {
            id: id.to_string(),
            role: role_of(speaker),
            author: member,
            content: text,
            sources: citations.into_iter().map(Into::into).collect(),
            confidence,
            unanswered,
            rating,
            created_at: created_at.to_string(),
        }
    }
}

/// `GET /api/v1/inbox/conversations/{id}`
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = inbox::ConversationOut)]
pub struct ConversationOut {
    conversation: ConversationRowOut,
    /// Oldest first.
    messages: Vec<MessageOut>,
}

impl ConversationOut {
    /// A conversation with all that was said in it, oldest first.
    pub fn new(conversation: Conversation, said: Vec<TranscriptEntry>) -> Self {
        let messages = TranscriptMessage::of(said).into_iter().map(Into::into).collect();
        Self { conversation: conversation.into(), messages }
    }
}

/// `PATCH /api/v1/inbox/conversations/{id}`
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = inbox::PatchedOut)]
pub struct PatchedOut {
    /// As it is now.
    pub conversation: ConversationRowOut,
}

/// `POST …/messages`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = inbox::MessageIn, example = json!({"content": "Yes, we do: by Friday."}))]
pub struct MessageIn {
    /// 1 to 4,000 characters; Markdown.
    #[schema(value_type = String, min_length = 1, max_length = 4000, pattern = r"\S")]
    pub content: Option<String>,
}

/// `POST /api/v1/inbox/conversations/{id}/messages`
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = inbox::SentOut)]
pub struct SentOut {
    /// As it is stored.
    pub message: MessageOut,
}

/// `PATCH /api/v1/inbox/conversations/{id}`. What is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = inbox::ConversationPatch, example = json!({"status": "closed"}))]
pub struct ConversationPatch {
    /// `handed_off` takes it over, `active` gives it back to the chatbot.
    #[schema(schema_with = status_or_null)]
    pub status: Option<String>,
    /// A member's address; null for none.
    #[schema(value_type = Option<String>)]
    #[serde(default, deserialize_with = "sent")]
    pub assignee: Option<Option<String>>,
}

fn status_or_null() -> Object {
    schema::one_of_or_null(ConversationStatus::ALL.map(ConversationStatus::name))
}

/// Tells `null` from what was left out.
fn sent<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(from).map(Some)
}

impl TryFrom<ConversationPatch> for InboxPatch {
    type Error = Error;

    fn try_from(ConversationPatch { status, assignee }: ConversationPatch) -> Result<Self> {
        let status = status.as_deref().map(str::parse).transpose()?;
        let assignee = match assignee {
            Some(Some(address)) => Some(Some(bounds::email("assignee", &address)?)),
            Some(None) => Some(None),
            None => None,
        };
        if status.is_none() && assignee.is_none() {
            return Err(Error::field("status", "or assignee is needed"));
        }
        Ok(Self { status, assignee })
    }
}

/// The platform that `text` names.
pub fn channel(text: Option<&str>) -> Result<Option<Platform>> {
    text.map(|text| Platform::named("channel", text)).transpose()
}
