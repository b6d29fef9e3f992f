//! AWS's event stream: binary frames with checksums, in place of server-sent events.

use aws_smithy_eventstream::frame::read_message_from;
use aws_smithy_types::event_stream::Message;
use bytes::{Buf, Bytes, BytesMut};

use crate::sse::{EventTooLarge, SseEvent};

/// Two lengths and two checksums.
const SMALLEST: usize = 16;

/// What is wrong with a stream of frames.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FrameError {
    /// A frame is too large.
    #[error(transparent)]
    TooLarge(#[from] EventTooLarge),
    /// A frame is not one.
    #[error("a broken frame of the event stream")]
    Broken,
}

/// Reads frames from pieces of a body. Each becomes an event: its name is the event's type, or
/// `exception:` and the exception's.
#[derive(Debug)]
pub(crate) struct FrameReader {
    max_frame: usize,
    buffer: BytesMut,
}

impl FrameReader {
    /// A reader of frames of at most `max_frame` bytes.
    pub(crate) fn new(max_frame: usize) -> Self {
        Self { max_frame, buffer: BytesMut::new() }
    }

    /// Reads the next piece; complete frames are appended to `events`.
    pub(crate) fn feed(
        &mut self,
        bytes: &[u8],
        events: &mut Vec<SseEvent>,
    ) -> Result<(), FrameError> {
        self.buffer.extend_from_slice(bytes);
        while let Some(length) = self.buffer.get(..4) {
            let length = usize::try_from(Bytes::copy_from_slice(length).get_u32());
            let length = length.map_err(|_| FrameError::Broken)?;
            if length > self.max_frame {
                return Err(EventTooLarge(self.max_frame).into());
            }
            if length < SMALLEST {
                return Err(FrameError::Broken);
            }
            if self.buffer.len() < length {
                break;
            }
            let mut frame = self.buffer.split_to(length).freeze();
            let message = read_message_from(&mut frame).map_err(|_| FrameError::Broken)?;
            events.push(event(&message));
        }
        Ok(())
    }
}

fn event(message: &Message) -> SseEvent {
    let header = |name: &str| {
        let found = message.headers().iter().find(|header| header.name().as_str() == name);
        found.and_then(|header| header.value().as_string().ok()).map_or("", |text| text.as_str())
    };
    let event = match header(":message-type") {
        "event" => header(":event-type").to_owned(),
        _ => format!("exception:{}", header(":exception-type")),
    };
    SseEvent { event, data: String::from_utf8_lossy(message.payload()).into_owned() }
}
