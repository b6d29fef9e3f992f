//! One closed [`ErrorKind`], a shape for each dialect: those are in the `error.rs` of each folder.

use domain::{Dialect, Error, ErrorKind};
use serde_json::Value;

use crate::folder::folder;

/// The status code of errors of `kind` in `dialect`.
pub fn status(dialect: Dialect, kind: ErrorKind) -> u16 {
    folder(dialect).status(kind)
}

/// The body of `error` in `dialect`.
pub fn body(dialect: Dialect, error: &Error) -> Value {
    folder(dialect).error_body(error)
}

/// The status code that most dialects have for `kind`.
pub(crate) fn usual_status(kind: ErrorKind) -> u16 {
    match kind {
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

/// The message as a sentence without its stop. A field's name in front keeps its spelling.
pub(crate) fn sentence(error: &Error) -> String {
    let mut chars = error.message.chars();
    match chars.next() {
        Some(first) if error.fields.is_empty() => first.to_uppercase().chain(chars).collect(),
        _ => error.message.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

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
            body(Dialect::ChatbotPlatform, &Error::not_found("bot")),
            json!({"error": {"code": "not_found", "message": "Bot not found"}})
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
        assert_eq!(body(Dialect::Helpbot, &error), json!({"error": "name must not be empty"}));
    }

    #[test]
    fn what_went_wrong_inside_stays_inside() {
        let error = Error::internal("table colloquy has no such index");
        for dialect in Dialect::ALL {
            assert!(!body(dialect, &error).to_string().contains("colloquy"));
        }
    }
}
