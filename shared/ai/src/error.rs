//! Why a backend gave no answer, or broke off.

use std::time::Duration;

/// Which time bound a backend broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// Until the first visible text.
    FirstToken,
    /// Silence between two pieces of text.
    Silence,
    /// The whole answer.
    Total,
}

/// Why a backend gave no answer, or broke off. The texts are for the chatbot's owner: they hold at
/// most a short quotation of what the backend said, and never a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// Too many requests or tokens for now (429).
    #[error("rate limited: {message}")]
    RateLimited {
        /// How long the backend asks to wait.
        retry_after: Option<Duration>,
        /// What it said.
        message: String,
    },
    /// It took too long.
    #[error("{}", match .clock {
        Clock::FirstToken => format!("no text within {} s", .after.as_secs()),
        Clock::Silence => format!("no further text for {} s", .after.as_secs()),
        Clock::Total => format!("no complete answer within {} s", .after.as_secs()),
    })]
    Timeout {
        /// Which bound.
        clock: Clock,
        /// The bound.
        after: Duration,
    },
    /// It refuses this very request (400, 413, 422): too long, an unknown parameter.
    #[error("rejected the request: {message}")]
    Rejected {
        /// What it said.
        message: String,
    },
    /// The owner has to act: a wrong key, an unknown model, no credit, no permission (401, 402, 403, 404).
    #[error("not accepted: {message}")]
    Misconfigured {
        /// What it said.
        message: String,
    },
    /// The address may not be connected to, or it redirects.
    #[error("address refused: {message}")]
    Refused {
        /// Why.
        message: String,
    },
    /// It can't be reached or has failed (connection, TLS, 5xx, 529).
    #[error("not available: {message}")]
    Unavailable {
        /// What happened.
        message: String,
    },
    /// What came is not of its protocol: HTML, broken JSON, an event over the bound.
    #[error("answered out of protocol: {message}")]
    Malformed {
        /// What was wrong.
        message: String,
    },
    /// It reported success without text, tool call or refusal.
    #[error("answered without any text")]
    Empty,
    /// Its circuit is open: it failed repeatedly, and no request is sent for now.
    #[error("not asked: it failed repeatedly a moment ago")]
    CircuitOpen,
    /// The stream ended before the answer did.
    #[error("broke off before the answer was complete")]
    BrokenOff,
}

impl AnswerError {
    /// The same with what it quotes of the backend as `change` makes it.
    pub(crate) fn quoting(mut self, change: impl Fn(&str) -> String) -> Self {
        match &mut self {
            Self::RateLimited { message, .. }
            | Self::Rejected { message }
            | Self::Misconfigured { message }
            | Self::Refused { message }
            | Self::Unavailable { message }
            | Self::Malformed { message } => *message = change(message),
            Self::Timeout { .. } | Self::Empty | Self::CircuitOpen | Self::BrokenOff => {}
        }
        self
    }

    /// Whether the same request may succeed in a moment. The others last until the owner changes something.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::RateLimited { .. }
            | Self::Timeout { .. }
            | Self::Unavailable { .. }
            | Self::BrokenOff => true,
            Self::Rejected { .. }
            | Self::Misconfigured { .. }
            | Self::Refused { .. }
            | Self::Malformed { .. }
            | Self::CircuitOpen
            | Self::Empty => false,
        }
    }
}
