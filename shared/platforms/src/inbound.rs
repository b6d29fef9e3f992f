//! What comes from a platform: verified, parsed, and told apart.

use domain::{Platform, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{ChannelAccount, ChannelCredentials, discord, meta, slack, telegram, text::cut};

/// A request to a channel's URL.
#[derive(Debug, Clone, Copy)]
pub struct InboundRequest<'a> {
    /// `GET` or `POST`.
    pub method: &'a str,
    /// The decoded query, in order.
    pub query: &'a [(String, String)],
    /// The header fields, names in any case.
    pub headers: &'a [(String, String)],
    /// The raw bytes, already unpacked where the gateway packed them as base64.
    pub body: &'a [u8],
    /// When it came.
    pub now: Timestamp,
}

/// The channel that a request is for.
#[derive(Debug, Clone, Copy)]
pub struct ChannelSide<'a> {
    /// Of the channel.
    pub credentials: &'a ChannelCredentials,
    /// Of the channel; empty before its first connection, which suffices for URL checks.
    pub account: &'a ChannelAccount,
    /// The channel's webhook secret, which we made: 1 to 256 of `A-Z a-z 0-9 _ -`. Only Telegram sends it back.
    pub secret: &'a str,
}

/// A request that proves nothing: answer `status` and do nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unverified {
    /// 401 or 403, as the platform expects it.
    pub status: u16,
    /// For a log.
    pub why: &'static str,
}

/// What to answer at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgment {
    /// The status code.
    pub status: u16,
    /// The content type, if there is a body.
    pub content_type: Option<&'static str>,
    /// The body.
    pub body: String,
}

/// A verified request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inbound {
    /// What to answer, once what has to be kept is kept.
    pub answer: Acknowledgment,
    /// What it says, in its own order; often nothing.
    pub events: Vec<InboundEvent>,
}

/// Who wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChannelUser {
    /// The platform's id, at most 200 bytes.
    pub id: String,
    /// What people call them, at most 200 characters; empty if unknown.
    pub name: String,
    /// Their handle, at most 200 characters; empty if unknown.
    pub username: String,
    /// Their language as the platform names it (`de`, `pt-BR`), at most 35 characters; empty if unknown.
    pub language: String,
}

/// One thing that a platform tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundEvent {
    /// The same for every repetition, different for all else of this channel: printable, at most 300 bytes.
    pub dedup_key: String,
    /// The conversation: what identifies it and where to send. Empty for what concerns the channel as a whole. At
    /// most 300 bytes.
    pub peer: String,
    /// Ascends within a conversation in the order in which the user wrote.
    pub order: u64,
    /// Who wrote.
    pub user: ChannelUser,
    /// The platform's own id of the chat, as shown in lists; at most 200 bytes.
    pub chat_id: String,
    /// What it is.
    pub kind: InboundKind,
    /// When the user wrote, by the platform's clock.
    pub sent_at: Timestamp,
    /// What an answer to it needs.
    pub reply: ReplyContext,
}

/// What an [`InboundEvent`] tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InboundKind {
    /// Text for the bot: not empty, at most [`MAX_TEXT`] bytes.
    Text(String),
    /// A message without text; the name of what it is.
    Unsupported(&'static str),
    /// The user opened the chat: greet.
    Greeting,
    /// The user blocked the bot: send nothing until they write again.
    Blocked,
    /// The conversation is at another peer from now on.
    Moved(String),
    /// A person, or another app, answered in the platform's own inbox: be silent until the user's next message.
    HumanTookOver,
    /// A message of ours, sent earlier and known by this id, did not arrive.
    DeliveryFailed {
        /// As [`crate::SentPiece::message_id`].
        message_id: String,
        /// Why.
        error: crate::PieceError,
    },
    /// The platform took the permission away, for this reason.
    ChannelLost(String),
}

/// Bytes of a text; the rest is cut off at a character.
pub const MAX_TEXT: usize = 64 * 1024;

/// What an answer to one message needs. Holds a secret on Discord, so it is stored sealed; `Debug` doesn't show it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReplyContext {
    /// The platform's id of the message, at most 200 bytes.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message_id: String,
    /// Discord: the interaction's token.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) token: String,
    /// Until when this message can be answered, where the platform sets a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Messages that may answer it, where the platform sets a number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_pieces: Option<usize>,
}

impl std::fmt::Debug for ReplyContext {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReplyContext").field("until", &self.until).finish_non_exhaustive()
    }
}

/// Bytes of a body that `platform` may send.
pub fn max_body(platform: Platform) -> usize {
    match platform {
        Platform::Whatsapp | Platform::Messenger => 3 * 1024 * 1024,
        _ => 1024 * 1024,
    }
}

impl<'a> InboundRequest<'a> {
    /// The first header field of this name, in any case.
    pub(crate) fn header(&self, name: &str) -> Option<&'a str> {
        let field = self.headers.iter().find(|(given, _)| given.eq_ignore_ascii_case(name));
        field.map(|(_, value)| value.as_str())
    }

    /// The first parameter of this name.
    pub(crate) fn parameter(&self, name: &str) -> Option<&'a str> {
        let given = self.query.iter().find(|(given, _)| given == name);
        given.map(|(_, value)| value.as_str())
    }
}

impl Inbound {
    /// Answered with 200 and nothing in it.
    pub(crate) fn accepted(events: Vec<InboundEvent>) -> Self {
        let answer = Acknowledgment { status: 200, content_type: None, body: String::new() };
        Self { answer, events }
    }

    /// Answered with 200 and `body`.
    pub(crate) fn answered(
        content_type: &'static str,
        body: String,
        events: Vec<InboundEvent>,
    ) -> Self {
        let answer = Acknowledgment { status: 200, content_type: Some(content_type), body };
        Self { answer, events }
    }
}

/// A text without blanks around it, within [`MAX_TEXT`].
pub(crate) fn bounded(text: &str) -> &str {
    cut(text.trim(), MAX_TEXT).trim_end()
}

/// Verifies a request over its raw bytes, then parses it leniently: what is not understood is answered as a success
/// and tells nothing.
///
/// # Errors
///
/// [`Unverified`]: the proof is missing, malformed, stale or wrong. Nothing else is an error.
pub fn receive(
    channel: ChannelSide<'_>,
    request: InboundRequest<'_>,
) -> Result<Inbound, Unverified> {
    match channel.credentials.platform() {
        Platform::Telegram => {
            telegram::verify(channel, request)?;
            Ok(telegram::parse(channel, request))
        }
        Platform::Slack => {
            slack::verify(channel, request)?;
            Ok(slack::parse(channel, request))
        }
        Platform::Discord => {
            discord::verify(channel, request)?;
            Ok(discord::parse(channel, request))
        }
        Platform::Whatsapp | Platform::Messenger => meta::receive(channel, request),
        Platform::Web => Err(Unverified { status: 403, why: "the widget has routes of its own" }),
    }
}
