//! Headers that keep what is served apart from other sites.

use axum::http::{HeaderMap, HeaderValue, header};
use domain::{Error, Result};

/// Of pages: scripts, styles and requests of this origin alone, nothing inline, in no frame. Images
/// besides: a logo, and what a picture's bytes are shown from.
const DEMO_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    connect-src 'self'; img-src 'self' data: blob:; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";
/// Of the console besides: no text can become a script.
const NO_SCRIPTS: &str = "; require-trusted-types-for 'script'; trusted-types 'none'";
/// What a page may ask, in these policies.
const OWN_ORIGIN: &str = "connect-src 'self'";

/// What every file has.
pub fn every(headers: &mut HeaderMap) {
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, header::REFERRER_POLICY, "no-referrer");
    set(headers, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
}

/// What the demo page has besides.
pub fn demo(headers: &mut HeaderMap) {
    set(headers, header::CONTENT_SECURITY_POLICY, DEMO_POLICY);
    page(headers);
}

/// What the console has besides, with a policy that [`console_policy`] made.
pub fn console(headers: &mut HeaderMap, policy: HeaderValue) {
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    page(headers);
}

/// The console's policy, which lets it send files to the origin `uploads` besides its own.
///
/// # Errors
///
/// If `uploads` has what no header may have.
pub fn console_policy(uploads: Option<&str>) -> Result<HeaderValue> {
    let allowed = uploads.map(|origin| format!("{OWN_ORIGIN} {origin}"));
    let policy = DEMO_POLICY.replace(OWN_ORIGIN, allowed.as_deref().unwrap_or(OWN_ORIGIN));
    HeaderValue::try_from(format!("{policy}{NO_SCRIPTS}")).map_err(Error::internal)
}

fn page(headers: &mut HeaderMap) {
    set(headers, header::X_FRAME_OPTIONS, "DENY");
    for (name, value) in [
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// What a script has that pages of any site load.
pub fn open(headers: &mut HeaderMap) {
    set(headers, header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
}

fn set(headers: &mut HeaderMap, name: header::HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}
