use domain::Platform;
use serde_json::{Value, json};

use super::errors;
use crate::{
    ChannelAccount, Inbound, InboundKind, SendFailure,
    call::Answered,
    tests::{Channel, kind, said},
};

const BODY: &str = r#"{"object":"page","entry":[{"id":"1","time":1700000000000,"messaging":[{"sender":{"id":"2"},"recipient":{"id":"1"},"timestamp":1700000000000,"message":{"mid":"m_1","text":"caf\u00e9 a\/b a\u0040b \ud83d\ude00"}}]}]}"#;
const SIGNATURE: &str = "sha256=b6ee29086c67083ef337d3fc7cec71a192702c65df957cf3e4e499e80d1e5891";

fn messenger() -> Channel {
    let credentials =
        json!({ "page_access_token": "t", "app_secret": "app_secret", "verify_token": "v" });
    let account = ChannelAccount { id: "1".into(), ..ChannelAccount::default() };
    Channel::new(Platform::Messenger, credentials, account)
}

fn whatsapp() -> Channel {
    let credentials =
        json!({ "access_token": "t", "phone_number_id": "10", "app_secret": "app_secret" });
    Channel::new(Platform::Whatsapp, credentials, ChannelAccount::default())
}

fn received(channel: &Channel, body: &Value) -> Inbound {
    use aws_lc_rs::hmac;
    let body = body.to_string();
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"app_secret");
    let signature = format!("sha256={}", hex::encode(hmac::sign(&key, body.as_bytes())));
    let inbound = channel.post(&[("x-hub-signature-256", &signature)], body.as_bytes()).unwrap();
    assert_eq!((inbound.answer.status, inbound.answer.body.as_str()), (200, ""));
    inbound
}

#[test]
fn the_vector_verifies_and_the_same_json_written_again_does_not() {
    let post = |signature: &str, body: &[u8]| {
        messenger()
            .post(&[("X-Hub-Signature-256", signature)], body)
            .map_err(|refused| refused.status)
    };
    assert_eq!(BODY.len(), 214);
    assert_eq!(kind(&post(SIGNATURE, BODY.as_bytes()).unwrap()), said("café a/b a@b 😀"));
    let again = serde_json::from_str::<Value>(BODY).unwrap().to_string();
    assert_eq!((again.len(), post(SIGNATURE, again.as_bytes()).unwrap_err()), (196, 401));
    for signature in
        ["", "sha256=", &SIGNATURE[7..], &SIGNATURE[..70], &SIGNATURE.replace("sha256", "sha1")]
    {
        assert_eq!(post(signature, BODY.as_bytes()).unwrap_err(), 401, "{signature}");
    }
    assert_eq!(messenger().post(&[], BODY.as_bytes()).unwrap_err().status, 401);
}

#[test]
fn the_url_check_wants_the_verify_token() {
    let ask = |channel: &Channel, mode: &str, token: &str| {
        let query = [("hub.mode", mode), ("hub.challenge", "11"), ("hub.verify_token", token)];
        channel
            .request("GET", &query, &[], b"")
            .map(|inbound| inbound.answer.body)
            .map_err(|refused| refused.status)
    };
    assert_eq!(ask(&messenger(), "subscribe", "v"), Ok("11".to_owned()));
    // One that was not given was made.
    assert_eq!(ask(&whatsapp(), "subscribe", "made-token"), Ok("11".to_owned()));
    for (mode, token) in [("subscribe", "w"), ("subscribe", ""), ("unsubscribe", "v"), ("", "v")] {
        assert_eq!(ask(&messenger(), mode, token), Err(403), "{mode} {token}");
    }
}

fn body_of(field: &str, value: Value) -> Value {
    let mut whole = json!({ "metadata": { "phone_number_id": "10" } });
    whole.as_object_mut().unwrap().extend(value.as_object().unwrap().clone());
    json!({ "object": "whatsapp_business_account", "entry": [{ "id": "w", "changes": [{ "field": field, "value": whole }] }] })
}

fn message(fields: Value) -> Value {
    let mut message = json!({ "from": "49123", "id": "wamid.1", "timestamp": "1700000000", "type": "text", "text": { "body": "hi" } });
    message.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    message
}

#[test]
fn whatsapp_messages_are_told_apart() {
    let other =
        |kind: &str, content: Value| message(json!({ "type": kind, kind: content, "text": null }));
    for (message, expected) in [
        (message(json!({})), said("hi")),
        (message(json!({ "group_id": "g" })), None),
        (other("image", json!({ "caption": "what" })), said("what")),
        (other("image", json!({})), Some(InboundKind::Unsupported("image"))),
        (other("audio", json!({ "voice": true })), Some(InboundKind::Unsupported("audio"))),
        (other("sticker", json!({})), Some(InboundKind::Unsupported("sticker"))),
        (other("unsupported", json!({})), Some(InboundKind::Unsupported("unsupported"))),
        (
            other(
                "interactive",
                json!({ "type": "button_reply", "button_reply": { "title": "Yes" } }),
            ),
            said("Yes"),
        ),
        (
            other("interactive", json!({ "type": "list_reply", "list_reply": { "title": "Two" } })),
            said("Two"),
        ),
        (other("button", json!({ "text": "Go" })), said("Go")),
        (other("reaction", json!({ "emoji": "x" })), None),
        (other("system", json!({})), None),
        (other("edit", json!({})), None),
        (other("revoke", json!({})), None),
        (other("something_new", json!({})), None),
    ] {
        let inbound = received(&whatsapp(), &body_of("messages", json!({ "messages": [message] })));
        assert_eq!(kind(&inbound), expected, "{message}");
    }
}

#[test]
fn a_whatsapp_user_is_known_by_id_before_number() {
    let contacts = json!([
        { "wa_id": "49999", "profile": { "name": "Else" } },
        { "wa_id": "49123", "user_id": "DE.1", "profile": { "name": "Ada", "username": "ada" } },
    ]);
    let of = |fields: Value| {
        let value = json!({ "contacts": contacts, "messages": [message(fields)] });
        received(&whatsapp(), &body_of("messages", value)).events.remove(0)
    };
    let event = of(json!({}));
    assert_eq!(
        (event.peer.as_str(), event.user.name.as_str(), event.user.username.as_str()),
        ("DE.1", "Ada", "ada")
    );
    assert_eq!((event.dedup_key.as_str(), event.order), ("wamid.1", 1_700_000_000_000));
    let event = of(json!({ "from": null, "from_user_id": "DE.1", "timestamp": "1700000000123" }));
    assert_eq!((event.peer.as_str(), event.order), ("DE.1", 1_700_000_000_123));
    assert_eq!(of(json!({ "from": "49777" })).peer, "49777");
    // Phone numbers and ids have fields of their own in a send.
    assert_eq!(super::whatsapp::message("49777", "x")["to"], "49777");
    assert_eq!(super::whatsapp::message("DE.1", "x")["recipient"], "DE.1");
}

#[test]
fn a_batch_is_all_of_its_messages_of_our_number() {
    let entry = |number: &str, id: &str| {
        let value = json!({ "metadata": { "phone_number_id": number }, "messages": [message(json!({ "id": id })), message(json!({ "id": format!("{id}b") }))] });
        json!({ "changes": [{ "field": "messages", "value": value }] })
    };
    let body = json!({ "object": "whatsapp_business_account", "entry": [entry("10", "a"), entry("11", "b"), entry("10", "c")] });
    let keys: Vec<String> =
        received(&whatsapp(), &body).events.into_iter().map(|event| event.dedup_key).collect();
    assert_eq!(keys, ["a", "ab", "c", "cb"]);
}

#[test]
fn receipts_and_echoes_say_what_they_say() {
    let status = |status: &str| json!({ "statuses": [{ "id": "wamid.9", "status": status, "recipient_id": "49123", "timestamp": "1700000000", "errors": [{ "code": 131_047, "title": "Re-engagement message" }] }] });
    for ignored in ["sent", "delivered", "read", "played"] {
        assert!(received(&whatsapp(), &body_of("messages", status(ignored))).events.is_empty());
    }
    let inbound = received(&whatsapp(), &body_of("messages", status("failed")));
    let Some(InboundKind::DeliveryFailed { message_id, error }) = kind(&inbound) else {
        panic!("{inbound:?}")
    };
    assert_eq!((message_id.as_str(), error.failure), ("wamid.9", SendFailure::WindowClosed));
    let echo = json!({ "message_echoes": [{ "from": "1", "to": "49123", "id": "wamid.8", "timestamp": "1700000000" }] });
    let inbound = received(&whatsapp(), &body_of("smb_message_echoes", echo));
    assert_eq!(
        (kind(&inbound), inbound.events[0].peer.as_str()),
        (Some(InboundKind::HumanTookOver), "49123")
    );
    let trouble = |code: i64| json!({ "errors": [{ "code": code, "title": "x" }] });
    let inbound = received(&whatsapp(), &body_of("messages", trouble(131_031)));
    assert!(matches!(kind(&inbound), Some(InboundKind::ChannelLost(_))));
    assert!(received(&whatsapp(), &body_of("messages", trouble(130_429))).events.is_empty());
}

fn messaging(fields: Value) -> Value {
    let mut messaging = json!({ "sender": { "id": "2" }, "recipient": { "id": "1" }, "timestamp": 1_700_000_000_000_i64 });
    messaging.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    json!({ "object": "page", "entry": [{ "id": "1", "messaging": [messaging] }] })
}

#[test]
fn messenger_messages_are_told_apart() {
    let sticker = |id: i64| json!({ "message": { "mid": "m", "attachments": [{ "type": "image", "payload": { "sticker_id": id } }] } });
    let echo = |metadata: Value| json!({ "sender": { "id": "1" }, "recipient": { "id": "2" }, "message": { "mid": "m", "is_echo": true, "text": "x", "metadata": metadata } });
    for (fields, expected) in [
        (json!({ "message": { "mid": "m", "text": "hi" } }), said("hi")),
        (
            json!({ "message": { "mid": "m", "text": "hi", "attachments": [{ "type": "fallback" }] } }),
            said("hi"),
        ),
        (
            json!({ "message": { "mid": "m", "attachments": [{ "type": "audio" }] } }),
            Some(InboundKind::Unsupported("audio")),
        ),
        (sticker(369_239_263_222_822), said("👍")),
        (sticker(5), Some(InboundKind::Unsupported("sticker"))),
        (json!({ "postback": { "title": "Prices", "payload": "P" } }), said("Prices")),
        (
            json!({ "postback": { "title": "Get Started", "payload": "GET_STARTED" } }),
            Some(InboundKind::Greeting),
        ),
        (json!({ "message": { "mid": "m", "is_deleted": true } }), None),
        (json!({ "reaction": { "emoji": "x" } }), None),
        (json!({ "read": { "watermark": 1 } }), None),
        (json!({ "delivery": {} }), None),
        (json!({ "optin": {} }), None),
        (json!({ "recipient": { "id": "3" }, "message": { "mid": "m", "text": "hi" } }), None),
        (echo(json!("colloquy")), None),
        (echo(Value::Null), Some(InboundKind::HumanTookOver)),
        (echo(json!("another app's")), Some(InboundKind::HumanTookOver)),
    ] {
        assert_eq!(kind(&received(&messenger(), &messaging(fields.clone()))), expected, "{fields}");
    }
    let mut standby = messaging(json!({ "message": { "mid": "m", "text": "hi" } }));
    standby["entry"][0]["standby"] = standby["entry"][0]["messaging"].take();
    assert!(received(&messenger(), &standby).events.is_empty());
    // Our own messages have the mark that their echoes are known by.
    assert_eq!(super::messenger::message("2", "x")["message"]["metadata"], "colloquy");
}

#[test]
fn errors_are_what_the_sheet_says() {
    let transient = SendFailure::Transient { may_have_arrived: true };
    let limited = SendFailure::RetryAfter(None);
    let conversation = SendFailure::ThisConversation;
    for (codes, subcode, expected) in [
        (&[190, 0, 368, 131_031][..], None, SendFailure::ChannelLost),
        (&[190], Some(460), SendFailure::ChannelLost),
        (&[3, 10, 200, 299], None, SendFailure::OwnerSetup),
        (&[4, 80_007, 130_429, 131_048, 131_056, 133_016, 32, 613], None, limited.clone()),
        (&[131_047], None, SendFailure::WindowClosed),
        (&[10], Some(2_018_278), SendFailure::WindowClosed),
        (&[131_026, 131_030, 131_021, 131_050, 131_062, 551], None, conversation.clone()),
        (&[100], Some(2_018_001), conversation.clone()),
        (&[200], Some(1_545_041), conversation.clone()),
        (&[10], Some(2_018_108), conversation),
        (&[131_051, 131_008, 131_009, 100], None, SendFailure::OurFault),
        (&[131_000, 131_016, 131_053, 135_000, 131_057, 1, 2, 1_200], None, transient.clone()),
    ] {
        for code in codes {
            let mut error = json!({ "message": "no", "code": code });
            if let Some(subcode) = subcode {
                error["error_subcode"] = subcode.into();
            }
            let answered =
                Answered { status: 400, body: json!({ "error": error }), retry_after: None };
            assert_eq!(
                errors::result(&answered).unwrap_err().failure,
                expected,
                "{code}/{subcode:?}"
            );
        }
    }
    let bare = |status| {
        errors::result(&Answered { status, body: Value::Null, retry_after: None })
            .unwrap_err()
            .failure
    };
    assert_eq!((bare(503), bare(429)), (transient, limited));
}
