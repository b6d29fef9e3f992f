use std::time::Duration;

use domain::Platform;
use serde_json::{Value, json};

use super::errors;
use crate::{
    ChannelAccount, InboundEvent, InboundKind, SendFailure,
    call::Answered,
    tests::{Channel, said},
};

const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
/// Slack's published vector.
const BODY: &str = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
const SIGNATURE: &str = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";

fn channel() -> Channel {
    let account = ChannelAccount {
        id: "U0BOT".into(),
        team_id: "T1".into(),
        bot_id: "B1".into(),
        ..ChannelAccount::default()
    };
    Channel::new(
        Platform::Slack,
        json!({ "bot_token": "xoxb-1", "signing_secret": SECRET }),
        account,
    )
}

fn signed(body: &str) -> String {
    use aws_lc_rs::hmac;
    let key = hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes());
    format!("v0={}", hex::encode(hmac::sign(&key, format!("v0:1700000000:{body}").as_bytes())))
}

fn events(envelope: &Value) -> Vec<InboundEvent> {
    let body = envelope.to_string();
    let signature = signed(&body);
    let headers = [("x-slack-request-timestamp", "1700000000"), ("x-slack-signature", &signature)];
    let inbound = channel().post(&headers, body.as_bytes()).unwrap();
    assert_eq!((inbound.answer.status, inbound.answer.body.as_str()), (200, ""));
    inbound.events
}

fn envelope(event: Value) -> Value {
    json!({ "type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": event })
}

fn message(fields: Value) -> Value {
    let mut event = json!({ "type": "message", "channel": "D9", "channel_type": "im", "user": "U2", "text": "hi", "ts": "1700000000.000200" });
    event.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    envelope(event)
}

#[test]
fn the_published_vector_verifies_and_nothing_near_it() {
    let mut channel = channel();
    channel.now = 1_531_420_618;
    let post = |channel: &Channel, timestamp: &str, signature: &str, body: &str| {
        let headers = [("X-SLACK-Request-Timestamp", timestamp), ("X-Slack-Signature", signature)];
        channel.post(&headers, body.as_bytes()).map(|_| ()).map_err(|refused| refused.status)
    };
    let time = "1531420618";
    assert_eq!(post(&channel, time, SIGNATURE, BODY), Ok(()));
    for (timestamp, signature, body) in [
        (time, SIGNATURE, &BODY[1..]),
        ("1531420619", SIGNATURE, BODY),
        (time, &SIGNATURE[3..], BODY),
        (time, &SIGNATURE[..60], BODY),
        (time, "v0=", BODY),
        (time, "v0=zz14d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503", BODY),
        (time, "", BODY),
        ("", SIGNATURE, BODY),
        ("soon", SIGNATURE, BODY),
        ("99999999999999999999999", SIGNATURE, BODY),
    ] {
        assert_eq!(post(&channel, timestamp, signature, body), Err(401), "{timestamp} {signature}");
    }
    // Five minutes are still now, to either side.
    for (off, expected) in [(300, Ok(())), (-300, Ok(())), (301, Err(401)), (-301, Err(401))] {
        channel.now = 1_531_420_618 + off;
        assert_eq!(post(&channel, time, SIGNATURE, BODY), expected, "{off}");
    }
}

#[test]
fn the_url_check_is_answered_before_there_is_an_account() {
    let body = json!({ "type": "url_verification", "challenge": "c <1>" }).to_string();
    let signature = signed(&body);
    let headers =
        [("x-slack-request-timestamp", "1700000000"), ("x-slack-signature", signature.as_str())];
    let mut channel = channel();
    channel.account = ChannelAccount::default();
    let inbound = channel.post(&headers, body.as_bytes()).unwrap();
    assert_eq!(inbound.answer.body, "c <1>");
    assert!(inbound.answer.content_type.unwrap().starts_with("text/plain"));
}

#[test]
fn messages_are_told_apart() {
    for (fields, expected) in [
        (json!({}), said("hi")),
        (
            json!({ "text": "a &lt;b&gt; &amp; <https://x.test|y> <!here>" }),
            said("a <b> & y (https://x.test) @here"),
        ),
        (json!({ "bot_id": "B2" }), None),
        (json!({ "user": "U0BOT" }), None),
        (json!({ "subtype": "message_changed", "hidden": true }), None),
        (json!({ "subtype": "message_deleted" }), None),
        (json!({ "subtype": "channel_join" }), None),
        (json!({ "subtype": "bot_message" }), None),
        (json!({ "subtype": "file_share", "files": [{}] }), said("hi")),
        (
            json!({ "subtype": "file_share", "files": [{}], "text": "" }),
            Some(InboundKind::Unsupported("file")),
        ),
        (json!({ "text": "" }), None),
        (json!({ "type": "reaction_added" }), None),
        (json!({ "channel": "C1", "channel_type": "channel" }), None),
        (
            json!({ "channel": "C1", "channel_type": "channel", "text": "<@U0BOT> why" }),
            said("why"),
        ),
        (
            json!({ "channel": "C1", "type": "app_mention", "channel_type": null, "text": "<@U0BOT> why" }),
            said("why"),
        ),
        (
            json!({ "channel": "C1", "type": "app_mention", "text": "<@U0BOT>" }),
            Some(InboundKind::Greeting),
        ),
        (json!({ "ts": "soon" }), None),
    ] {
        let kind = events(&message(fields.clone())).into_iter().next().map(|event| event.kind);
        assert_eq!(kind, expected, "{fields}");
    }
    let mut other_team = message(json!({}));
    other_team["team_id"] = "T2".into();
    assert!(events(&other_team).is_empty());
}

#[test]
fn one_message_is_one_key_whatever_carries_it() {
    let mention = json!({ "channel": "C1", "channel_type": "channel", "text": "<@U0BOT> why" });
    let mut as_mention = mention.clone();
    as_mention["type"] = "app_mention".into();
    let (one, other) =
        (events(&message(mention)).remove(0), events(&message(as_mention)).remove(0));
    assert_eq!((&one.dedup_key, one.order), (&other.dedup_key, other.order));
    assert_eq!(
        (one.dedup_key.as_str(), one.order),
        ("T1:C1:1700000000.000200", 1_700_000_000_000_200)
    );
    // A mention begins a thread or stays in its own; a direct message has one only if it came in one.
    assert_eq!(one.peer, "T1:C1:1700000000.000200");
    let in_thread = json!({ "channel": "C1", "channel_type": "channel", "text": "<@U0BOT> why", "thread_ts": "1600000000.000100" });
    assert_eq!(events(&message(in_thread))[0].peer, "T1:C1:1600000000.000100");
    assert_eq!(events(&message(json!({})))[0].peer, "T1:D9");
    assert_eq!(
        events(&message(json!({ "thread_ts": "1600000000.000100" })))[0].peer,
        "T1:D9:1600000000.000100"
    );
}

#[test]
fn a_permission_that_is_taken_away_is_told_of() {
    let lost = |event: Value| events(&envelope(event)).into_iter().next().map(|event| event.kind);
    assert!(matches!(
        lost(json!({ "type": "app_uninstalled" })),
        Some(InboundKind::ChannelLost(_))
    ));
    let revoked = |bot: &str| {
        lost(json!({ "type": "tokens_revoked", "tokens": { "oauth": ["U9"], "bot": [bot] } }))
    };
    assert!(matches!(revoked("U0BOT"), Some(InboundKind::ChannelLost(_))));
    assert_eq!(revoked("U9"), None);
}

#[test]
fn errors_are_what_the_sheet_says() {
    let transient = SendFailure::Transient { may_have_arrived: true };
    let wait = SendFailure::RetryAfter(Some(Duration::from_secs(3)));
    for (status, codes, expected) in [
        (
            200,
            "invalid_auth not_authed account_inactive token_revoked token_expired team_access_not_granted",
            SendFailure::ChannelLost,
        ),
        (200, "missing_scope", SendFailure::OwnerSetup),
        (
            200,
            "channel_not_found not_in_channel is_archived restricted_action cannot_dm_bot",
            SendFailure::ThisConversation,
        ),
        (
            200,
            "no_text msg_too_long invalid_blocks invalid_arguments whatever_is_new",
            SendFailure::OurFault,
        ),
        (200, "ratelimited rate_limited", wait.clone()),
        (200, "internal_error fatal_error service_unavailable request_timeout", transient.clone()),
        (429, "ratelimited", wait),
        (503, "x", transient),
    ] {
        for code in codes.split(' ') {
            let body = json!({ "ok": false, "error": code });
            let retry_after = Some(Duration::from_secs(3));
            let error = errors::result(&Answered { status, body, retry_after }).unwrap_err();
            assert_eq!((error.failure, error.reason.as_str()), (expected.clone(), code));
        }
    }
}
