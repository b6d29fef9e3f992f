//! Our own routes, which no reference documents: sign-up, sessions and keys, the inbox, the
//! widget's, and what the dialects lack of knowledge. Not a dialect of its own: no key speaks it, and errors are those of the
//! dialect that a route extends.

pub mod access;
pub mod account;
pub mod ask;
pub mod erasures;
pub mod inbox;
pub mod knowledge;
pub mod mcp;
pub mod members;
pub mod retention;
pub mod visitors;
pub mod widget;

use domain::Dialect;
use serde_json::{Value, json};

use crate::openapi;

/// The beginnings of paths that extend no dialect.
pub(crate) const PATH_PREFIXES: [&str; 6] = [
    "/api/v1/account",
    "/api/v1/auth",
    "/api/v1/api-keys",
    "/api/v1/inbox",
    "/api/v1/members",
    "/api/v1/widget",
];

/// The dialect of errors below these paths.
pub(crate) const ERRORS: Dialect = Dialect::Openbat;

/// Tag of these paths in the OpenAPI document.
pub const TAG: &str = "access";

/// Tags of our own, and what they are for.
pub(crate) const TAGS: [(&str, &str); 3] = [
    (TAG, "Sign-up, sessions, members and keys; errors are openbat's."),
    ("inbox", "A team reads conversations, takes them over and answers; errors are openbat's."),
    ("widget", "What a visitor's page reads and writes; errors are openbat's."),
];

/// How a member's requests carry the session, by the names in the OpenAPI document.
pub(crate) fn security_schemes() -> [(&'static str, Value); 3] {
    let cookie = json!({
        "type": "apiKey", "in": "cookie", "name": "session",
        "description": "A signed-in member; the token may also be sent as Bearer.",
    });
    let token = json!({
        "type": "apiKey", "in": "header", "name": "x-conversation-token",
        "description": "Opens one conversation; its first answer came with it.",
    });
    let bearer = openapi::bearer("The token of a session.");
    [("session", cookie), ("sessionBearer", bearer), ("conversationToken", token)]
}
