//! The name of a file in a form, as `filename*` has it (RFC 8187): some clients send names beyond
//! ASCII that way.

use axum::http::{HeaderMap, header::CONTENT_DISPOSITION};
use percent_encoding::percent_decode_str;

/// The value of `filename*`, if the part has one that can be read.
pub(crate) fn extended(headers: &HeaderMap) -> Option<String> {
    let disposition = headers.get(CONTENT_DISPOSITION)?.as_bytes();
    let value = parameters(disposition).find_map(|(name, value)| {
        name.trim_ascii().eq_ignore_ascii_case(b"filename*").then(|| value.trim_ascii())
    })?;
    let value = std::str::from_utf8(value).ok()?.trim_matches('"');
    let (charset, rest) = value.split_once('\'')?;
    let (_language, name) = rest.split_once('\'')?;
    let bytes: Vec<u8> = percent_decode_str(name).collect();
    let name = match charset.to_ascii_lowercase().as_str() {
        "utf-8" | "utf8" => String::from_utf8(bytes).ok()?,
        "iso-8859-1" => bytes.into_iter().map(char::from).collect(),
        _ => return None,
    };
    Some(name).filter(|name| !name.is_empty())
}

/// The parameters of a header's value; what is in quotes divides nothing.
fn parameters(value: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut quoted = false;
    let parts = value.split(move |byte| {
        quoted ^= *byte == b'"';
        *byte == b';' && !quoted
    });
    parts.filter_map(|part| {
        let at = part.iter().position(|byte| *byte == b'=')?;
        Some((part.get(..at)?, part.get(at + 1..)?))
    })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn name(disposition: &str) -> Option<String> {
        let value = HeaderValue::from_bytes(disposition.as_bytes()).unwrap();
        extended(&HeaderMap::from_iter([(CONTENT_DISPOSITION, value)]))
    }

    #[test]
    fn names_beyond_ascii() {
        let of = |value: &str| name(&format!("form-data; name=\"file\"; {value}"));
        assert_eq!(of("filename*=UTF-8''na%C3%AFve%20plan.md").as_deref(), Some("naïve plan.md"));
        assert_eq!(
            of("filename=\"a;b.md\"; FILENAME*=utf-8'de'%c3%a4.md").as_deref(),
            Some("ä.md")
        );
        assert_eq!(of("filename*=iso-8859-1''%e4.md").as_deref(), Some("ä.md"));
        for none in
            ["filename=\"a.md\"", "filename*=UTF-8''%ff", "filename*=koi8-r''a", "filename*=a"]
        {
            assert_eq!(of(none), None, "{none}");
        }
    }
}
