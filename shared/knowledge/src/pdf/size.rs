//! How large a PDF file is once it is read: its objects take far more memory than their text, and
//! those that are packed say nothing of their size. [`check`] looks at the file as it comes,
//! [`admit`] at each stream of packed objects before it is unpacked.

use std::{cell::Cell, collections::HashSet};

use lopdf::{Object, ObjectId, Stream};

use super::PdfError;

/// Words of a file's objects at most, packed ones included; each takes some 175 bytes of memory.
const MAX_TOKENS: usize = 2_000_000;
/// Bytes of packed objects at most, unpacked.
const MAX_PACKED: usize = 32 * 1024 * 1024;

/// What is left for the packed objects of the file that this thread loads.
#[derive(Debug, Clone, Copy)]
struct Room {
    tokens: usize,
    bytes: usize,
    exceeded: bool,
}

thread_local! {
    // lopdf takes a plain function for a filter, which has nowhere else to count.
    static ROOM: Cell<Room> =
        const { Cell::new(Room { tokens: 0, bytes: 0, exceeded: false }) };
}

/// Refuses a file that would take too much memory as it comes, and begins to count what is packed
/// in it. What is in streams is counted too, since only a parser could tell where they begin.
pub(super) fn check(bytes: &[u8]) -> Result<(), PdfError> {
    let Some(tokens) = MAX_TOKENS.checked_sub(count(bytes)) else {
        return Err(PdfError::TooLarge);
    };
    ROOM.set(Room { tokens, bytes: MAX_PACKED, exceeded: false });
    Ok(())
}

/// Whether packed objects were left out since [`check`], since they would take too much memory.
pub(super) fn is_exceeded() -> bool {
    ROOM.get().exceeded
}

/// Lets an object of a file through, unless it is a stream of packed objects that would take too
/// much memory.
pub(super) fn admit(id: ObjectId, object: &mut Object) -> Option<(ObjectId, Object)> {
    if let Ok(stream) = object.as_stream()
        && stream.dict.has_type(b"ObjStm")
        && !has_room(stream)
    {
        return None;
    }
    // Of an object in the file the caller only looks whether there is an answer, and a stream is
    // always one; of one that was packed it takes the answer.
    match object {
        Object::Stream(_) => Some((id, Object::Null)),
        other => Some((id, other.clone())),
    }
}

fn has_room(stream: &Stream) -> bool {
    let room = ROOM.get();
    let weighed = stream.get_plain_content_with_limit(room.bytes).ok().map(|content| {
        // Each entry of the index is parsed where it points to, however many point there.
        let places = places(stream, &content);
        let distinct: HashSet<_> = places.iter().collect();
        let times = places.len().div_ceil(distinct.len().max(1));
        (count(&content).saturating_mul(times), content.len())
    });
    let left = weighed.and_then(|(tokens, bytes)| {
        Some(Room {
            tokens: room.tokens.checked_sub(tokens)?,
            bytes: room.bytes.checked_sub(bytes)?,
            ..room
        })
    });
    ROOM.set(left.unwrap_or(Room { exceeded: true, ..room }));
    left.is_some()
}

/// Where the objects of a stream begin, by the index before them.
fn places(stream: &Stream, content: &[u8]) -> Vec<u32> {
    let first = stream.dict.get(b"First").and_then(Object::as_i64).ok();
    let first = first.and_then(|first| usize::try_from(first).ok()).unwrap_or_default();
    let index = content.get(..first).unwrap_or_default();
    let numbers = index.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let number = |word: &[u8]| std::str::from_utf8(word).ok()?.parse().ok();
    numbers.skip(1).step_by(2).filter_map(number).collect()
}

/// Words, and what divides them.
fn count(bytes: &[u8]) -> usize {
    let mut count = 0;
    let mut apart = true;
    for byte in bytes {
        let divides = byte.is_ascii_whitespace();
        let begins = apart && !divides;
        count += usize::from(begins || matches!(byte, b'/' | b'[' | b'(' | b'<'));
        apart = divides;
    }
    count
}
