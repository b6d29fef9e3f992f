//! What is read from a platform's JSON, leniently and within bounds.

use serde_json::Value;

/// Bytes of an id.
pub(crate) const MAX_ID: usize = 200;
/// Characters of a name.
const MAX_NAME: usize = 200;

/// The first `bytes` of `text` at most, cut at a character.
pub(crate) fn cut(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}

/// A string; empty if it is missing or something else.
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// A string that is an id: printable ASCII within its bound, else empty.
pub(crate) fn id(value: &Value) -> &str {
    let id = text(value);
    let is_id = id.len() <= MAX_ID && id.bytes().all(|byte| byte.is_ascii_graphic());
    if is_id { id } else { "" }
}

/// A name: without control characters, within its bound.
pub(crate) fn name(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MAX_NAME).collect::<String>().trim().to_owned()
}

/// A language tag, else empty.
pub(crate) fn language(value: &Value) -> String {
    let tag = text(value);
    let is_tag =
        tag.len() <= 35 && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    if is_tag { tag.replace('_', "-") } else { String::new() }
}

/// A whole number that is a number, or a string of one.
pub(crate) fn whole(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}
