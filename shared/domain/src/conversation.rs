//! Conversations and their turns. A turn is a question with its answer: one item, one event.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    BackendKind, ChannelOrigin, ChatbotId, ConversationId, Dialect, Error, IntegrationId, LeadId,
    MessageId, Result, SourceId, Timestamp, WorkspaceId, bounds, wire,
};

/// After this long without a message a conversation has ended, unless the deployment says other.
pub const IDLE: Duration = Duration::from_secs(30 * 60);

/// The status of a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationStatus {
    /// The visitor may be there still.
    Active,
    /// Idle for 30 minutes, or ended by hand.
    Closed,
    /// Put away.
    Archived,
    /// A person has taken over; the bot stays silent.
    HandedOff,
}

impl ConversationStatus {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Active, Self::Closed, Self::Archived, Self::HandedOff];

    /// The name as stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Closed => "closed",
            Self::Archived => "archived",
            Self::HandedOff => "handed_off",
        }
    }
}

impl std::str::FromStr for ConversationStatus {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|s| s.name() == text).ok_or_else(|| {
            Error::field("status", "must be one of active, closed, archived, handed_off")
        })
    }
}

/// Whether a person was requested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandoffStatus {
    /// No person was.
    None,
    /// The visitor asked.
    Requested,
}

/// Where a visitor talks to a chatbot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Platform {
    /// Telegram.
    Telegram,
    /// Slack.
    Slack,
    /// Discord.
    Discord,
    /// WhatsApp.
    Whatsapp,
    /// Messenger.
    Messenger,
    /// A web page, or whatever else calls the chat routes.
    Web,
}

impl Platform {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Telegram, Self::Slack, Self::Discord, Self::Whatsapp, Self::Messenger, Self::Web];

    /// The name as shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Telegram => "telegram",
            Self::Slack => "slack",
            Self::Discord => "discord",
            Self::Whatsapp => "whatsapp",
            Self::Messenger => "messenger",
            Self::Web => "web",
        }
    }

    /// The platform that `field` names.
    pub fn named(field: &str, text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|platform| platform.name() == text).ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            Error::field(field, format!("must be one of {names}"))
        })
    }
}

/// A conversation without its turns.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    /// The same id in every dialect.
    pub id: ConversationId,
    /// Which chatbot it is with.
    pub chatbot_id: ChatbotId,
    /// Whose chatbot that is.
    pub workspace_id: WorkspaceId,
    /// The dialect it was begun in.
    pub dialect: Dialect,
    /// The client's id of the visitor; ours where the client gave none.
    pub visitor_id: String,
    /// What ties several conversations of one visit together, where each question opens its own.
    pub session_id: Option<String>,
    /// The channel that it is held on; none for the chat routes.
    pub origin: Option<ChannelOrigin>,
    /// Its status.
    pub status: ConversationStatus,
    /// Whether a person was requested.
    pub handoff: HandoffStatus,
    /// When one was, the last time.
    pub handoff_at: Option<Timestamp>,
    /// Why, if the visitor said so.
    pub handoff_reason: Option<String>,
    /// Where that person can reach the visitor, if an address was left with the handoff.
    pub customer_email: Option<String>,
    /// The last rating given, 1 or -1.
    pub overall_rating: Option<i8>,
    /// The member who looks after it, by their address.
    pub assignee: Option<String>,
    /// Questions, answers and direct messages together.
    pub message_count: u32,
    /// Direct messages among them.
    pub direct_messages: u32,
    /// Bytes that they take in an answer, by [`wire::answered`]; 0 where that was not counted yet.
    pub text_bytes: u32,
    /// The newest leads that were left in it, in any order; each may have been deleted since.
    pub lead_ids: Box<[LeadId]>,
    /// The first question, shortened to [`FIRST_MESSAGE`] characters.
    pub first_message: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When the last message was stored.
    pub updated_at: Timestamp,
}

impl Conversation {
    /// One that begins at `at`, of which nothing else is known yet.
    pub fn begun(
        id: ConversationId,
        chatbot_id: ChatbotId,
        workspace_id: WorkspaceId,
        dialect: Dialect,
        at: Timestamp,
    ) -> Self {
        Self {
            id,
            chatbot_id,
            workspace_id,
            dialect,
            visitor_id: String::new(),
            session_id: None,
            origin: None,
            status: ConversationStatus::Active,
            handoff: HandoffStatus::None,
            handoff_at: None,
            handoff_reason: None,
            customer_email: None,
            overall_rating: None,
            assignee: None,
            message_count: 0,
            direct_messages: 0,
            text_bytes: 0,
            lead_ids: Box::default(),
            first_message: String::new(),
            created_at: at,
            updated_at: at,
        }
    }

    /// Whether it has as many messages, or as much text, as a conversation may have.
    pub fn is_full(&self) -> bool {
        self.message_count >= MAX_MESSAGES || self.text_bytes > MAX_TEXT_BYTES
    }

    /// Where it is held.
    pub fn platform(&self) -> Platform {
        self.origin.as_ref().map_or(Platform::Web, |origin| origin.platform)
    }
}

/// Messages of one conversation at most: all of them have to fit one response.
pub const MAX_MESSAGES: u32 = 500;
/// Bytes that the messages of one conversation take in an answer at most, before its last turn,
/// which may have a million: with what is around them they fit [`wire::MAX_BODY`].
pub const MAX_TEXT_BYTES: u32 = 5_000_000;
/// How much of the first question a conversation carries along.
pub const FIRST_MESSAGE: usize = 120;

/// A passage that an answer was drawn from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Citation {
    /// The knowledge source.
    pub source_id: SourceId,
    /// The page, for a URL source; the file's name, for a file.
    pub url: Option<String>,
    /// The page's title or the pair's question, shortened.
    pub title: String,
}

/// How an AI backend ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackendResult {
    /// It answered.
    Answered,
    /// It said that it can't answer from the passages.
    Refused,
    /// Its answer reached the bound on length.
    Truncated,
    /// A content filter ended it.
    Filtered,
    /// It broke off after the visitor had read its beginning.
    BrokenOff,
    /// It failed, and so did the fallback, if there is one.
    Failed,
}

/// What an AI backend did for a turn: the last one that was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackendReport {
    /// The integration.
    pub integration_id: IntegrationId,
    /// What sort of backend it is.
    pub kind: BackendKind,
    /// Which of its models.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// How it ended.
    pub result: BackendResult,
    /// Why it failed; for the owner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Tokens read, as it counts them.
    pub input_tokens: u32,
    /// Tokens written.
    pub output_tokens: u32,
    /// Milliseconds from the request to the first text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_text_ms: Option<u32>,
    /// Milliseconds from the request to its end.
    pub total_ms: u32,
    /// Requests made for the turn, those that failed among them.
    pub attempts: u32,
}

impl BackendReport {
    /// Whether the turn has no complete answer, which its owner hears of.
    pub fn failed(&self) -> bool {
        matches!(self.result, BackendResult::BrokenOff | BackendResult::Failed)
    }
}

/// A question and its answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// The answer's message id, by which the turn goes.
    pub id: MessageId,
    /// The question's message id.
    pub question_id: MessageId,
    /// The conversation it belongs to.
    pub conversation_id: ConversationId,
    /// The chatbot that answered.
    pub chatbot_id: ChatbotId,
    /// Whose chatbot that is.
    pub workspace_id: WorkspaceId,
    /// What the visitor wrote.
    pub question: String,
    /// What the visitor read.
    pub answer: String,
    /// The passages behind the answer, best first.
    pub citations: Vec<Citation>,
    /// From 0 to 1: how sure the platform was.
    pub confidence: f64,
    /// Nothing relevant was found and the answer says so.
    pub unanswered: bool,
    /// What an AI backend did for it, if one was asked.
    pub backend: Option<BackendReport>,
    /// 1 or -1, once rated.
    pub rating: Option<i8>,
    /// When that rating was given.
    pub rated_at: Option<Timestamp>,
    /// When the question came.
    pub asked_at: Timestamp,
    /// When the answer was complete.
    pub answered_at: Timestamp,
}

impl Turn {
    /// Bytes that its question and its answer take in an answer to a client.
    pub fn text_bytes(&self) -> u32 {
        let bytes = wire::answered(&self.question) + wire::answered(&self.answer);
        u32::try_from(bytes).unwrap_or(u32::MAX)
    }

    /// Whether it opened its conversation.
    pub fn opens(&self) -> bool {
        self.conversation_id.opening() == self.id
    }
}

/// A visitor's message from any door, its bounds checked.
#[derive(Debug, Clone, PartialEq)]
pub struct ChatRequest {
    /// What the visitor wrote.
    pub message: String,
    /// The conversation to continue, if any.
    pub conversation_id: Option<ConversationId>,
    /// The client's id of the visitor, if any.
    pub visitor_id: Option<String>,
    /// What ties several conversations of one visit together, if anything.
    pub session_id: Option<String>,
    /// The channel that it came from; none for the chat routes.
    pub channel: Option<ChannelOrigin>,
}

impl ChatRequest {
    /// A message of a channel, shortened to the longest one that is taken. It continues the conversation
    /// if that is still open, and opens one otherwise.
    pub fn of_channel(
        message: &str,
        conversation_id: Option<ConversationId>,
        visitor_id: &str,
        channel: ChannelOrigin,
    ) -> Result<Self> {
        let (_, most) = bounds::MESSAGE;
        let visitor_id = shorten(visitor_id, bounds::CLIENT_ID.1);
        Ok(Self {
            message: bounds::text("message", &shorten(message, most), bounds::MESSAGE)?,
            conversation_id,
            visitor_id: Some(visitor_id),
            session_id: None,
            channel: Some(channel),
        })
    }

    /// Checks the bounds; an id that can't be one names no conversation, and a blank one is none.
    pub fn new(
        message: Option<&str>,
        conversation_id: Option<&str>,
        visitor_id: Option<&str>,
    ) -> Result<Self> {
        let message = bounds::required("message", message)?;
        Ok(Self {
            message: bounds::text("message", message, bounds::MESSAGE)?,
            conversation_id: bounds::given(conversation_id).map(str::parse).transpose()?,
            visitor_id: bounds::given(visitor_id)
                .map(|v| bounds::text("visitorId", v, bounds::CLIENT_ID))
                .transpose()?,
            session_id: None,
            channel: None,
        })
    }
}

impl ChatRequest {
    /// A question that opens a conversation of its own, as in a FAQ. `language` is only checked:
    /// the built-in answerer quotes what it was given, in the language that is in.
    pub fn question(
        question: Option<&str>,
        session_id: Option<&str>,
        language: Option<&str>,
    ) -> Result<Self> {
        let question = bounds::required("question", question)?;
        bounds::given(language).map(|tag| bounds::language("language", tag)).transpose()?;
        Ok(Self {
            message: bounds::text("question", question, bounds::QUESTION)?,
            conversation_id: None,
            visitor_id: None,
            session_id: bounds::given(session_id)
                .map(|v| bounds::text("sessionId", v, bounds::CLIENT_ID))
                .transpose()?,
            channel: None,
        })
    }
}

/// A visitor asks for a person; its bounds checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handoff {
    /// The dialect it was requested in.
    pub dialect: Dialect,
    /// Why, if the visitor said so.
    pub reason: Option<String>,
    /// Where the visitor can be reached, if an address was left.
    pub customer_email: Option<String>,
}

impl Handoff {
    /// For a reason, or none; a blank one is none.
    pub fn because(dialect: Dialect, reason: Option<&str>) -> Result<Self> {
        let reason = reason.map(|text| bounds::text("reason", text, bounds::REASON)).transpose()?;
        let reason = reason.filter(|text| !text.is_empty());
        Ok(Self { dialect, reason, customer_email: None })
    }

    /// With an address to answer to, or none; a blank one is none.
    pub fn answered_to(dialect: Dialect, customer_email: Option<&str>) -> Result<Self> {
        let given = customer_email.filter(|text| !text.trim().is_empty());
        let customer_email = given.map(|text| bounds::email("customerEmail", text)).transpose()?;
        Ok(Self { dialect, reason: None, customer_email })
    }
}

/// A rating as it is requested: up or down.
pub fn rating(value: Option<i64>) -> Result<i8> {
    match bounds::required("rating", value)? {
        1 => Ok(1),
        -1 => Ok(-1),
        _ => Err(Error::field("rating", "must be 1 or -1")),
    }
}

/// The same, requested as whether the answer was helpful.
pub fn helpful(value: Option<&str>) -> Result<i8> {
    match bounds::required("helpful", value)? {
        "yes" => Ok(1),
        "no" => Ok(-1),
        _ => Err(Error::field("helpful", "must be yes or no")),
    }
}

/// The first `max` characters of `text`, with an ellipsis if any are missing.
pub fn shorten(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(max.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}
