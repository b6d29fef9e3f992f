//! An answer as a stream of events: what comes before it, and streams that end before it.

use std::time::Duration;

use futures::StreamExt;
use outbound::Exchange;
use serde_json::Value;

use super::{
    error::Failure,
    rpc::{self, Incoming},
    transport::{Body, Clock, MAX_BODY, Outgoing, Wire, answer_to, kind, too_large},
};
use crate::sse::{MAX_EVENT, SseReader};

/// How often a stream that ends before its answer is continued.
const MAX_RESUMPTIONS: u32 = 3;
/// Requests of a server's own that are answered during one of ours.
const MAX_REPLIES: u32 = 16;
/// How long a stream rests before it is continued, unless the server says.
const RETRY: Duration = Duration::from_millis(500);

/// A stream of events that has to bring an answer.
pub(super) struct Listening<'a> {
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

impl<'a> Listening<'a> {
    pub(super) fn new(wire: &'a Wire, outgoing: &'a Outgoing<'a>) -> Self {
        Self { wire, outgoing, left: MAX_BODY, replies: 0, last_id: None, rest: RETRY }
    }

    /// Reads `body`, and what it is continued by, until the answer comes.
    pub(super) async fn until_answer(
        mut self,
        body: Body,
        clock: &mut Clock,
    ) -> Result<Value, Failure> {
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
