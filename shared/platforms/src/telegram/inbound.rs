//! Updates: which of them are for the bot, and what they say.

use domain::Timestamp;
use serde_json::Value;

use super::{Peer, groups};
use crate::{
    ChannelAccount, ChannelSide, ChannelUser, Inbound, InboundEvent, InboundKind, InboundRequest,
    ReplyContext, Unverified,
    inbound::bounded,
    proof::is_same,
    text::{language, name, text, whole},
};

/// The header equals the secret that `setWebhook` was given. Nothing is signed.
pub(crate) fn verify(
    channel: ChannelSide<'_>,
    request: InboundRequest<'_>,
) -> Result<(), Unverified> {
    let given = request.header("X-Telegram-Bot-Api-Secret-Token").unwrap_or_default();
    if channel.secret.is_empty() || !is_same(given, channel.secret) {
        return Err(Unverified { status: 401, why: "the secret token is missing or wrong" });
    }
    Ok(())
}

/// Answers with an empty body: a JSON object with `method` would be run as a call.
pub(crate) fn parse(channel: ChannelSide<'_>, request: InboundRequest<'_>) -> Inbound {
    let update: Value = serde_json::from_slice(request.body).unwrap_or_default();
    let event = update["update_id"].as_i64().and_then(|id| {
        let (message, member) = (&update["message"], &update["my_chat_member"]);
        match (message.is_object(), member.is_object()) {
            (true, _) => of_message(channel.account, id, message),
            (false, true) => of_member(id, member, request.now),
            _ => None,
        }
    });
    Inbound::accepted(event.into_iter().collect())
}

/// What a message without text carries. `animation` comes before `document`, which it sets too.
const KINDS: [&str; 15] = [
    "photo",
    "sticker",
    "voice",
    "audio",
    "video",
    "video_note",
    "animation",
    "document",
    "venue",
    "location",
    "contact",
    "poll",
    "dice",
    "story",
    "paid_media",
];

fn of_message(account: &ChannelAccount, update: i64, message: &Value) -> Option<InboundEvent> {
    let (chat, from) = (&message["chat"], &message["from"]);
    let from_us_or_others = from["is_bot"] == true || !message["sender_chat"].is_null();
    if from_us_or_others || chat["type"] == "channel" {
        return None;
    }
    let is_topic = message["is_topic_message"] == true;
    let topic = is_topic.then(|| message["message_thread_id"].as_i64()).flatten();
    let peer = Peer { chat: chat["id"].as_i64()?, topic };
    let kind = match whole(&message["migrate_to_chat_id"]) {
        Some(chat) => InboundKind::Moved(Peer { chat, topic: None }.write()),
        None if chat["type"] == "private" => in_private(account, message)?,
        None => groups::in_group(account, message)?,
    };
    let number = message["message_id"].as_i64()?;
    let sent_at = message["date"].as_i64().unwrap_or_default().saturating_mul(1000);
    Some(InboundEvent {
        dedup_key: update.to_string(),
        peer: peer.write(),
        order: u64::try_from(number).unwrap_or_default(),
        user: user(from),
        chat_id: peer.chat.to_string(),
        kind,
        sent_at: Timestamp::from_millis(sent_at),
        reply: ReplyContext { message_id: number.to_string(), ..ReplyContext::default() },
    })
}

/// Everything in a private chat is for the bot, but for commands to another one and service messages.
fn in_private(account: &ChannelAccount, message: &Value) -> Option<InboundKind> {
    let (said, _) = groups::said(message);
    if said.is_empty() {
        return unsupported(message);
    }
    let (command, rest) = said.split_once(char::is_whitespace).unwrap_or((said, ""));
    let Some((command, to)) = command.strip_prefix('/').map(groups::command) else {
        return Some(words(said));
    };
    match to {
        Some(bot) if !bot.eq_ignore_ascii_case(&account.username) => None,
        _ if command == "start" => Some(InboundKind::Greeting),
        Some(_) => Some(words(&format!("/{command} {rest}"))),
        None => Some(words(said)),
    }
}

/// Text for the bot; a mention alone opens the conversation.
pub(super) fn words(said: &str) -> InboundKind {
    match bounded(said) {
        "" => InboundKind::Greeting,
        said => InboundKind::Text(said.to_owned()),
    }
}

/// A message that carries something else than text; a service message carries nothing.
pub(super) fn unsupported(message: &Value) -> Option<InboundKind> {
    let kind = KINDS.iter().find(|kind| !message[**kind].is_null())?;
    Some(InboundKind::Unsupported(kind))
}

/// The bot's own standing in a chat: only its end says something, since who returns writes.
fn of_member(update: i64, member: &Value, now: Timestamp) -> Option<InboundEvent> {
    let is_gone = ["kicked", "left"].contains(&text(&member["new_chat_member"]["status"]));
    let chat = member["chat"]["id"].as_i64()?;
    let peer = Peer { chat, topic: None }.write();
    is_gone.then(|| InboundEvent {
        dedup_key: update.to_string(),
        chat_id: peer.clone(),
        peer,
        order: 0,
        user: user(&member["from"]),
        kind: InboundKind::Blocked,
        sent_at: member["date"]
            .as_i64()
            .map_or(now, |at| Timestamp::from_millis(at.saturating_mul(1000))),
        reply: ReplyContext::default(),
    })
}

fn user(from: &Value) -> ChannelUser {
    let whole_name = format!("{} {}", text(&from["first_name"]), text(&from["last_name"]));
    ChannelUser {
        id: from["id"].as_i64().map(|id| id.to_string()).unwrap_or_default(),
        name: name(whole_name.trim()),
        username: name(text(&from["username"])),
        language: language(&from["language_code"]),
    }
}
