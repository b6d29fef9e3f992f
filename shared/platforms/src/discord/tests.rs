use std::time::Duration;

use domain::Platform;
use serde_json::{Value, json};

use super::errors::{self, By};
use crate::{
    ChannelAccount, Inbound, InboundKind, SendFailure,
    call::Answered,
    tests::{Channel, kind, said},
};

/// The seed and public key of RFC 8032's first test.
const SEED: &str = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
const KEY: &str = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
const SIGNATURE: &str = "1695961a47c91a1ec033b819b7e87e3dbc583dd0cee6d1fd0216f58ac87b6228ae531ddbf91fb7bc28d7edf7f08604da16f54624f38a6bc0614e4dc13cd47f0f";

fn channel() -> Channel {
    let account =
        ChannelAccount { id: "77".into(), verify_key: KEY.into(), ..ChannelAccount::default() };
    Channel::new(Platform::Discord, json!({ "bot_token": "t" }), account)
}

fn received(interaction: &Value) -> Inbound {
    let body = interaction.to_string();
    let seed = hex::decode(SEED).unwrap();
    let pair = aws_lc_rs::signature::Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
    let signature = hex::encode(pair.sign(format!("1700000000{body}").as_bytes()));
    let headers =
        [("x-signature-ed25519", signature.as_str()), ("x-signature-timestamp", "1700000000")];
    channel().post(&headers, body.as_bytes()).unwrap()
}

fn answer(inbound: &Inbound) -> Value {
    assert_eq!(
        (inbound.answer.status, inbound.answer.content_type),
        (200, Some("application/json"))
    );
    serde_json::from_str(&inbound.answer.body).unwrap()
}

fn command(fields: Value) -> Value {
    let mut command = json!({
        "id": "175928847299117063", "type": 2, "token": "tok", "channel_id": "6", "locale": "de",
        "member": { "nick": "Nick", "user": { "id": "5", "username": "ada", "global_name": "Ada" } },
        "data": { "type": 1, "name": "ask", "options": [{ "name": "question", "type": 3, "value": " why? " }] },
        "authorizing_integration_owners": { "0": "9" },
    });
    command.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    command
}

#[test]
fn a_ping_is_answered_and_a_bad_signature_is_not() {
    let post = |signature: &str, timestamp: &str, body: &[u8], key: &str| {
        let mut channel = channel();
        key.clone_into(&mut channel.account.verify_key);
        let headers = [("X-Signature-Ed25519", signature), ("X-Signature-Timestamp", timestamp)];
        channel.post(&headers, body).map_err(|refused| refused.status)
    };
    let (time, body) = ("1700000000", &b"{\"type\":1}"[..]);
    assert_eq!(answer(&post(SIGNATURE, time, body, KEY).unwrap()), json!({ "type": 1 }));
    assert!(post(&SIGNATURE.to_uppercase(), time, body, KEY).is_ok());
    for (signature, time, body, key) in [
        (SIGNATURE, "1700000001", body, KEY),
        (SIGNATURE, time, &b"{\"type\": 1}"[..], KEY),
        (SIGNATURE, "", body, KEY),
        (&SIGNATURE[2..], time, body, KEY),
        ("", time, body, KEY),
        (&"zz".repeat(64), time, body, KEY),
        (&"00".repeat(64), time, body, KEY),
        (SIGNATURE, time, body, ""),
        (SIGNATURE, time, body, &KEY[2..]),
    ] {
        assert_eq!(post(signature, time, body, key).unwrap_err(), 401, "{signature} {time}");
    }
}

#[test]
fn a_command_is_whole_and_answered_later() {
    let inbound = received(&command(json!({})));
    assert_eq!(answer(&inbound), json!({ "type": 5 }));
    let event = &inbound.events[0];
    assert_eq!(
        (event.dedup_key.as_str(), event.order),
        ("175928847299117063", 175_928_847_299_117_063)
    );
    assert_eq!((event.peer.as_str(), event.chat_id.as_str()), ("6:5", "6"));
    assert_eq!(event.kind, InboundKind::Text("why?".into()));
    assert_eq!(
        (event.user.name.as_str(), event.user.username.as_str(), event.user.language.as_str()),
        ("Nick", "ada", "de")
    );
    assert_eq!(event.sent_at.millis(), 1_462_015_105_796);
    assert_eq!(event.reply.until.unwrap().seconds(), 1_700_000_000 + 15 * 60);
    assert_eq!((event.reply.token.as_str(), event.reply.max_pieces), ("tok", None));
    assert!(!format!("{event:?}").contains("tok"), "the token is a secret");
    let alone = received(&command(json!({ "authorizing_integration_owners": { "1": "5" } })));
    assert_eq!(alone.events[0].reply.max_pieces, Some(6));
}

#[test]
fn interactions_are_told_apart() {
    let in_dm = json!({ "member": null, "user": { "id": "5", "username": "ada" } });
    let menu = json!({ "data": { "type": 3, "target_id": "1", "resolved": { "messages": { "1": { "content": "hi there" } } } } });
    let picture = json!({ "data": { "type": 3, "target_id": "1", "resolved": { "messages": { "1": { "content": "" } } } } });
    let form =
        json!({ "type": 5, "data": { "components": [{ "components": [{ "value": "typed" }] }] } });
    for (fields, expected, kind_of_answer) in [
        (in_dm, said("why?"), 5),
        (menu, said("hi there"), 5),
        (picture, Some(InboundKind::Unsupported("message")), 5),
        (form, said("typed"), 5),
        (json!({ "data": { "type": 1, "name": "start" } }), Some(InboundKind::Greeting), 5),
        (json!({ "data": { "type": 2, "target_id": "1" } }), None, 6),
        (json!({ "type": 3, "data": { "custom_id": "x" } }), None, 6),
        (json!({ "type": 99 }), None, 6),
        (json!({ "member": { "user": { "id": "5", "bot": true } } }), None, 6),
    ] {
        let inbound = received(&command(fields.clone()));
        assert_eq!(
            (kind(&inbound), answer(&inbound)["type"].as_u64()),
            (expected, Some(kind_of_answer)),
            "{fields}"
        );
    }
    let complete = received(&command(json!({ "type": 4 })));
    assert_eq!(answer(&complete), json!({ "type": 8, "data": { "choices": [] } }));
}

#[test]
fn errors_are_what_the_sheet_says() {
    let transient = SendFailure::Transient { may_have_arrived: true };
    for (status, code, by, expected) in [
        (401, 0, By::Bot, SendFailure::ChannelLost),
        (401, 50027, By::Interaction, SendFailure::Expired),
        (404, 10015, By::Interaction, SendFailure::Expired),
        (404, 10062, By::Interaction, SendFailure::Expired),
        (400, 40060, By::Interaction, SendFailure::Expired),
        (401, 0, By::Interaction, SendFailure::Expired),
        (403, 50001, By::Bot, SendFailure::ThisConversation),
        (403, 50013, By::Bot, SendFailure::ThisConversation),
        (403, 50007, By::Bot, SendFailure::ThisConversation),
        (400, 200_000, By::Interaction, SendFailure::ThisConversation),
        (400, 50035, By::Bot, SendFailure::OurFault),
        (500, 0, By::Bot, transient.clone()),
        (503, 0, By::Interaction, transient),
    ] {
        let body = json!({ "code": code, "message": "no" });
        let error = errors::result(&Answered { status, body, retry_after: None }, by).unwrap_err();
        assert_eq!(error.failure, expected, "{status}/{code}");
    }
    let limited = json!({ "message": "slow", "retry_after": 0.25, "global": false });
    let limited =
        Answered { status: 429, body: limited, retry_after: Some(Duration::from_secs(1)) };
    let failure = errors::result(&limited, By::Bot).unwrap_err().failure;
    assert_eq!(failure, SendFailure::RetryAfter(Some(Duration::from_millis(250))));
    let form = json!({ "code": 50035, "message": "Invalid Form Body", "errors": { "interactions_endpoint_url": { "_errors": [{ "message": "could not be verified" }] } } });
    let error = errors::result(&Answered { status: 400, body: form, retry_after: None }, By::Bot)
        .unwrap_err();
    assert_eq!(error.reason, "400 Invalid Form Body could not be verified");
    // A proxy's answer says nothing of the token.
    let proxy = Answered { status: 401, body: Value::Null, retry_after: None };
    assert_eq!(errors::result(&proxy, By::Bot).unwrap_err().failure, SendFailure::OurFault);
}
