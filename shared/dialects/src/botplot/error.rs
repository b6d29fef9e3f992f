//! BotPlot's errors: a sentence and a code.

use domain::{Error, ErrorKind};
use serde::Serialize;
use serde_json::Value;

use crate::{error::sentence, openapi};

/// The body of an error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErrorOut {
    /// A sentence.
    pub error: String,
    /// What sort of failure it is.
    pub code: &'static str,
}

impl From<&Error> for ErrorOut {
    fn from(error: &Error) -> Self {
        Self { error: sentence(error), code: code(error.kind) }
    }
}

pub(super) fn schema() -> Value {
    openapi::object(&[("error", openapi::text()), ("code", openapi::text())])
}

fn code(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Malformed | ErrorKind::Validation => "VALIDATION_ERROR",
        ErrorKind::Unauthorized => "UNAUTHORIZED",
        ErrorKind::PlanRequired => "PLAN_REQUIRED",
        ErrorKind::Forbidden => "FORBIDDEN",
        ErrorKind::NotFound => "NOT_FOUND",
        ErrorKind::MethodNotAllowed => "METHOD_NOT_ALLOWED",
        ErrorKind::Conflict | ErrorKind::KeyReused => "CONFLICT",
        ErrorKind::PayloadTooLarge => "PAYLOAD_TOO_LARGE",
        ErrorKind::RateLimited => "RATE_LIMITED",
        ErrorKind::QuotaExceeded => "QUOTA_EXCEEDED",
        ErrorKind::Internal => "INTERNAL_ERROR",
    }
}
