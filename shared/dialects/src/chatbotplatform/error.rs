//! Chatbot Platform's errors: a code, a sentence, and what was wrong by field.

use domain::{Error, ErrorKind, FieldError};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{
    error::{sentence, usual_status},
    openapi,
};

/// The body of an error.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ErrorOut {
    /// The error.
    pub error: ErrorDetailOut,
}

/// An error.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ErrorDetailOut {
    /// What sort of failure it is.
    pub code: &'static str,
    /// A sentence.
    pub message: String,
    /// The messages of each field at fault, in the order in which they were found.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub details: Map<String, Value>,
}

impl From<&Error> for ErrorOut {
    fn from(error: &Error) -> Self {
        let message = sentence(error);
        let details = details(&error.fields);
        Self { error: ErrorDetailOut { code: code(error.kind), message, details } }
    }
}

/// As usual but for validation and an `Idempotency-Key` that is used again, which are 422.
pub(super) fn status(kind: ErrorKind) -> u16 {
    match kind {
        ErrorKind::Validation | ErrorKind::KeyReused => 422,
        other => usual_status(other),
    }
}

pub(super) fn schema() -> Value {
    let mut error = openapi::object(&[("code", openapi::text()), ("message", openapi::text())]);
    error["properties"]["details"] = json!({
        "type": "object", "description": "What was wrong, by field.",
        "additionalProperties": {"type": "array", "items": openapi::text()},
    });
    openapi::object(&[("error", error)])
}

fn details(fields: &[FieldError]) -> Map<String, Value> {
    let mut details = Map::new();
    for FieldError { field, message } in fields {
        let messages = details.entry(field.clone()).or_insert_with(|| json!([]));
        if let Value::Array(messages) = messages {
            messages.push(Value::String(message.clone()));
        }
    }
    details
}

fn code(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Malformed => "bad_request",
        ErrorKind::Validation => "validation_error",
        ErrorKind::Unauthorized => "unauthorized",
        ErrorKind::PlanRequired => "plan_required",
        ErrorKind::Forbidden => "forbidden",
        ErrorKind::NotFound => "not_found",
        ErrorKind::MethodNotAllowed => "method_not_allowed",
        ErrorKind::Conflict => "conflict",
        ErrorKind::KeyReused => "idempotency_key_reused",
        ErrorKind::PayloadTooLarge => "payload_too_large",
        ErrorKind::RateLimited => "rate_limit_exceeded",
        ErrorKind::QuotaExceeded => "quota_exceeded",
        ErrorKind::Internal => "internal_error",
    }
}
