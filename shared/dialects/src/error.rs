//! One closed [`ErrorKind`], five shapes.

use domain::{Dialect, Error, ErrorKind};
use serde_json::{Map, Value, json};

/// The status code of `kind` in `dialect`. They agree but for validation and an `Idempotency-Key`
/// used again, which Chatbot Platform answers with 422.
pub fn status(dialect: Dialect, kind: ErrorKind) -> u16 {
    match kind {
        ErrorKind::Validation | ErrorKind::KeyReused if dialect == Dialect::ChatbotPlatform => 422,
        ErrorKind::Malformed | ErrorKind::Validation => 400,
        ErrorKind::Unauthorized => 401,
        ErrorKind::PlanRequired | ErrorKind::Forbidden => 403,
        ErrorKind::NotFound => 404,
        ErrorKind::MethodNotAllowed => 405,
        ErrorKind::Conflict | ErrorKind::KeyReused => 409,
        ErrorKind::PayloadTooLarge => 413,
        ErrorKind::RateLimited | ErrorKind::QuotaExceeded => 429,
        ErrorKind::Internal => 500,
    }
}

/// The body of `error` in `dialect`.
pub fn body(dialect: Dialect, error: &Error) -> Value {
    let message = sentence(error);
    match dialect {
        Dialect::Conferbot => json!({ "error": title(error.kind), "message": message }),
        Dialect::ChatbotPlatform => {
            let mut body = json!({ "code": snake(error.kind), "message": message });
            if !error.fields.is_empty() {
                body["details"] = details(error);
            }
            json!({ "error": body })
        }
        Dialect::Botplot => json!({ "error": message, "code": code(error.kind) }),
        Dialect::Openbat | Dialect::Helpbot => json!({ "error": message }),
    }
}

/// The message as a sentence without its stop. A field's name in front keeps its spelling.
pub(crate) fn sentence(error: &Error) -> String {
    let mut chars = error.message.chars();
    match chars.next() {
        Some(first) if error.fields.is_empty() => first.to_uppercase().chain(chars).collect(),
        _ => error.message.clone(),
    }
}

fn details(error: &Error) -> Value {
    let mut details = Map::new();
    for field in &error.fields {
        if let Value::Array(messages) =
            details.entry(field.field.clone()).or_insert_with(|| Value::Array(Vec::new()))
        {
            messages.push(Value::String(field.message.clone()));
        }
    }
    Value::Object(details)
}

/// The titles that conferbot's reference gives its status codes; those of HTTP for the others.
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

/// The code of `kind` in botplot.
pub(crate) fn code(kind: ErrorKind) -> &'static str {
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

fn snake(kind: ErrorKind) -> &'static str {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_status_and_a_body_in_every_dialect() {
        for dialect in Dialect::ALL {
            for kind in ErrorKind::ALL {
                let body = body(dialect, &Error::new(kind, "it did not work"));
                assert!((400..=500).contains(&status(dialect, kind)));
                assert!(body["error"].is_string() || body["error"]["message"].is_string());
            }
        }
    }

    #[test]
    fn shapes() {
        let error = Error::field("name", "must not be empty");
        assert_eq!(
            body(Dialect::ChatbotPlatform, &error),
            json!({"error": {"code": "validation_error", "message": "name must not be empty",
                   "details": {"name": ["must not be empty"]}}})
        );
        assert_eq!(
            body(Dialect::Conferbot, &Error::unauthorized()),
            json!({"error": "Unauthorized", "message": "Invalid or missing API key"})
        );
        assert_eq!(
            body(Dialect::Botplot, &Error::not_found("source")),
            json!({"error": "Source not found", "code": "NOT_FOUND"})
        );
        assert_eq!(body(Dialect::Openbat, &error), json!({"error": "name must not be empty"}));
    }

    #[test]
    fn what_went_wrong_inside_stays_inside() {
        let error = Error::internal("table colloquy has no such index");
        for dialect in Dialect::ALL {
            assert!(!body(dialect, &error).to_string().contains("colloquy"));
        }
    }
}
