//! How large a PDF file is once it is read: its objects take far more memory than their text, and
//! those that are packed say nothing of their size.

use std::io::Read;

use flate2::read::ZlibDecoder;

use super::PdfError;

/// Words of a file's objects at most, packed ones included; each takes some 120 bytes of memory.
const MAX_TOKENS: usize = 2_500_000;
/// Bytes of packed objects at most, unpacked.
const MAX_PACKED: u64 = 32 * 1024 * 1024;

/// Refuses a file that would take too much memory.
pub(super) fn check(bytes: &[u8]) -> Result<(), PdfError> {
    let mut tokens = 0;
    let mut packed = 0;
    let mut at = 0;
    while at < bytes.len() {
        let rest = bytes.get(at..).unwrap_or_default();
        let stream = find(rest, b"stream").unwrap_or(rest.len());
        let objects = rest.get(..stream).unwrap_or_default();
        tokens += count(objects);
        at += stream + b"stream".len();
        let head = objects.get(objects.len().saturating_sub(2_000)..).unwrap_or_default();
        let dictionary = head.get(rfind(head, b"obj").unwrap_or(0)..).unwrap_or_default();
        let data = bytes.get(at..).unwrap_or_default();
        if find(dictionary, b"/ObjStm").is_some() {
            let data = data.strip_prefix(b"\r").unwrap_or(data);
            let data = data.strip_prefix(b"\n").unwrap_or(data);
            let (read, words) = unpacked(data, MAX_PACKED.saturating_sub(packed));
            packed += read;
            tokens += words;
        }
        if tokens > MAX_TOKENS || packed > MAX_PACKED {
            return Err(PdfError::TooLarge);
        }
        at += find(data, b"endstream").map_or(data.len(), |end| end + b"endstream".len());
    }
    match tokens > MAX_TOKENS {
        true => Err(PdfError::TooLarge),
        false => Ok(()),
    }
}

/// How many bytes and words a packed stream has, one byte more than `most` if it has more.
fn unpacked(data: &[u8], most: u64) -> (u64, usize) {
    let mut decoder = ZlibDecoder::new(data).take(most + 1);
    let (mut buffer, mut bytes, mut words) = ([0; 16 * 1024], 0, 0);
    while let Ok(read @ 1..) = decoder.read(&mut buffer) {
        bytes += u64::try_from(read).unwrap_or(u64::MAX);
        words += count(buffer.get(..read).unwrap_or_default());
    }
    (bytes, words)
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

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    // Skips to where the first byte is: most of a file is something else.
    let first = *what.first()?;
    let mut at = 0;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == first)?;
        if bytes.get(at..)?.starts_with(what) {
            return Some(at);
        }
        at += 1;
    }
}

fn rfind(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).rposition(|window| window == what)
}
