//! What Telegram's errors mean.

use std::time::Duration;

use serde_json::Value;

use super::Peer;
use crate::{
    PieceError, SendFailure,
    call::Answered,
    text::{text, whole},
};

/// Why markup was refused: the same text without it gets through.
pub(super) fn refuses_markup(answered: &Answered) -> bool {
    answered.status == 400 && description(&answered.body).contains("can't parse entities")
}

fn description(body: &Value) -> &str {
    text(&body["description"])
}

/// The result of a call, or what its failure means.
pub(super) fn result(answered: &Answered) -> Result<&Value, PieceError> {
    let body = &answered.body;
    if answered.is_ok() && body["ok"] == true {
        return Ok(&body["result"]);
    }
    let said = description(body);
    let by_description =
        |failure| Err(PieceError::new(failure, &format!("{} {said}", answered.status)));
    let parameters = &body["parameters"];
    match answered.status {
        _ if said.is_empty() => Err(answered.by_status("")),
        401 => by_description(SendFailure::ChannelLost),
        403 => by_description(SendFailure::ThisConversation),
        429 => {
            let wait = parameters["retry_after"].as_u64().map(Duration::from_secs);
            by_description(SendFailure::RetryAfter(wait.or(answered.retry_after)))
        }
        // Another `setWebhook` or `getUpdates` runs.
        409 => by_description(SendFailure::Transient { may_have_arrived: false }),
        400 => match whole(&parameters["migrate_to_chat_id"]) {
            Some(chat) => by_description(SendFailure::Moved(Peer { chat, topic: None }.write())),
            None if is_of_conversation(said) => by_description(SendFailure::ThisConversation),
            None => by_description(SendFailure::OurFault),
        },
        _ => Err(answered.by_status(said)),
    }
}

/// What a 400 says of this chat or topic; the texts of others are about the request.
fn is_of_conversation(said: &str) -> bool {
    const KNOWN: [&str; 11] = [
        "chat not found",
        "message thread not found",
        "topic_closed",
        "topic_deleted",
        "rights to send",
        "chat_write_forbidden",
        "user not found",
        "peer_id_invalid",
        "chat_restricted",
        "need administrator rights",
        "group chat was deactivated",
    ];
    let said = said.to_ascii_lowercase();
    KNOWN.iter().any(|known| said.contains(known))
}
