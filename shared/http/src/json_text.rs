//! JSON as clients really send it: behind a byte order mark, or with half of a surrogate pair, which
//! JavaScript makes where it cuts a string in the middle of an emoji.

use std::borrow::Cow;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
/// U+FFFD, as JSON escapes it.
const REPLACEMENT: &[u8] = b"\\ufffd";

/// `bytes` without a byte order mark, and with U+FFFD in place of each lone surrogate.
pub(crate) fn readable(bytes: &[u8]) -> Cow<'_, [u8]> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let mut mended: Option<Vec<u8>> = None;
    let (mut at, mut kept) = (0, 0);
    while let Some(found) = next_escape(bytes, at) {
        let (lone, length) = match (surrogate(bytes, found), surrogate(bytes, found + 6)) {
            (Some(Half::High), Some(Half::Low)) => (false, 12),
            (Some(_), _) => (true, 6),
            // Two bytes, so that an escaped backslash is not the beginning of another escape.
            (None, _) => (false, 2),
        };
        if lone {
            let mended = mended.get_or_insert_with(|| Vec::with_capacity(bytes.len()));
            mended.extend_from_slice(&bytes[kept..found]);
            mended.extend_from_slice(REPLACEMENT);
            kept = found + length;
        }
        at = found + length;
    }
    match mended {
        None => Cow::Borrowed(bytes),
        Some(mut mended) => {
            mended.extend_from_slice(&bytes[kept..]);
            Cow::Owned(mended)
        }
    }
}

fn next_escape(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.iter().position(|byte| *byte == b'\\').map(|at| from + at)
}

#[derive(Clone, Copy)]
enum Half {
    High,
    Low,
}

/// Which half of a pair the escape at `at` is.
fn surrogate(bytes: &[u8], at: usize) -> Option<Half> {
    let escape = bytes.get(at..at.checked_add(6)?)?;
    let digits = std::str::from_utf8(escape.strip_prefix(b"\\u")?).ok()?;
    match u16::from_str_radix(digits, 16).ok()? {
        0xd800..=0xdbff => Some(Half::High),
        0xdc00..=0xdfff => Some(Half::Low),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_goes_and_half_a_pair_is_replaced() {
        for (sent, read) in [
            ("\u{feff}{\"a\":1}", "{\"a\":1}"),
            (r#"{"a":"x\ud83d"}"#, r#"{"a":"x\ufffd"}"#),
            (r#"{"a":"\ude00\ud83d y"}"#, r#"{"a":"\ufffd\ufffd y"}"#),
            (r#"{"a":"\ud83d\ud83d\ude00"}"#, r#"{"a":"\ufffd\ud83d\ude00"}"#),
            (
                r#"{"a":"\\ud83d \u00e9 \uD83D\uDE00 \ud83"}"#,
                r#"{"a":"\\ud83d \u00e9 \uD83D\uDE00 \ud83"}"#,
            ),
            ("\\ud83", "\\ud83"),
            ("", ""),
        ] {
            assert_eq!(readable(sent.as_bytes()), read.as_bytes(), "{sent}");
        }
    }
}
