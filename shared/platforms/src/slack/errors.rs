//! What Slack's errors mean: an `error` in an answer of 200.

use serde_json::Value;

use crate::{PieceError, SendFailure, call::Answered, text::text};

const LOST: [&str; 7] = [
    "invalid_auth",
    "not_authed",
    "account_inactive",
    "token_revoked",
    "token_expired",
    "team_access_not_granted",
    "user_removed_from_team",
];
const OWNER: [&str; 4] =
    ["missing_scope", "no_permission", "ekm_access_denied", "not_allowed_token_type"];
const CONVERSATION: [&str; 11] = [
    "channel_not_found",
    "not_in_channel",
    "is_archived",
    "restricted_action",
    "restricted_action_read_only_channel",
    "restricted_action_thread_only_channel",
    "restricted_action_non_threadable_channel",
    "cannot_dm_bot",
    "user_not_found",
    "thread_not_found",
    "messages_tab_disabled",
];
const LIMITED: [&str; 3] = ["ratelimited", "rate_limited", "message_limit_exceeded"];
const PASSING: [&str; 5] = [
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "request_timeout",
    "team_added_to_org",
];

/// The answer's body, or what its error means.
pub(super) fn result(answered: &Answered) -> Result<&Value, PieceError> {
    let body = &answered.body;
    if answered.is_ok() && body["ok"] == true {
        return Ok(body);
    }
    let code = text(&body["error"]);
    let is = |known: &[&str]| known.contains(&code);
    let failure = match () {
        () if answered.status == 429 || is(&LIMITED) => {
            SendFailure::RetryAfter(answered.retry_after)
        }
        () if answered.status >= 500 => SendFailure::Transient { may_have_arrived: true },
        () if is(&LOST) => SendFailure::ChannelLost,
        () if is(&OWNER) => SendFailure::OwnerSetup,
        () if is(&CONVERSATION) => SendFailure::ThisConversation,
        () if is(&PASSING) => SendFailure::Transient { may_have_arrived: true },
        () => SendFailure::OurFault,
    };
    let reason = match (code, text(&body["needed"])) {
        ("", _) => format!("Slack answered {}", answered.status),
        (code, "") => code.to_owned(),
        (code, needed) => format!("{code} (needed: {needed})"),
    };
    Err(PieceError::new(failure, &reason))
}
