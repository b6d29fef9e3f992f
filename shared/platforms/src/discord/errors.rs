//! What Discord's errors mean.

use std::time::Duration;

use serde_json::Value;

use crate::{PieceError, SendFailure, call::Answered, text::text};

/// What a call proves itself with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    Bot,
    /// The interaction's token, in the URL.
    Interaction,
}

/// The answer's body, or what its error means.
pub(super) fn result(answered: &Answered, by: By) -> Result<&Value, PieceError> {
    if answered.is_ok() {
        return Ok(&answered.body);
    }
    let body = &answered.body;
    let code = body["code"].as_u64().unwrap_or_default();
    let failure = match (answered.status, code, by) {
        // The answer of a proxy before Discord has no body of Discord's, and says nothing of the token.
        (401, _, By::Bot) if body["message"].is_string() => SendFailure::ChannelLost,
        (401 | 404, 50027 | 10015 | 10062 | 10008, _) | (401 | 404, _, By::Interaction) => {
            SendFailure::Expired
        }
        (_, 40060, _) => SendFailure::Expired,
        (429, ..) => SendFailure::RetryAfter(retry_after(answered)),
        (500..=599, ..) => SendFailure::Transient { may_have_arrived: true },
        (403 | 404, ..) | (_, 50001 | 50007 | 50013 | 10003 | 200_000 | 200_001, _) => {
            SendFailure::ThisConversation
        }
        _ => SendFailure::OurFault,
    };
    Err(PieceError::new(failure, &reason(answered)))
}

/// Seconds with a fraction in the body, whole ones in the header.
fn retry_after(answered: &Answered) -> Option<Duration> {
    let seconds = answered.body["retry_after"].as_f64();
    seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).or(answered.retry_after)
}

fn reason(answered: &Answered) -> String {
    let message = text(&answered.body["message"]);
    let detail = detail(&answered.body["errors"], 0).unwrap_or_default();
    [&answered.status.to_string(), message, detail]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The first message of a form error, which is as deep as the field is.
fn detail(errors: &Value, depth: usize) -> Option<&str> {
    let fields = errors.as_object().filter(|_| depth < 8)?;
    let of_this = fields.get("_errors").and_then(|all| all[0]["message"].as_str());
    of_this.or_else(|| fields.values().find_map(|inner| detail(inner, depth + 1)))
}
