//! Streamable HTTP: one request, and its answer as JSON or as a stream of events.

use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt, stream::BoxStream};
use outbound::{Client, Exchange, OutboundError, Streamed};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::{
    McpError, McpServer,
    error::Failure,
    listening::Listening,
    rpc::{self, Incoming},
};
use crate::redaction::Redaction;

/// The largest answer to one request, in bytes, all of its events and continuations together.
pub(super) const MAX_BODY: usize = 4 * 1024 * 1024;
/// The beginning of an answer that is read to tell what went wrong.
const MAX_ERROR_BODY: usize = 16 * 1024;
/// How long a message without an answer may take.
const SHORT: Duration = Duration::from_secs(5);
/// Before a request is sent again that was not sent.
const PAUSE: Duration = Duration::from_millis(200);

/// Headers that are ours to send, or no one's; those that begin with `mcp-` too.
const OURS: [&str; 13] = [
    "accept",
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "last-event-id",
    "origin",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Connections to one server.
pub(super) struct Wire {
    pub(super) client: Client,
    pub(super) url: Url,
    /// The team's headers.
    headers: Vec<(String, String)>,
    redaction: Redaction,
}

/// Bounds on a request's time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    /// The longest silence; progress renews it.
    silence: Duration,
    /// The end, whatever happens.
    until: Instant,
    /// When the silence began that is waited for now, and when it is too long.
    renewed: Instant,
    pub(super) deadline: Instant,
}

impl Clock {
    pub(super) fn new(silence: Duration, until: Instant) -> Self {
        let renewed = Instant::now();
        Self { silence, until, renewed, deadline: (renewed + silence).min(until) }
    }

    pub(super) fn until(&self) -> Instant {
        self.until
    }

    /// The same bounds, from now on.
    pub(super) fn again(&self) -> Self {
        Self::new(self.silence, self.until)
    }

    pub(super) fn renew(&mut self) {
        *self = self.again();
    }

    /// What `work` comes to, if that is in time.
    pub(super) async fn of_work<T>(&self, work: impl Future<Output = T>) -> Result<T, Failure> {
        let waited = self.deadline.saturating_duration_since(self.renewed);
        let late = |_| Failure::Other(McpError::Timeout(waited));
        timeout_at(self.deadline, work).await.map_err(late)
    }
}

/// A request of JSON-RPC, ready to be sent.
pub(super) struct Outgoing<'a> {
    pub(super) id: u64,
    pub(super) method: &'a str,
    pub(super) params: Value,
    /// Those of the protocol.
    pub(super) headers: Vec<(String, String)>,
    /// Whether the server may ask back and its streams be continued: before 2026-07-28.
    pub(super) legacy: bool,
}

/// A result, and the session that came with it.
pub(super) struct Answered {
    pub(super) result: Value,
    pub(super) session: Option<String>,
}

pub(super) type Body = BoxStream<'static, Result<Bytes, OutboundError>>;

impl Wire {
    pub(super) fn new(client: Client, server: McpServer) -> Self {
        let is_ours = |name: &str| OURS.contains(&name) || name.starts_with("mcp-");
        let lower = |(name, value): (String, String)| (name.to_ascii_lowercase(), value);
        let headers: Vec<(String, String)> =
            server.headers.into_iter().map(lower).filter(|(name, _)| !is_ours(name)).collect();
        let redaction = Redaction::of(&headers);
        Self { client, url: server.url, headers, redaction }
    }

    pub(super) fn redaction(&self) -> &Redaction {
        &self.redaction
    }

    pub(super) fn with_headers(
        &self,
        accept: &str,
        protocol: &[(String, String)],
    ) -> Vec<(String, String)> {
        let mut headers = self.headers.clone();
        headers.push(("accept".to_owned(), accept.to_owned()));
        headers.extend_from_slice(protocol);
        headers
    }

    /// Posts `body`. What was not sent is sent once more.
    async fn post(
        &self,
        headers: &[(String, String)],
        body: String,
        clock: &Clock,
    ) -> Result<Streamed, Failure> {
        let headers = self.with_headers("application/json, text/event-stream", headers);
        let send = || self.client.exchange(&self.url, &headers, Exchange::Post(body.clone()));
        let failure = match clock.of_work(send()).await?.map_err(Failure::from) {
            Err(failure @ Failure::Other(McpError::Unavailable(_))) => failure,
            other => return other,
        };
        if Instant::now() + PAUSE >= clock.deadline {
            return Err(failure);
        }
        tokio::time::sleep(PAUSE).await;
        clock.of_work(send()).await?.map_err(Failure::from)
    }

    /// Sends a message that has no answer.
    pub(super) async fn notify(
        &self,
        headers: &[(String, String)],
        body: String,
        until: Instant,
    ) -> Result<(), Failure> {
        let clock = Clock::new(SHORT, until);
        let answer = self.post(headers, body, &clock).await?;
        match answer.status {
            200..=299 => Ok(()),
            status => {
                let failure = Failure::of_status(status, &prefix(answer.body, &clock).await?);
                Err(failure.cleaned(|text| self.redaction.message(text)))
            }
        }
    }

    /// Ends a session, which the server may refuse.
    pub(super) async fn delete(&self, headers: &[(String, String)], within: Duration) {
        let headers = self.with_headers("application/json", headers);
        let sent = self.client.exchange(&self.url, &headers, Exchange::Delete);
        // The server forgets it anyway.
        let _ = tokio::time::timeout(within, sent).await;
    }

    /// Sends a request and waits for its answer. Errors hold no secrets, and little of what was said.
    pub(super) async fn request(
        &self,
        outgoing: &Outgoing<'_>,
        clock: Clock,
    ) -> Result<Answered, Failure> {
        let answered = self.answered(outgoing, clock).await;
        answered.map_err(|failure| failure.cleaned(|text| self.redaction.message(text)))
    }

    async fn answered(
        &self,
        outgoing: &Outgoing<'_>,
        mut clock: Clock,
    ) -> Result<Answered, Failure> {
        let body = rpc::request(outgoing.id, outgoing.method, &outgoing.params);
        let answer = self.post(&outgoing.headers, body, &clock).await?;
        if !(200..300).contains(&answer.status) {
            let text = prefix(answer.body, &clock).await?;
            return Err(Failure::of_status(answer.status, &text));
        }
        let session = answer.header("mcp-session-id").map(str::to_owned);
        let result = match kind(&answer) {
            "application/json" => {
                let body = clock.of_work(whole(answer.body)).await??;
                let body = serde_json::from_slice(&body)
                    .map_err(|_| Failure::protocol("an answer that is not JSON"))?;
                let found = answer_to(outgoing.id, rpc::incoming(body), true);
                found.ok_or_else(|| Failure::protocol("an answer to another request"))??
            }
            "text/event-stream" => {
                Listening::new(self, outgoing).until_answer(answer.body, &mut clock).await?
            }
            "" => return Err(Failure::protocol("no content type, where an answer was due")),
            other => {
                let other = crate::http::quoted(other);
                return Err(Failure::protocol(&format!("the content type {other}")));
            }
        };
        match result {
            Value::Object(_) => Ok(Answered { result, session }),
            _ => Err(Failure::protocol("a result that is no object")),
        }
    }
}

pub(super) fn kind(answer: &Streamed) -> &str {
    answer.content_type.split(';').next().unwrap_or_default().trim()
}

/// The answer among `messages` to the request `id`. `alone`: an error without an id is meant too, since
/// nothing else was sent there.
pub(super) fn answer_to(
    id: u64,
    messages: Vec<Incoming>,
    alone: bool,
) -> Option<Result<Value, Failure>> {
    messages.into_iter().find_map(|message| match message {
        Incoming::Answer { id: of, outcome }
            if of.as_u64() == Some(id) || (alone && of.is_null() && outcome.is_err()) =>
        {
            Some(outcome.map_err(|error| Failure::Rpc { status: 200, error }))
        }
        _ => None,
    })
}

pub(super) fn too_large() -> Failure {
    Failure::protocol("an answer larger than 4 MiB")
}

async fn whole(mut body: Body) -> Result<Vec<u8>, Failure> {
    let mut read = Vec::new();
    while let Some(piece) = body.next().await {
        let piece = piece.map_err(|error| Failure::lost(&error.to_string()))?;
        if read.len() + piece.len() > MAX_BODY {
            return Err(too_large());
        }
        read.extend_from_slice(&piece);
    }
    Ok(read)
}

/// The beginning of a body; one that breaks off is as good.
async fn prefix(mut body: Body, clock: &Clock) -> Result<String, Failure> {
    let mut read = Vec::new();
    while read.len() < MAX_ERROR_BODY
        && let Some(Ok(piece)) = clock.of_work(body.next()).await?
    {
        read.extend_from_slice(&piece);
    }
    read.truncate(MAX_ERROR_BODY);
    Ok(String::from_utf8_lossy(&read).into_owned())
}
