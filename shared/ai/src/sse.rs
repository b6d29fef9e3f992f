//! Server-sent events: bytes in, events out, within a bound.
//!
//! Follows the WHATWG specification: lines end with `\n`, `\r\n` or `\r`; a blank line ends an event;
//! several `data` lines join with `\n`; comments and unknown fields are skipped. One departure: an event
//! that the end of the body cuts off before its blank line is delivered ([`SseReader::finish`]), since
//! proxies cut that line. However the bytes are split, the events are the same.

use std::time::Duration;

/// The longest `id` of an event, in bytes.
const MAX_ID: usize = 1_024;
/// The largest event that is read, in bytes.
pub const MAX_EVENT: usize = 1024 * 1024;

/// An event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SseEvent {
    /// Its type; empty if it has none.
    pub event: String,
    /// Its data.
    pub data: String,
}

/// An event is larger than the bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an event of the stream is larger than {0} bytes")]
pub struct EventTooLarge(pub usize);

/// Reads events from pieces of a body.
#[derive(Debug)]
pub struct SseReader {
    max_event: usize,
    /// The line that has begun.
    line: Vec<u8>,
    /// The data of the event that has begun, if it has any.
    data: Option<String>,
    event: String,
    /// The last `id`, of an event that has ended.
    last_id: Option<String>,
    id: Option<String>,
    retry: Option<Duration>,
    first_line: bool,
    /// The last byte was `\r`: a `\n` right after it belongs to the same line end.
    after_cr: bool,
}

impl Default for SseReader {
    fn default() -> Self {
        Self::new(MAX_EVENT)
    }
}

impl SseReader {
    /// A reader of events of at most `max_event` bytes.
    pub fn new(max_event: usize) -> Self {
        Self {
            max_event,
            line: Vec::new(),
            data: None,
            event: String::new(),
            last_id: None,
            id: None,
            retry: None,
            first_line: true,
            after_cr: false,
        }
    }

    /// Reads the next piece; complete events are appended to `events`.
    pub fn feed(
        &mut self,
        mut bytes: &[u8],
        events: &mut Vec<SseEvent>,
    ) -> Result<(), EventTooLarge> {
        while let Some(first) = bytes.first() {
            if std::mem::take(&mut self.after_cr) && *first == b'\n' {
                bytes = &bytes[1..];
                continue;
            }
            let Some(end) = bytes.iter().position(|byte| matches!(byte, b'\n' | b'\r')) else {
                return self.extend_line(bytes);
            };
            self.extend_line(&bytes[..end])?;
            self.after_cr = bytes[end] == b'\r';
            bytes = &bytes[end + 1..];
            events.extend(self.end_line());
        }
        Ok(())
    }

    /// The body has ended: the event that was not ended by a blank line, if there is one.
    pub fn finish(mut self) -> Option<SseEvent> {
        if !self.line.is_empty() {
            self.end_line();
        }
        self.end_event()
    }

    /// The `id` of the last event that had one, whether or not it had data: where the stream can be
    /// continued. Empty if the server has taken it back.
    pub fn last_id(&self) -> Option<&str> {
        self.last_id.as_deref()
    }

    /// How long the server asks to wait before the stream is continued.
    pub fn retry(&self) -> Option<Duration> {
        self.retry
    }

    fn extend_line(&mut self, bytes: &[u8]) -> Result<(), EventTooLarge> {
        let data = self.data.as_ref().map_or(0, String::len);
        if data + self.line.len() + bytes.len() > self.max_event {
            return Err(EventTooLarge(self.max_event));
        }
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    fn end_line(&mut self) -> Option<SseEvent> {
        let line = std::mem::take(&mut self.line);
        let mut line = &line[..];
        if std::mem::take(&mut self.first_line) {
            line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        }
        if line.is_empty() {
            return self.end_event();
        }
        let colon = line.iter().position(|byte| *byte == b':');
        let (field, value) = match colon {
            Some(at) => (&line[..at], &line[at + 1..]),
            None => (line, &[][..]),
        };
        let value = String::from_utf8_lossy(value.strip_prefix(b" ").unwrap_or(value));
        match field {
            b"data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(&value);
                }
                None => self.data = Some(value.into_owned()),
            },
            b"event" => self.event = value.into_owned(),
            b"id" if !value.contains('\0') && value.len() <= MAX_ID => {
                self.id = Some(value.into_owned());
            }
            b"retry" => {
                let digits = value.bytes().all(|byte| byte.is_ascii_digit());
                let millis = value.parse().ok().filter(|_| digits);
                self.retry = millis.map(Duration::from_millis).or(self.retry);
            }
            // Comments (an empty name), and fields that the specification doesn't know.
            _ => {}
        }
        None
    }

    fn end_event(&mut self) -> Option<SseEvent> {
        let event = std::mem::take(&mut self.event);
        self.last_id = self.id.take().or_else(|| self.last_id.take());
        self.data.take().map(|data| SseEvent { event, data })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(event: &str, data: &str) -> SseEvent {
        SseEvent { event: event.to_owned(), data: data.to_owned() }
    }

    /// The events of a body that comes in pieces of `size` bytes.
    fn read(body: &[u8], size: usize) -> Vec<SseEvent> {
        let (mut reader, mut events) = (SseReader::default(), Vec::new());
        for piece in body.chunks(size) {
            reader.feed(piece, &mut events).unwrap();
        }
        events.extend(reader.finish());
        events
    }

    #[test]
    fn events_are_the_same_however_the_bytes_are_split() {
        let bodies: [(&str, Vec<SseEvent>); 12] = [
            ("data: one\n\ndata: two\n\n", vec![event("", "one"), event("", "two")]),
            ("data: one\r\n\r\ndata: two\r\n\r\n", vec![event("", "one"), event("", "two")]),
            ("data: one\r\rdata: two\r\r", vec![event("", "one"), event("", "two")]),
            ("data: one\r\n\ndata: two\n\r\n", vec![event("", "one"), event("", "two")]),
            ("data:{\"a\":1}\n\ndata:  two\n\n", vec![event("", "{\"a\":1}"), event("", " two")]),
            (": ping\n\n:\n\ndata: one\n\n: ping\n\n", vec![event("", "one")]),
            ("data: one\ndata: two\ndata\n\n", vec![event("", "one\ntwo\n")]),
            ("event: error\nid: 7\nretry: 10\nfoo: bar\ndata: x\n\n", vec![event("error", "x")]),
            ("event: lost\n\ndata: kept\n\n", vec![event("", "kept")]),
            ("\u{feff}data: one\n\n", vec![event("", "one")]),
            ("data: one\n\ndata: cut", vec![event("", "one"), event("", "cut")]),
            ("data: Grüße 日本 🙂\n\n", vec![event("", "Grüße 日本 🙂")]),
        ];
        for (body, events) in bodies {
            for size in 1..=body.len() {
                assert_eq!(read(body.as_bytes(), size), events, "{body:?} by {size}");
            }
            for at in 0..body.len() {
                let (mut reader, mut read) = (SseReader::default(), Vec::new());
                for piece in [&body.as_bytes()[..at], &body.as_bytes()[at..]] {
                    reader.feed(piece, &mut read).unwrap();
                }
                read.extend(reader.finish());
                assert_eq!(read, events, "{body:?} at {at}");
            }
        }
        assert!(read(b"", 1).is_empty());
    }

    #[test]
    fn ids_count_once_their_event_has_ended() {
        let body = b"id: 1\nretry: 250\ndata:\n\nretry: soon\nid: 2\n\nid: 3\ndata: cut";
        for size in 1..=body.len() {
            let (mut reader, mut events) = (SseReader::default(), Vec::new());
            assert_eq!((reader.last_id(), reader.retry()), (None, None));
            for piece in body.chunks(size) {
                reader.feed(piece, &mut events).unwrap();
            }
            assert_eq!(reader.last_id(), Some("2"), "by {size}");
            assert_eq!(reader.retry(), Some(Duration::from_millis(250)));
            assert_eq!(events, [event("", "")]);
        }
    }

    #[test]
    fn an_event_over_the_bound_is_an_error_and_memory_stays_bounded() {
        let (mut reader, mut events) = (SseReader::new(100), Vec::new());
        let line = b"data: 0123456789\n";
        let fed = (0..20).try_for_each(|_| reader.feed(line, &mut events));
        assert_eq!(fed, Err(EventTooLarge(100)));
        let mut reader = SseReader::new(100);
        let fed = (0..20).try_for_each(|_| reader.feed(b"0123456789", &mut events));
        assert_eq!(fed, Err(EventTooLarge(100)));
        assert!(events.is_empty());
        // A long body of small events is no large event.
        let mut reader = SseReader::new(100);
        for _ in 0..1_000 {
            reader.feed(b"data: 0123456789\n\n", &mut events).unwrap();
        }
        assert_eq!(events.len(), 1_000);
    }
}
