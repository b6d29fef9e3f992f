//! Conferbot's errors: a title and a sentence.

use domain::{Error, ErrorKind};
use serde::Serialize;
use serde_json::Value;

use crate::{error::sentence, openapi};

/// The body of an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErrorOut {
    /// The title of its status code.
    pub error: &'static str,
    /// A sentence.
    pub message: String,
}

impl From<&Error> for ErrorOut {
    fn from(error: &Error) -> Self {
        Self { error: title(error.kind), message: sentence(error) }
    }
}

pub(super) fn schema() -> Value {
    openapi::object(&[("error", openapi::text()), ("message", openapi::text())])
}

/// The titles that the reference gives its status codes; those of HTTP for the others.
fn title(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Malformed | ErrorKind::Validation => "Bad Request",
        ErrorKind::Unauthorized => "Unauthorized",
        ErrorKind::PlanRequired | ErrorKind::Forbidden => "Forbidden",
        ErrorKind::NotFound => "Not Found",
        ErrorKind::MethodNotAllowed => "Method Not Allowed",
        ErrorKind::Conflict | ErrorKind::KeyReused => "Conflict",
        ErrorKind::PayloadTooLarge => "Payload Too Large",
        ErrorKind::RateLimited | ErrorKind::QuotaExceeded => "Rate limit exceeded",
        ErrorKind::Internal => "Server Error",
    }
}
