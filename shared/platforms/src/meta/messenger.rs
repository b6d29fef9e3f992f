//! Messenger: messages and postbacks to a page, and echoes of what the page itself said.
//!
//! A peer is the user's id for this page.

use domain::Timestamp;
use serde_json::{Value, json};

use super::{Events, MARK, each, millis, order};
use crate::{
    ChannelSide, ChannelUser, InboundEvent, InboundKind, ReplyContext,
    inbound::bounded,
    text::{id, text, whole},
};

/// The sticker of a raised thumb, in its three sizes.
const THUMBS: [i64; 3] = [369_239_263_222_822, 369_239_343_222_814, 369_239_383_222_810];

pub(super) fn parse(channel: ChannelSide<'_>, body: &Value, now: Timestamp) -> Events {
    if body["object"] != "page" {
        return Vec::new();
    }
    let page = channel.account.id.as_str();
    // What `standby` has belongs to another app.
    each(body, "entry")
        .flat_map(|entry| each(entry, "messaging").map(|one| (id(&entry["id"]), one)))
        .filter_map(|(of, messaging)| {
            let page = if page.is_empty() { of } else { page };
            of_messaging(page, messaging, now)
        })
        .collect()
}

fn of_messaging(page: &str, messaging: &Value, now: Timestamp) -> Option<InboundEvent> {
    let (message, postback) = (&messaging["message"], &messaging["postback"]);
    let (sender, recipient) = (id(&messaging["sender"]["id"]), id(&messaging["recipient"]["id"]));
    let at = millis(&messaging["timestamp"]).unwrap_or(now.millis());
    if message["is_echo"] == true {
        let is_foreign = sender == page && message["metadata"] != MARK && !recipient.is_empty();
        let key = format!("echo:{}", id(&message["mid"]));
        return is_foreign.then(|| event(key, recipient, at, InboundKind::HumanTookOver));
    }
    if sender.is_empty() || sender == page || recipient != page {
        return None;
    }
    if message.is_object() {
        let mid = Some(id(&message["mid"])).filter(|mid| !mid.is_empty())?;
        return Some(event(mid.to_owned(), sender, at, of_message(message)?));
    }
    let kind = of_postback(postback)?;
    let key = match id(&postback["mid"]) {
        "" => format!("postback:{sender}:{at}"),
        mid => mid.to_owned(),
    };
    Some(event(key, sender, at, kind))
}

fn of_message(message: &Value) -> Option<InboundKind> {
    if message["is_deleted"] == true {
        return None;
    }
    let said = bounded(text(&message["text"]));
    if !said.is_empty() {
        return Some(InboundKind::Text(said.to_owned()));
    }
    let attachment = each(message, "attachments").next()?;
    let sticker =
        whole(&attachment["payload"]["sticker_id"]).or_else(|| whole(&message["sticker_id"]));
    if sticker.is_some_and(|sticker| THUMBS.contains(&sticker)) {
        return Some(InboundKind::Text("\u{1f44d}".to_owned()));
    }
    Some(InboundKind::Unsupported(match text(&attachment["type"]) {
        _ if sticker.is_some() => "sticker",
        "image" => "image",
        "audio" => "audio",
        "video" => "video",
        "reel" | "ig_reel" => "reel",
        "location" => "location",
        "fallback" => "link",
        _ => "file",
    }))
}

/// A button's title is what its user said; the one that opens a conversation says nothing.
fn of_postback(postback: &Value) -> Option<InboundKind> {
    if !postback.is_object() {
        return None;
    }
    let payload = text(&postback["payload"]).to_ascii_lowercase();
    let title = bounded(text(&postback["title"]));
    if title.is_empty() || payload.replace(['_', '-', ' '], "").contains("getstarted") {
        return Some(InboundKind::Greeting);
    }
    Some(InboundKind::Text(title.to_owned()))
}

fn event(dedup_key: String, peer: &str, at: i64, kind: InboundKind) -> InboundEvent {
    InboundEvent {
        reply: ReplyContext { message_id: dedup_key.clone(), ..ReplyContext::default() },
        dedup_key,
        peer: peer.to_owned(),
        order: order(at),
        user: ChannelUser { id: peer.to_owned(), ..ChannelUser::default() },
        chat_id: peer.to_owned(),
        kind,
        sent_at: Timestamp::from_millis(at),
    }
}

/// The body of a text message. Its mark comes back in the echo.
pub(super) fn message(peer: &str, text: &str) -> Value {
    json!({
        "recipient": { "id": peer },
        "messaging_type": "RESPONSE",
        "message": { "text": text, "metadata": MARK },
    })
}

/// The body that shows typing.
pub(super) fn typing(peer: &str) -> Value {
    json!({ "recipient": { "id": peer }, "sender_action": "typing_on" })
}
