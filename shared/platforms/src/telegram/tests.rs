use domain::Platform;
use serde_json::{Value, json};

use super::errors;
use crate::{
    ChannelAccount, InboundEvent, InboundKind, SendFailure,
    call::Answered,
    tests::{Channel, kind, said},
};

fn channel() -> Channel {
    let account = ChannelAccount {
        id: "42".into(),
        username: "Helper_Bot".into(),
        ..ChannelAccount::default()
    };
    Channel::new(Platform::Telegram, json!({ "bot_token": "42:abc" }), account)
}

const PROOF: [(&str, &str); 1] = [("x-telegram-bot-api-secret-TOKEN", "s3cret_-")];

fn events(update: &Value) -> Vec<InboundEvent> {
    let inbound = channel().post(&PROOF, update.to_string().as_bytes()).unwrap();
    // A body could be run as a call.
    assert_eq!((inbound.answer.status, inbound.answer.body.as_str()), (200, ""));
    inbound.events
}

fn of(update: Value) -> Option<InboundKind> {
    let events = events(&update);
    assert!(events.len() < 2);
    events.into_iter().next().map(|event| event.kind)
}

/// A message of a person's, in private, with these fields besides.
fn message(fields: Value) -> Value {
    let mut message = json!({
        "message_id": 7, "date": 1_700_000_000, "chat": { "id": 5, "type": "private" },
        "from": { "id": 5, "is_bot": false, "first_name": "Ada", "last_name": "L", "username": "ada", "language_code": "pt_BR" },
    });
    message.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    json!({ "update_id": 9, "message": message })
}

fn group(fields: Value) -> Value {
    let mut update = message(fields);
    update["message"]["chat"] = json!({ "id": -100, "type": "supergroup" });
    update
}

#[test]
fn the_secret_header_is_the_proof() {
    let body = message(json!({ "text": "hi" })).to_string();
    for headers in
        [&[][..], &[(PROOF[0].0, "")], &[(PROOF[0].0, "s3cret_")], &[(PROOF[0].0, "S3CRET_-")]]
    {
        assert_eq!(
            channel().post(headers, body.as_bytes()).unwrap_err().status,
            401,
            "{headers:?}"
        );
    }
    assert_eq!(kind(&channel().post(&PROOF, body.as_bytes()).unwrap()), said("hi"));
    // Proven, but nothing to read.
    for body in [
        &b"{"[..],
        b"",
        b"[]",
        b"\xff",
        b"{\"update_id\":1}",
        b"{\"update_id\":\"x\",\"message\":3}",
    ] {
        let inbound = channel().post(&PROOF, body).unwrap();
        assert_eq!((inbound.answer.status, inbound.events.len()), (200, 0));
    }
}

#[test]
fn a_private_message_is_whole() {
    let event = events(&message(
        json!({ "text": " hello ", "message_thread_id": 3, "is_topic_message": true }),
    ))
    .remove(0);
    assert_eq!(
        (event.dedup_key.as_str(), event.peer.as_str(), event.chat_id.as_str()),
        ("9", "5:3", "5")
    );
    assert_eq!((event.order, event.sent_at.seconds()), (7, 1_700_000_000));
    let user = event.user;
    assert_eq!((user.id.as_str(), user.name.as_str()), ("5", "Ada L"));
    assert_eq!((user.username.as_str(), user.language.as_str()), ("ada", "pt-BR"));
    assert_eq!(event.kind, InboundKind::Text("hello".into()));
    // A thread that is no topic is not named.
    assert_eq!(events(&message(json!({ "text": "x", "message_thread_id": 3 })))[0].peer, "5");
}

#[test]
fn private_messages_are_told_apart() {
    for (fields, expected) in [
        (json!({ "text": "/start" }), Some(InboundKind::Greeting)),
        (json!({ "text": "/start payload" }), Some(InboundKind::Greeting)),
        (json!({ "text": "/start@helper_bot" }), Some(InboundKind::Greeting)),
        (json!({ "text": "/help me" }), said("/help me")),
        (json!({ "text": "/help@Helper_Bot me" }), said("/help me")),
        (json!({ "text": "/help@other_bot me" }), None),
        (json!({ "text": "/started" }), said("/started")),
        (json!({ "caption": "what is this", "photo": [{}] }), said("what is this")),
        (json!({ "photo": [{}] }), Some(InboundKind::Unsupported("photo"))),
        (json!({ "sticker": { "emoji": "x" } }), Some(InboundKind::Unsupported("sticker"))),
        (json!({ "animation": {}, "document": {} }), Some(InboundKind::Unsupported("animation"))),
        (json!({ "pinned_message": {} }), None),
        (json!({ "text": "x", "from": { "id": 8, "is_bot": true } }), None),
        (json!({ "text": "x", "sender_chat": { "id": 8 } }), None),
        (json!({ "text": "x", "chat": { "id": 8, "type": "channel" } }), None),
        (
            json!({ "migrate_to_chat_id": -77, "chat": { "id": -5, "type": "group" } }),
            Some(InboundKind::Moved("-77".into())),
        ),
    ] {
        assert_eq!(of(message(fields.clone())), expected, "{fields}");
    }
    for update in
        ["edited_message", "channel_post", "business_message", "guest_message", "message_reaction"]
    {
        assert_eq!(
            of(json!({ "update_id": 1, update: message(json!({ "text": "x" }))["message"] })),
            None
        );
    }
}

#[test]
fn in_a_group_only_what_is_addressed_is_for_the_bot() {
    let entity = |kind: &str, offset: u32, length: u32| json!([{ "type": kind, "offset": offset, "length": length }]);
    for (fields, expected) in [
        (json!({ "text": "hello all" }), None),
        (json!({ "text": "@other_bot hi", "entities": entity("mention", 0, 10) }), None),
        (json!({ "text": "@helper_bot hi", "entities": entity("mention", 0, 11) }), said("hi")),
        // Offsets are UTF-16 units: the emoji is two.
        (
            json!({ "text": "👍 é @Helper_Bot why?", "entities": entity("mention", 5, 11) }),
            said("👍 é why?"),
        ),
        (json!({ "text": "hi @helper_bot", "entities": entity("mention", 1, 11) }), None),
        (
            json!({ "text": "hi", "entities": entity("mention", 4_000_000_000, 4_000_000_000) }),
            None,
        ),
        (
            json!({ "text": "Helper hi", "entities": [{ "type": "text_mention", "offset": 0, "length": 6, "user": { "id": 42 } }] }),
            said("hi"),
        ),
        (
            json!({ "text": "@helper_bot", "entities": entity("mention", 0, 11) }),
            Some(InboundKind::Greeting),
        ),
        (
            json!({ "text": "/ask@helper_bot why", "entities": entity("bot_command", 0, 15) }),
            said("/ask why"),
        ),
        (
            json!({ "text": "/start@helper_bot", "entities": entity("bot_command", 0, 17) }),
            Some(InboundKind::Greeting),
        ),
        (json!({ "text": "/ask why", "entities": entity("bot_command", 0, 4) }), None),
        (json!({ "text": "why", "reply_to_message": { "from": { "id": 42 } } }), said("why")),
        (json!({ "text": "why", "reply_to_message": { "from": { "id": 43 } } }), None),
        (
            json!({ "voice": {}, "reply_to_message": { "from": { "id": 42 } } }),
            Some(InboundKind::Unsupported("voice")),
        ),
        (json!({ "voice": {} }), None),
        (json!({ "new_chat_members": [{ "id": 42 }] }), Some(InboundKind::Greeting)),
        (json!({ "new_chat_members": [{ "id": 43 }] }), None),
        (
            json!({ "caption": "@helper_bot what", "photo": [{}], "caption_entities": entity("mention", 0, 11) }),
            said("what"),
        ),
    ] {
        assert_eq!(of(group(fields.clone())), expected, "{fields}");
    }
}

#[test]
fn a_user_who_blocks_the_bot_is_told_of() {
    let member = |status: &str| json!({ "update_id": 3, "my_chat_member": { "chat": { "id": 5 }, "date": 1, "new_chat_member": { "status": status } } });
    assert_eq!(of(member("kicked")), Some(InboundKind::Blocked));
    assert_eq!(of(member("member")), None);
}

#[test]
fn errors_are_what_the_sheet_says() {
    let wait = |seconds| SendFailure::RetryAfter(Some(std::time::Duration::from_secs(seconds)));
    let conversation = SendFailure::ThisConversation;
    for (status, description, parameters, expected) in [
        (401, "Unauthorized", json!(null), SendFailure::ChannelLost),
        (403, "Forbidden: bot was blocked by the user", json!(null), conversation.clone()),
        (403, "Forbidden: user is deactivated", json!(null), conversation.clone()),
        (
            403,
            "Forbidden: bot was kicked from the supergroup chat",
            json!(null),
            conversation.clone(),
        ),
        (403, "Forbidden: the group chat was deleted", json!(null), conversation.clone()),
        (400, "Bad Request: chat not found", json!(null), conversation.clone()),
        (400, "Bad Request: message thread not found", json!(null), conversation),
        (
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            json!({ "migrate_to_chat_id": -1_001 }),
            SendFailure::Moved("-1001".into()),
        ),
        (400, "Bad Request: message is too long", json!(null), SendFailure::OurFault),
        (429, "Too Many Requests: retry after 17", json!({ "retry_after": 17 }), wait(17)),
        (
            409,
            "Conflict: terminated by other setWebhook",
            json!(null),
            SendFailure::Transient { may_have_arrived: false },
        ),
        (
            500,
            "Internal Server Error: restart",
            json!(null),
            SendFailure::Transient { may_have_arrived: true },
        ),
        (502, "", json!(null), SendFailure::Transient { may_have_arrived: true }),
        // What is not Telegram's says nothing of the token.
        (401, "", json!(null), SendFailure::OurFault),
    ] {
        let body = match description {
            "" => Value::Null,
            text => {
                json!({ "ok": false, "error_code": status, "description": text, "parameters": parameters })
            }
        };
        let error = errors::result(&Answered { status, body, retry_after: None }).unwrap_err();
        assert_eq!(error.failure, expected, "{status} {description}");
        assert!(error.reason.contains(description) && error.reason.contains(&status.to_string()));
    }
}
