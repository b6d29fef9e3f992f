//! Why a platform didn't do what it was told, in the few kinds that callers act on.

use std::{fmt, time::Duration};

/// What to do about a message that was not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendFailure {
    /// The platform refuses the credentials: the channel is lost until its owner acts.
    ChannelLost,
    /// A permission is missing: the owner has to act, and the channel stays connected.
    OwnerSetup,
    /// This conversation can't be written to (blocked, left, closed, unknown); others can.
    ThisConversation,
    /// The conversation is now at this peer: send there, and remember it.
    Moved(String),
    /// Too many: send again after this time, or with backoff where the platform named none.
    RetryAfter(Option<Duration>),
    /// It may pass: send again with backoff. The platform may have taken the message where `may_have_arrived`.
    Transient {
        /// False where the request surely never was taken.
        may_have_arrived: bool,
    },
    /// The user's last message is too long ago for an answer; drop it with a note.
    WindowClosed,
    /// The time to answer this very message is over; give the reply up.
    Expired,
    /// The request is wrong by the platform's rules: sending it again changes nothing.
    OurFault,
}

/// A message that was not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PieceError {
    /// What to do.
    pub failure: SendFailure,
    /// What the platform said, fit for the owner's eyes and for a log: at most [`MAX_REASON`] bytes, no secret, no
    /// message text.
    pub reason: String,
}

/// Bytes of a reason.
pub const MAX_REASON: usize = 300;

/// Why a channel is not connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConnectFailure {
    /// The platform refuses the credentials.
    Refused,
    /// The credentials are right, but a permission or a setting of the owner's is missing.
    OwnerSetup,
    /// The platform was not reached, or is in trouble: nothing is known of the credentials.
    Unreachable,
}

/// A connection that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConnectError {
    /// What sort of failure it is.
    pub failure: ConnectFailure,
    /// As [`PieceError::reason`].
    pub reason: String,
}

/// Whether the platform still delivers to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WebhookHealth {
    /// It does, as far as it can be told.
    Ours,
    /// It refuses the credentials, or delivers elsewhere: the channel is lost, for this reason.
    Lost(String),
    /// It could not be asked: nothing follows from that.
    Unknown(String),
}

impl WebhookHealth {
    /// What a failed check says: only an answer about the credentials is a loss.
    pub(crate) fn of(error: PieceError) -> Self {
        match error.failure {
            SendFailure::ChannelLost => Self::Lost(error.reason),
            _ => Self::Unknown(error.reason),
        }
    }
}

impl fmt::Display for PieceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for PieceError {}

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for ConnectError {}
