//! Where a request shows its secret: a key, or the token of a session.

use axum::http::{HeaderMap, Uri, header::AUTHORIZATION};

use super::cookie::cookie;

/// The token of `Authorization: Bearer`.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}

/// The key in the header or the query.
pub(crate) fn key_in_head(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    bearer(headers).map(str::to_owned).or_else(|| key_in_query(uri))
}

/// The secret that a request shows, wherever that is, if it shows one.
pub(crate) fn secret_in(headers: &HeaderMap, uri: &Uri, body: &[u8]) -> Option<String> {
    let header = headers.get("x-api-key").and_then(|value| value.to_str().ok());
    let shown = header.or_else(|| bearer(headers)).or_else(|| cookie(headers));
    shown.map(str::to_owned).or_else(|| key_in_query(uri)).or_else(|| key_in_body(body))
}

fn key_in_query(uri: &Uri) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(uri.query()?.as_bytes());
    pairs.find(|(name, _)| name == "apiKey").map(|(_, value)| value.into_owned())
}

pub(crate) fn key_in_body(body: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct WithKey {
        #[serde(rename = "apiKey")]
        api_key: Option<String>,
    }
    serde_json::from_slice::<WithKey>(body).ok()?.api_key
}
