//! One call to a platform, and what came back.

use std::time::{Duration, Instant};

use outbound::{Unanswered, Verb};
use serde_json::Value;
use url::Url;

use crate::{
    ConnectError, ConnectFailure, PieceError, SendFailure, failure::MAX_REASON, text::cut,
};

/// Bytes of an answer that are read; Slack repeats a message in its answer, escaped and as blocks.
const MAX_ANSWER: usize = 512 * 1024;

/// Bounds all calls that one operation makes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline(Instant);

impl Deadline {
    pub(crate) fn after(time: Duration) -> Self {
        Self(Instant::now() + time)
    }

    pub(crate) fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }
}

/// What a platform answered.
#[derive(Debug, Clone)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    /// Null where it was not JSON.
    pub(crate) body: Value,
    pub(crate) retry_after: Option<Duration>,
}

/// The client of the HTTP calls, with the header that all calls to a platform have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller<'a> {
    pub(crate) http: &'a outbound::Client,
    /// `Authorization`, where the token is not in the URL.
    pub(crate) authorization: Option<&'a str>,
    /// In place of the client's own.
    pub(crate) user_agent: Option<&'a str>,
    pub(crate) deadline: Deadline,
}

impl Caller<'_> {
    pub(crate) async fn call(
        self,
        verb: Verb,
        url: &Url,
        body: Option<&Value>,
    ) -> Result<Answered, PieceError> {
        let headers = [("authorization", self.authorization), ("user-agent", self.user_agent)];
        let headers: Vec<_> =
            headers.into_iter().filter_map(|(name, value)| Some((name, value?))).collect();
        let body = body.map(Value::to_string);
        let time = self.deadline.left();
        let answer = self.http.call(verb, url, &headers, body, time, MAX_ANSWER).await;
        let sent = answer.map_err(|unanswered| unreached(&unanswered))?;
        Ok(Answered {
            status: sent.status,
            body: serde_json::from_str(&sent.body).unwrap_or_default(),
            retry_after: sent.retry_after,
        })
    }
}

/// Whatever kept a call from being answered says nothing of the credentials.
fn unreached(unanswered: &Unanswered) -> PieceError {
    let Unanswered { error, may_have_arrived } = unanswered;
    let reason = format!("the platform was not reached: {error}");
    PieceError::new(SendFailure::Transient { may_have_arrived: *may_have_arrived }, &reason)
}

impl Answered {
    /// Whether the answer is a success by its status.
    pub(crate) fn is_ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// What an answer without a known shape means: 429 and 5xx pass, all else is our fault.
    pub(crate) fn by_status(&self, said: &str) -> PieceError {
        let failure = match self.status {
            429 => SendFailure::RetryAfter(self.retry_after),
            500..=599 => SendFailure::Transient { may_have_arrived: true },
            _ => SendFailure::OurFault,
        };
        let reason = match said {
            "" => format!("the platform answered {}", self.status),
            said => format!("{} {said}", self.status),
        };
        PieceError::new(failure, &reason)
    }
}

impl PieceError {
    /// Of this failure, for this reason, of which [`MAX_REASON`] bytes are kept.
    pub(crate) fn new(failure: SendFailure, reason: &str) -> Self {
        Self { failure, reason: cut(reason, MAX_REASON).to_owned() }
    }
}

impl From<PieceError> for ConnectError {
    fn from(error: PieceError) -> Self {
        let failure = match error.failure {
            SendFailure::ChannelLost => ConnectFailure::Refused,
            SendFailure::RetryAfter(_) | SendFailure::Transient { .. } => {
                ConnectFailure::Unreachable
            }
            _ => ConnectFailure::OwnerSetup,
        };
        Self { failure, reason: error.reason }
    }
}

/// `base` with `segments` after its path, each of them escaped.
pub(crate) fn address(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    // A base of http or https always has segments.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}
