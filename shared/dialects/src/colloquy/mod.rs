//! Our own routes, which no reference documents: sign-up, sessions and keys, and what the dialects
//! lack of knowledge. Not a dialect of its own: no key speaks it, and errors are those of the
//! dialect that a route extends.

pub mod access;
pub mod account;
pub mod erasures;
pub mod knowledge;
pub mod mcp;

use domain::Dialect;
use serde_json::{Value, json};

use crate::openapi;

/// The beginnings of paths that extend no dialect.
pub(crate) const PATH_PREFIXES: [&str; 2] = ["/api/v1/auth", "/api/v1/api-keys"];

/// The dialect of errors below these paths.
pub(crate) const ERRORS: Dialect = Dialect::Openbat;

/// Tag of these paths in the OpenAPI document.
pub const TAG: &str = "access";

/// What the tag is for.
pub(crate) const ABOUT: &str = "Sign-up, sessions and keys; errors are openbat's.";

/// How a member's requests carry the session, by the names in the OpenAPI document.
pub(crate) fn security_schemes() -> [(&'static str, Value); 2] {
    let cookie = json!({
        "type": "apiKey", "in": "cookie", "name": "session",
        "description": "A signed-in member; the token may also be sent as Bearer.",
    });
    [("session", cookie), ("sessionBearer", openapi::bearer("The token of a session."))]
}
