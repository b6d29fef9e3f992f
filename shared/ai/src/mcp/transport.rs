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
    rpc::{self, Incoming},
};
use crate::sse::{MAX_EVENT, SseReader};

/// The largest answer to one request, in bytes, all of its events and continuations together.
const MAX_BODY: usize = 4 * 1024 * 1024;
/// The beginning of an answer that is read to tell what went wrong.
const MAX_ERROR_BODY: usize = 16 * 1024;
/// How often a stream that ends before its answer is continued.
const MAX_RESUMPTIONS: u32 = 3;
/// Requests of a server's own that are answered during one of ours.
const MAX_REPLIES: u32 = 16;
/// How long a message without an answer may take.
const SHORT: Duration = Duration::from_secs(5);
/// How long a stream rests before it is continued, unless the server says.
const RETRY: Duration = Duration::from_millis(500);
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
    client: Client,
    url: Url,
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
    deadline: Instant,
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

    fn renew(&mut self) {
        *self = self.again();
    }

    /// What `work` comes to, if that is in time.
    async fn of_work<T>(&self, work: impl Future<Output = T>) -> Result<T, Failure> {
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

type Body = BoxStream<'static, Result<Bytes, OutboundError>>;

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

    fn with_headers(&self, accept: &str, protocol: &[(String, String)]) -> Vec<(String, String)> {
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
                let listening = Listening {
                    wire: self,
                    outgoing,
                    left: MAX_BODY,
                    replies: 0,
                    last_id: None,
                    rest: RETRY,
                };
                listening.until_answer(answer.body, &mut clock).await?
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

fn kind(answer: &Streamed) -> &str {
    answer.content_type.split(';').next().unwrap_or_default().trim()
}

/// The answer among `messages` to the request `id`. `alone`: an error without an id is meant too, since
/// nothing else was sent there.
fn answer_to(id: u64, messages: Vec<Incoming>, alone: bool) -> Option<Result<Value, Failure>> {
    messages.into_iter().find_map(|message| match message {
        Incoming::Answer { id: of, outcome }
            if of.as_u64() == Some(id) || (alone && of.is_null() && outcome.is_err()) =>
        {
            Some(outcome.map_err(|error| Failure::Rpc { status: 200, error }))
        }
        _ => None,
    })
}

/// A stream of events that has to bring an answer.
struct Listening<'a> {
    wire: &'a Wire,
    outgoing: &'a Outgoing<'a>,
    /// Bytes that may still come.
    left: usize,
    replies: u32,
    /// The last event that had an id: where the stream can be continued.
    last_id: Option<String>,
    /// How long it rests before.
    rest: Duration,
}

impl Listening<'_> {
    async fn until_answer(mut self, body: Body, clock: &mut Clock) -> Result<Value, Failure> {
        let mut body = Some(body);
        for resumption in 0..=MAX_RESUMPTIONS {
            if let Some(body) = body.take()
                && let Some(result) = self.read(body, clock).await?
            {
                return Ok(result);
            }
            // An empty id takes back the ones before it.
            let Some(id) = self.last_id.clone().filter(|id| !id.is_empty()) else { break };
            if !self.outgoing.legacy || resumption == MAX_RESUMPTIONS {
                break;
            }
            body = self.resumed(id, clock).await?;
        }
        Err(Failure::lost("the connection was closed before the answer"))
    }

    /// The stream from the event `last_id` on; `None` if it can't be had for now.
    async fn resumed(&self, last_id: String, clock: &Clock) -> Result<Option<Body>, Failure> {
        clock.of_work(tokio::time::sleep(self.rest)).await?;
        let mut headers = self.wire.with_headers("text/event-stream", &self.outgoing.headers);
        headers.push(("last-event-id".to_owned(), last_id));
        let sent = self.wire.client.exchange(&self.wire.url, &headers, Exchange::Get);
        let Ok(answer) = clock.of_work(sent).await? else { return Ok(None) };
        match answer.status {
            200..=299 if kind(&answer) == "text/event-stream" => Ok(Some(answer.body)),
            405 => Err(Failure::lost(
                "the connection was closed before the answer, and the server continues no stream",
            )),
            500.. => Ok(None),
            _ => Err(Failure::lost(
                "the connection was closed before the answer, and could not be continued",
            )),
        }
    }

    /// Reads events until there is an answer; `None` if the stream ends before.
    async fn read(&mut self, mut body: Body, clock: &mut Clock) -> Result<Option<Value>, Failure> {
        let mut reader = SseReader::new(MAX_EVENT);
        loop {
            let piece = clock.of_work(body.next()).await?;
            // A connection that is lost is continued like one that is closed.
            let Some(Ok(piece)) = piece else {
                self.last_id = reader.last_id().map(str::to_owned).or(self.last_id.take());
                self.rest = reader.retry().unwrap_or(self.rest);
                return match reader.finish() {
                    // A proxy has cut the last blank line.
                    Some(event) => self.event(&event.data, clock).await.or(Ok(None)),
                    None => Ok(None),
                };
            };
            self.left = self.left.checked_sub(piece.len()).ok_or_else(too_large)?;
            let mut events = Vec::new();
            reader
                .feed(&piece, &mut events)
                .map_err(|error| Failure::protocol(&error.to_string()))?;
            for event in events {
                if let Some(result) = self.event(&event.data, clock).await? {
                    return Ok(Some(result));
                }
            }
        }
    }

    /// What an event comes to: the answer, or nothing that is waited for.
    async fn event(&mut self, data: &str, clock: &mut Clock) -> Result<Option<Value>, Failure> {
        // An event that only carries an id.
        if data.trim().is_empty() {
            return Ok(None);
        }
        let message = serde_json::from_str(data)
            .map_err(|_| Failure::protocol("an event that is not JSON"))?;
        let messages = rpc::incoming(message);
        for message in &messages {
            match message {
                Incoming::Notification { method, params }
                    if method == "notifications/progress"
                        && params["progressToken"].as_u64() == Some(self.outgoing.id) =>
                {
                    clock.renew();
                }
                Incoming::Request { id, method } if self.outgoing.legacy => {
                    self.reply(rpc::reply(id, method), clock).await;
                }
                _ => {}
            }
        }
        answer_to(self.outgoing.id, messages, false).transpose()
    }

    /// Answers a request of the server's own; it is the server's loss if that fails.
    async fn reply(&mut self, body: String, clock: &Clock) {
        if self.replies < MAX_REPLIES {
            self.replies += 1;
            let _ = self.wire.notify(&self.outgoing.headers, body, clock.deadline).await;
        }
    }
}

fn too_large() -> Failure {
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

/// Takes the values of a team's headers out of texts.
pub(super) struct Redaction {
    /// Every value of some length, the longest first.
    values: Vec<String>,
    /// Those among them that are keys by their header's name or by their length.
    keys: Vec<String>,
}

impl Redaction {
    fn of(headers: &[(String, String)]) -> Self {
        let (mut values, mut keys) = (Vec::new(), Vec::new());
        for (name, value) in headers {
            let words = ["auth", "cookie", "key", "password", "secret", "token"];
            let is_key = words.iter().any(|word| name.contains(word));
            // `Bearer` and what comes after it, each of which may be echoed alone.
            for part in value.split_whitespace().chain([value.trim()]) {
                let is_scheme = ["bearer", "basic"].contains(&part.to_ascii_lowercase().as_str());
                if part.len() >= 4 && !is_scheme {
                    values.push(part.to_owned());
                    if is_key || part.len() >= 20 {
                        keys.push(part.to_owned());
                    }
                }
            }
        }
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        keys.sort_by_key(|value| std::cmp::Reverse(value.len()));
        Self { values, keys }
    }

    /// A text of the server's for the team: without any value.
    pub(super) fn message(&self, text: &str) -> String {
        replaced(text, &self.values)
    }

    /// A result for a model: without keys. Other values, such as a region, may be what it is about.
    pub(super) fn output(&self, text: &str) -> String {
        replaced(text, &self.keys)
    }
}

fn replaced(text: &str, values: &[String]) -> String {
    values.iter().fold(text.to_owned(), |text, value| text.replace(value, "[redacted]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_headers_are_taken_out() {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let redaction = Redaction::of(&[
            header("authorization", "Bearer s3cr3t-token"),
            header("x-region", "eu-central-1"),
            header("x-flag", "1"),
            header("x-long", "0123456789abcdef0123456789"),
        ]);
        let echo =
            "got Bearer s3cr3t-token, s3cr3t-token, eu-central-1, 1, 0123456789abcdef0123456789";
        assert_eq!(
            redaction.message(echo),
            "got [redacted], [redacted], [redacted], 1, [redacted]"
        );
        assert_eq!(
            redaction.output(echo),
            "got [redacted], [redacted], eu-central-1, 1, [redacted]"
        );
    }
}
