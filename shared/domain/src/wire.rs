//! How large text is once it is answered: as JSON, which is itself a string in the JSON that a
//! function hands to the gateway.

/// Bytes that a function may answer, as Lambda wraps the answer (6 MB in AWS's counting).
pub const MAX_RESPONSE: usize = 6_291_556;
/// Bytes of that which are kept for status, headers and the wrapping itself.
const ENVELOPE: usize = 16 * 1024;
/// Bytes of a body, by [`wrapped`], that still fit an answer.
pub const MAX_BODY: usize = MAX_RESPONSE - ENVELOPE;

/// Bytes of `body`, which is text, as a string in JSON, without its quotation marks.
pub fn wrapped(body: &[u8]) -> usize {
    body.iter().map(|byte| escaped(*byte)).sum()
}

/// Bytes that `text` takes in an answer: a string in the JSON of its body, wrapped.
pub fn answered(text: &str) -> usize {
    text.bytes()
        .map(|byte| match byte {
            // The escape's own signs are escaped once more.
            b'"' | b'\\' => 4,
            byte if byte < 0x20 => escaped(byte) + 1,
            _ => 1,
        })
        .sum()
}

/// Bytes of one byte of a text in JSON.
fn escaped(byte: u8) -> usize {
    match byte {
        b'"' | b'\\' | 0x08 | 0x09 | 0x0A | 0x0C | 0x0D => 2,
        byte if byte < 0x20 => 6,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_of_the_json_that_is_made() {
        let all: String = (0..0x20_u8).map(char::from).collect();
        for text in ["", "plain", "\"quoted\" \\ back", "a\nb\tc\r", "ü€😀", "\u{7f}", &all] {
            let body = serde_json::to_string(text).unwrap();
            assert_eq!(answered(text) + 4, wrapped(body.as_bytes()), "{text:?}");
            let event = serde_json::to_string(&body).unwrap();
            assert_eq!(wrapped(body.as_bytes()) + 2, event.len(), "{text:?}");
        }
    }
}
