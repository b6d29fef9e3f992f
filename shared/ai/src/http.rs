//! What the backends over HTTP share: the request, the status, the body as events or as a whole.

use std::collections::VecDeque;

use bytes::Bytes;
use futures::{Stream, StreamExt, stream, stream::BoxStream};
use outbound::{Client, OutboundError, Streamed};
use url::Url;

use crate::{
    AnswerError, AnswerEvent, AnswerStream,
    calls::MAX_TOOL_CALLS,
    frames::FrameReader,
    redaction::Redaction,
    sse::{MAX_EVENT, SseEvent, SseReader},
};

/// The largest answer that comes as a whole, in bytes.
const MAX_BODY: usize = 1024 * 1024;
/// The largest text of one answer, in bytes: it has to fit an item of the table.
pub(crate) const MAX_TEXT: usize = 128 * 1024;
/// Characters of a backend's own error text that its owner is shown.
const MAX_QUOTED: usize = 200;

/// A request to a backend, ready to be sent.
pub(crate) struct Call {
    pub url: Url,
    pub headers: Vec<(String, String)>,
    pub body: serde_json::Value,
}

/// Reads one wire: from events or a whole answer to [`AnswerEvent`]s.
pub(crate) trait Wire: Send + 'static {
    /// The next event of a stream. [`AnswerEvent::Done`] ends it.
    fn event(&mut self, event: SseEvent) -> Result<Vec<AnswerEvent>, AnswerError>;

    /// The stream has ended without [`AnswerEvent::Done`].
    fn end(&mut self) -> Result<Vec<AnswerEvent>, AnswerError>;

    /// An answer that came as a whole, [`AnswerEvent::Done`] included.
    fn whole(&mut self, body: &[u8]) -> Result<Vec<AnswerEvent>, AnswerError>;

    /// What an error response means. `body` is its beginning.
    fn error(&self, status: u16, body: &str) -> AnswerError {
        error_of_status(status, quoted(body))
    }
}

/// Sends `call` and reads what comes as `wire` says. No error quotes a key of its headers.
pub(crate) fn answer(client: Client, call: Call, wire: impl Wire) -> AnswerStream {
    let redaction = Redaction::of(&call.headers);
    stream::once(async move {
        match begin(&client, call, wire).await {
            Ok(events) => events,
            Err(error) => stream::iter([Err(error)]).boxed(),
        }
    })
    .flatten()
    .map(move |event| event.map_err(|error| error.quoting(|text| redaction.output(text))))
    .boxed()
}

async fn begin(
    client: &Client,
    call: Call,
    mut wire: impl Wire,
) -> Result<AnswerStream, AnswerError> {
    let Call { url, headers, body } = call;
    let redaction = Redaction::of(&headers);
    let sent = client.post_stream(&url, &headers, body.to_string()).await;
    let sent = sent.map_err(error_of_outbound)?;
    let encoding = sent.header("content-encoding").map(str::to_owned);
    let Streamed { status, content_type, retry_after, body, .. } = sent;
    if !(200..300).contains(&status) {
        // Before it is cut: a part of a key is none to be found.
        let text = redaction.output(&prefix(body).await);
        return Err(match wire.error(status, &text) {
            AnswerError::RateLimited { retry_after: None, message } => {
                AnswerError::RateLimited { retry_after, message }
            }
            error => error,
        });
    }
    if let Some(encoding) = encoding.filter(|encoding| !encoding.eq_ignore_ascii_case("identity")) {
        let message = format!("packed its answer ({}), which was not requested", quoted(&encoding));
        return Err(AnswerError::Malformed { message });
    }
    match content_type.split(';').next().unwrap_or_default().trim() {
        "text/event-stream" => Ok(Reading::of(body, Decoder::sse(), wire).events()),
        "application/vnd.amazon.eventstream" => {
            Ok(Reading::of(body, Decoder::frames(), wire).events())
        }
        "application/json" => {
            // Some proxies answer so although a stream was requested.
            let events = wire.whole(&whole(body).await?)?;
            let empty = Reading::of(stream::empty(), Decoder::sse(), wire);
            Ok(Reading { events: events.into(), decoder: None, ..empty }.events())
        }
        other => {
            let text = quoted(&prefix(body).await);
            let kind = if other.is_empty() { "no content type" } else { other };
            let message = format!("expected an event stream, got {kind}: {text}");
            Err(AnswerError::Malformed { message })
        }
    }
}

/// An answer that failed before its request was sent.
pub(crate) fn failed(error: AnswerError) -> AnswerStream {
    stream::iter([Err(error)]).boxed()
}

/// Cuts a body into events.
pub(crate) enum Decoder {
    Sse(SseReader),
    Frames(FrameReader),
}

impl Decoder {
    /// Of server-sent events.
    pub(crate) fn sse() -> Self {
        Self::Sse(SseReader::new(MAX_EVENT))
    }

    /// Of AWS's frames.
    pub(crate) fn frames() -> Self {
        Self::Frames(FrameReader::new(MAX_EVENT))
    }

    fn feed(&mut self, bytes: &[u8], events: &mut Vec<SseEvent>) -> Result<(), AnswerError> {
        let fed = match self {
            Self::Sse(reader) => reader.feed(bytes, events).map_err(|error| error.to_string()),
            Self::Frames(reader) => reader.feed(bytes, events).map_err(|error| error.to_string()),
        };
        fed.map_err(|error| malformed(&error))
    }

    fn finish(self) -> Option<SseEvent> {
        match self {
            Self::Sse(reader) => reader.finish(),
            // A frame that is cut off is none.
            Self::Frames(_) => None,
        }
    }
}

/// A body that is being read.
pub(crate) struct Reading<W> {
    body: BoxStream<'static, Result<Bytes, OutboundError>>,
    /// `None` once the body has ended.
    decoder: Option<Decoder>,
    wire: W,
    events: VecDeque<AnswerEvent>,
    /// Comes after the events.
    failed: Option<AnswerError>,
    /// Bytes of text so far, those of tool calls included.
    size: usize,
    /// Text, a tool call or a refusal was among the events.
    said: bool,
    ended: bool,
}

impl<W: Wire> Reading<W> {
    pub(crate) fn of(
        body: impl Stream<Item = Result<Bytes, OutboundError>> + Send + 'static,
        decoder: Decoder,
        wire: W,
    ) -> Self {
        Self {
            body: body.boxed(),
            decoder: Some(decoder),
            wire,
            events: VecDeque::new(),
            failed: None,
            size: 0,
            said: false,
            ended: false,
        }
    }

    pub(crate) fn events(self) -> AnswerStream {
        stream::unfold(self, |mut reading| async move {
            let event = reading.next().await?;
            reading.ended = matches!(event, Err(_) | Ok(AnswerEvent::Done { .. }));
            Some((event, reading))
        })
        .boxed()
    }

    /// The next event; `None` after the last one. What came before an error is told before it, however
    /// both were split.
    async fn next(&mut self) -> Option<Result<AnswerEvent, AnswerError>> {
        if self.ended {
            return None;
        }
        loop {
            if let Some(event) = self.events.pop_front() {
                return Some(self.checked(event));
            }
            if let Some(error) = self.failed.take() {
                return Some(Err(error));
            }
            if let Err(error) = self.advance().await {
                self.failed = Some(error);
            }
        }
    }

    /// Checks the bound on the whole answer, and that a success said anything.
    fn checked(&mut self, event: AnswerEvent) -> Result<AnswerEvent, AnswerError> {
        match &event {
            AnswerEvent::Delta(text) => {
                self.size += text.len();
                self.said |= !text.is_empty();
            }
            AnswerEvent::ToolCall(call) => {
                self.size += call.arguments.len() + MAX_TEXT / MAX_TOOL_CALLS;
                self.said = true;
            }
            AnswerEvent::Refused => self.said = true,
            AnswerEvent::Done { .. } if !self.said => return Err(AnswerError::Empty),
            AnswerEvent::Cited(_) | AnswerEvent::Done { .. } => {}
        }
        match self.size > MAX_TEXT {
            true => Err(malformed("the answer is larger than 128 KiB")),
            false => Ok(event),
        }
    }

    /// Reads until there is an event, or fails.
    async fn advance(&mut self) -> Result<(), AnswerError> {
        let Some(decoder) = self.decoder.as_mut() else { return Err(AnswerError::BrokenOff) };
        let mut read = Vec::new();
        match self.body.next().await {
            Some(Ok(piece)) => {
                self.failed = decoder.feed(&piece, &mut read).err();
            }
            Some(Err(error)) => return Err(error_of_stream(error)),
            None => read.extend(self.decoder.take().and_then(Decoder::finish)),
        }
        for event in read {
            self.events.extend(self.wire.event(event)?);
            // What comes after the end is skipped: a proxy's trailer, a second `[DONE]`.
            if matches!(self.events.back(), Some(AnswerEvent::Done { .. })) {
                return Ok(());
            }
        }
        if self.decoder.is_none() {
            self.events.extend(self.wire.end()?);
        }
        Ok(())
    }
}

async fn whole(
    mut body: BoxStream<'static, Result<Bytes, OutboundError>>,
) -> Result<Vec<u8>, AnswerError> {
    let mut read = Vec::new();
    while let Some(piece) = body.next().await {
        read.extend_from_slice(&piece.map_err(error_of_stream)?);
        if read.len() > MAX_BODY {
            return Err(malformed("the answer is larger than 1 MiB"));
        }
    }
    Ok(read)
}

/// The beginning of a body; one that breaks off is as good.
async fn prefix(mut body: BoxStream<'static, Result<Bytes, OutboundError>>) -> String {
    let mut read = Vec::new();
    while let Some(Ok(piece)) = body.next().await {
        read.extend_from_slice(&piece);
        if read.len() >= 16 * 1024 {
            break;
        }
    }
    read.truncate(16 * 1024);
    String::from_utf8_lossy(&read).into_owned()
}

/// The first 200 characters of a text on one line, control characters taken out.
pub(crate) fn quoted(text: &str) -> String {
    let words: Vec<&str> = text.split(|c: char| c.is_whitespace() || c.is_control()).collect();
    let line = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    domain::conversation::shorten(&line, MAX_QUOTED)
}

pub(crate) fn malformed(message: &str) -> AnswerError {
    AnswerError::Malformed { message: message.to_owned() }
}

/// What a status means on every wire.
pub(crate) fn error_of_status(status: u16, message: String) -> AnswerError {
    let message = match message.is_empty() {
        true => format!("HTTP {status}"),
        false => format!("HTTP {status}: {message}"),
    };
    match status {
        300..=399 => AnswerError::Refused { message: format!("it redirects ({message})") },
        401..=404 => AnswerError::Misconfigured { message },
        429 => AnswerError::RateLimited { retry_after: None, message },
        408 | 409 | 425 | 500.. => AnswerError::Unavailable { message },
        _ => AnswerError::Rejected { message },
    }
}

fn error_of_outbound(error: OutboundError) -> AnswerError {
    let message = error.to_string();
    match error {
        OutboundError::Refused(..)
        | OutboundError::Unresolved
        | OutboundError::Redirects(_)
        | OutboundError::BadRedirect => AnswerError::Refused { message },
        OutboundError::TimedOut(_)
        | OutboundError::TooLarge(_)
        | OutboundError::LargeHeader(_)
        | OutboundError::Encoding(_)
        | OutboundError::Queue(_)
        | OutboundError::Lost(_)
        | OutboundError::Failed(_) => AnswerError::Unavailable { message },
    }
}

/// A connection that is lost while the answer comes.
fn error_of_stream(error: OutboundError) -> AnswerError {
    match error {
        OutboundError::Lost(_) | OutboundError::Failed(_) | OutboundError::TimedOut(_) => {
            AnswerError::BrokenOff
        }
        other => error_of_outbound(other),
    }
}
