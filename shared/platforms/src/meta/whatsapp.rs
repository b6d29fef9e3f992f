//! WhatsApp: messages, failed receipts and echoes, many of them in one body.
//!
//! A peer is the user's id for this business (`US.134…`), or the phone number where there is none.

use domain::Timestamp;
use serde_json::{Value, json};

use super::{Events, each, errors, millis, order};
use crate::{
    ChannelSide, ChannelUser, InboundEvent, InboundKind, ReplyContext, SendFailure,
    inbound::bounded,
    text::{id, name, text},
};

pub(super) fn parse(channel: ChannelSide<'_>, body: &Value, now: Timestamp) -> Events {
    if body["object"] != "whatsapp_business_account" {
        return Vec::new();
    }
    let number = channel.credentials.get("phone_number_id");
    let changes = each(body, "entry").flat_map(|entry| each(entry, "changes"));
    // An app has one URL for all of its numbers.
    let ours = changes.filter(|change| {
        let of = &change["value"]["metadata"]["phone_number_id"];
        of.is_null() || text(of) == number
    });
    ours.flat_map(|change| of_change(change, now)).collect()
}

fn of_change(change: &Value, now: Timestamp) -> Events {
    let value = &change["value"];
    match text(&change["field"]) {
        "messages" => each(value, "messages")
            .filter_map(|message| of_message(value, message, now))
            .chain(each(value, "statuses").filter_map(|status| of_status(status, now)))
            .chain(each(value, "errors").filter_map(|error| of_account(change, error, now)))
            .collect(),
        "smb_message_echoes" => {
            each(value, "message_echoes").filter_map(|echo| of_echo(echo, now)).collect()
        }
        _ => Vec::new(),
    }
}

fn of_message(value: &Value, message: &Value, now: Timestamp) -> Option<InboundEvent> {
    if !message["group_id"].is_null() {
        return None;
    }
    let kind = kind(message)?;
    let (from, user_id) = (id(&message["from"]), id(&message["from_user_id"]));
    let contact = each(value, "contacts").find(|contact| {
        let is = |name: &str, wanted: &str| !wanted.is_empty() && text(&contact[name]) == wanted;
        is("user_id", user_id) || is("wa_id", from) || is("user_id", from)
    });
    let none = Value::Null;
    let contact = contact.unwrap_or(&none);
    let ids = [user_id, id(&contact["user_id"]), from];
    let peer = ids.into_iter().find(|id| !id.is_empty())?;
    let message_id = Some(id(&message["id"])).filter(|id| !id.is_empty())?;
    let at = millis(&message["timestamp"]).unwrap_or(now.millis());
    Some(InboundEvent {
        dedup_key: message_id.to_owned(),
        peer: peer.to_owned(),
        order: order(at),
        user: ChannelUser {
            id: peer.to_owned(),
            name: name(text(&contact["profile"]["name"])),
            username: name(text(&contact["profile"]["username"])),
            language: String::new(),
        },
        chat_id: peer.to_owned(),
        kind,
        sent_at: Timestamp::from_millis(at),
        reply: ReplyContext { message_id: message_id.to_owned(), ..ReplyContext::default() },
    })
}

/// Types without text that are a message of the user's; types beyond these say nothing.
const UNSUPPORTED: [&str; 9] = [
    "image",
    "video",
    "document",
    "audio",
    "sticker",
    "location",
    "contacts",
    "order",
    "unsupported",
];

fn kind(message: &Value) -> Option<InboundKind> {
    let kind = text(&message["type"]);
    let interactive = &message["interactive"];
    let said = match kind {
        "text" => text(&message["text"]["body"]),
        "image" | "video" | "document" => text(&message[kind]["caption"]),
        "button" => text(&message["button"]["text"]),
        "interactive" => match text(&interactive["type"]) {
            reply @ ("button_reply" | "list_reply") => text(&interactive[reply]["title"]),
            "nfm_reply" => text(&interactive["nfm_reply"]["body"]),
            _ => "",
        },
        "request_welcome" => return Some(InboundKind::Greeting),
        _ => "",
    };
    match bounded(said) {
        "" => {
            let known = UNSUPPORTED.iter().find(|known| **known == kind);
            known.map(|known| InboundKind::Unsupported(known))
        }
        said => Some(InboundKind::Text(said.to_owned())),
    }
}

/// A receipt: only a failed one says something, and most send errors come this way, after a 200.
fn of_status(status: &Value, now: Timestamp) -> Option<InboundEvent> {
    let message_id = id(&status["id"]);
    if status["status"] != "failed" || message_id.is_empty() {
        return None;
    }
    let error = errors::of_code(&status["errors"][0], None);
    let to = [&status["recipient_user_id"], &status["recipient_id"]];
    let peer = to.into_iter().map(id).find(|id| !id.is_empty()).unwrap_or_default();
    Some(InboundEvent {
        dedup_key: format!("failed:{message_id}"),
        ..event(
            peer,
            status,
            now,
            InboundKind::DeliveryFailed { message_id: message_id.to_owned(), error },
        )
    })
}

/// Trouble with the account, of which only its loss is the channel's.
fn of_account(change: &Value, error: &Value, now: Timestamp) -> Option<InboundEvent> {
    let error = errors::of_code(error, None);
    (error.failure == SendFailure::ChannelLost).then(|| InboundEvent {
        dedup_key: format!("account:{}:{}", now.millis(), error.reason.len()),
        ..event("", change, now, InboundKind::ChannelLost(error.reason))
    })
}

/// The owner wrote in the app.
fn of_echo(echo: &Value, now: Timestamp) -> Option<InboundEvent> {
    let to = [&echo["to_user_id"], &echo["to"]];
    let peer = to.into_iter().map(id).find(|id| !id.is_empty())?;
    let message_id = Some(id(&echo["id"])).filter(|id| !id.is_empty())?;
    Some(InboundEvent {
        dedup_key: format!("echo:{message_id}"),
        ..event(peer, echo, now, InboundKind::HumanTookOver)
    })
}

fn event(peer: &str, of: &Value, now: Timestamp, kind: InboundKind) -> InboundEvent {
    let at = millis(&of["timestamp"]).unwrap_or(now.millis());
    InboundEvent {
        dedup_key: String::new(),
        peer: peer.to_owned(),
        order: order(at),
        user: ChannelUser::default(),
        chat_id: peer.to_owned(),
        kind,
        sent_at: Timestamp::from_millis(at),
        reply: ReplyContext::default(),
    }
}

/// Whom a message goes to: a phone number is digits, any other id is the user's for this business.
fn recipient(peer: &str) -> (&'static str, &str) {
    match peer.bytes().all(|byte| byte.is_ascii_digit()) {
        true => ("to", peer),
        false => ("recipient", peer),
    }
}

/// The body of a text message.
pub(super) fn message(peer: &str, text: &str) -> Value {
    let (name, id) = recipient(peer);
    let mut body = json!({
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "type": "text",
        "text": { "body": text, "preview_url": false },
    });
    body[name] = id.into();
    body
}

/// The body that marks a message as read and shows typing.
pub(super) fn typing(message_id: &str) -> Value {
    json!({
        "messaging_product": "whatsapp",
        "status": "read",
        "message_id": message_id,
        "typing_indicator": { "type": "text" },
    })
}
