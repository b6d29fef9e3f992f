//! What a stand-in records, and what it can be told to fail with.

use std::time::{Duration, Instant};

use axum::http::HeaderMap;
use serde_json::Value;

/// A call as it came, and the status of its answer.
#[derive(Debug, Clone)]
pub struct RecordedCall {
    /// `GET`, `POST`, …
    pub verb: String,
    /// Without the query.
    pub path: String,
    /// The decoded query.
    pub query: Vec<(String, String)>,
    /// The header fields.
    pub headers: HeaderMap,
    /// The body as JSON; null where it is none.
    pub body: Value,
    /// What it was answered with; 0 while it is not.
    pub status: u16,
    /// When it came.
    pub at: Instant,
}

impl RecordedCall {
    /// A header's text; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// An answer of a stand-in.
#[derive(Debug, Clone)]
pub struct FakeReply {
    /// The status code.
    pub status: u16,
    /// Header fields beside the content type.
    pub headers: Vec<(&'static str, String)>,
    /// The body; null for none.
    pub body: Value,
}

impl FakeReply {
    /// `status` with `body`.
    pub fn new(status: u16, body: Value) -> Self {
        Self { status, headers: Vec::new(), body }
    }

    /// With one header field more.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// A failure to come.
#[derive(Debug, Clone)]
pub struct PlannedFailure {
    /// Calls whose path ends like this fail (`sendMessage`).
    pub path: String,
    /// What they are answered with.
    pub reply: FakeReply,
    /// Whether the call takes effect all the same: an answer that is lost on its way.
    pub takes_effect: bool,
}

/// Failures at regular intervals: every `every`-th call whose path ends like this.
#[derive(Debug, Clone)]
pub struct Disturbance {
    /// See [`PlannedFailure::path`].
    pub path: String,
    /// Every how many calls; 0 for none.
    pub every: u64,
    /// What they are answered with.
    pub reply: FakeReply,
    /// See [`PlannedFailure::takes_effect`].
    pub takes_effect: bool,
}

/// One attempt to deliver, and how it was answered.
#[derive(Debug, Clone)]
pub struct DeliveryAttempt {
    /// Where to.
    pub url: String,
    /// The exact bytes.
    pub sent: Vec<u8>,
    /// The status of the answer; none if it never came.
    pub status: Option<u16>,
    /// The answer's content type; empty if it had none.
    pub content_type: String,
    /// The answer's body.
    pub body: String,
    /// From sending to the answer.
    pub took: Duration,
    /// Whether the stand-in pretends that the answer never came.
    pub is_lost: bool,
}

impl DeliveryAttempt {
    /// Whether the platform takes it for delivered.
    pub fn is_taken(&self) -> bool {
        !self.is_lost && self.status.is_some_and(|status| (200..300).contains(&status))
    }
}
