//! Where a write with a session cookie may come from.

use axum::http::{
    HeaderMap, Method,
    header::{HOST, ORIGIN},
};
use domain::{Error, ErrorKind, Result};
use url::Url;

use crate::Ctx;

/// Refuses a write that comes neither from a page of the platform's own origin nor from one on the
/// deployment's list.
pub(super) fn check_origin(ctx: &Ctx, method: &Method, headers: &HeaderMap) -> Result<()> {
    if method.is_safe() {
        return Ok(());
    }
    let origin = headers.get(ORIGIN).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let host = headers.get(HOST).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let listed = ctx.origins.iter().any(|allowed| allowed == origin);
    if listed || is_own(origin, host) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Forbidden,
        "a write with a session cookie needs an Origin that this platform knows",
    ))
}

/// Whether `origin` is that of the page's own host, whatever the port's spelling.
fn is_own(origin: &str, host: &str) -> bool {
    let Ok(origin) = Url::parse(origin) else { return false };
    let Ok(own) = Url::parse(&format!("{}://{host}", origin.scheme())) else { return false };
    matches!(origin.scheme(), "http" | "https")
        && !host.is_empty()
        && origin.host_str() == own.host_str()
        && origin.port_or_known_default() == own.port_or_known_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_origin_is_host_and_port() {
        assert!(is_own("https://a.example", "a.example"));
        assert!(is_own("https://a.example:443", "a.example"));
        assert!(is_own("http://127.0.0.1:3000", "127.0.0.1:3000"));
        for (origin, host) in [
            ("", "a.example"),
            ("null", "a.example"),
            ("https://b.example", "a.example"),
            ("https://a.example:8443", "a.example"),
            ("https://a.example.evil.example", "a.example"),
            ("file://a.example", "a.example"),
            ("https://", ""),
        ] {
            assert!(!is_own(origin, host), "{origin} {host}");
        }
    }
}
