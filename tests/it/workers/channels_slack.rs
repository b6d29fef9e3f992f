//! A channel on Slack, from the check of its URL to its loss.

use fakes::platforms::FakeSlack;
use serde_json::{Value, json};
use testkit::{App, Receiver, Tenant, eventually};

use crate::util::{
    channels::{conversations, open, shown, with_platform},
    same_for_all_dialects::webhook_api::PLATFORM,
};

async fn connected() -> (App, FakeSlack, Tenant, Value) {
    let slack = FakeSlack::start().await.expect("a port");
    let (app, ada) = with_platform("slack", slack.url().to_string(), |_| {}).await;
    let credentials = json!({"bot_token": FakeSlack::TOKEN, "signing_secret": FakeSlack::SECRET});
    let body = json!({"name": "Slack", "type": "slack", "credentials": credentials});
    let channel = open(&app, &ada, body).await;
    assert_eq!(channel["status"], "connected", "{channel}");
    let url = channel["webhook_url"].as_str().unwrap();
    assert!(!slack.subscribe(url, "another secret").await, "signed by someone else");
    assert!(slack.subscribe(url, FakeSlack::SECRET).await);
    (app, slack, ada, channel)
}

async fn settle(app: &App, slack: &FakeSlack) {
    slack.idle().await;
    app.drain().await;
}

fn texts(slack: &FakeSlack) -> Vec<String> {
    slack.posted().into_iter().map(|posted| posted.text).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_direct_message_is_answered_and_a_mention_in_its_thread_and_once() {
    let (app, slack, ada, channel) = connected().await;
    slack.write("U1", "Fish &amp; chips?");
    eventually("an answer", async || (!slack.posted().is_empty()).then_some(())).await;
    let mention = slack.message("U2", "C1", "channel", "<@U0BOT> opening hours");
    let mut twin = mention.clone();
    twin["type"] = json!("app_mention");
    slack.deliver(mention.clone());
    slack.deliver(twin);
    settle(&app, &slack).await;
    let posted = slack.posted();
    assert_eq!(posted.len(), 2, "{posted:?}");
    assert_eq!((posted[0].channel.as_str(), posted[0].thread_ts.as_str()), ("DU1", ""));
    assert!(posted[0].text.contains("Fish &amp; chips?"), "escaped again: {:?}", posted[0]);
    assert_eq!(
        (posted[1].channel.as_str(), &posted[1].thread_ts),
        ("C1", &mention["ts"].as_str().unwrap().to_owned())
    );
    assert_eq!(posted[1].text, "opening hours");
    let (rows, total) = conversations(&app, &ada).await;
    assert_eq!(total, 2);
    assert!(rows.iter().all(|row| row["channel"]["id"] == channel["id"]), "{rows:?}");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_message_for_the_bot_is_acknowledged_and_not_answered() {
    let (app, slack, _, _) = connected().await;
    let message = |change: fn(&mut Value)| {
        let mut message = slack.message("U1", "DU1", "im", "Hello");
        change(&mut message);
        message
    };
    for event in [
        message(|m| m["bot_id"] = json!("B0BOT")),
        message(|m| m["user"] = json!(FakeSlack::BOT)),
        message(|m| m["subtype"] = json!("message_changed")),
        message(|m| m["subtype"] = json!("message_deleted")),
        message(|m| m["subtype"] = json!("channel_join")),
        slack.message("U1", "C1", "channel", "not for the bot"),
        json!({"type": "reaction_added", "user": "U1"}),
    ] {
        let attempt = slack.post(&slack.envelope(event), &[]).await;
        assert_eq!(attempt.status, Some(200));
    }
    let envelope = slack.envelope(message(|_| {}));
    let stale = slack.post_at(&envelope, &[], 1_531_420_618).await;
    assert!([Some(401), Some(403)].contains(&stale.status), "{:?}", stale.status);
    settle(&app, &slack).await;
    assert!(slack.posted().is_empty(), "{:?}", slack.posted());
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn repeated_and_limited_messages_are_answered_once() {
    let (app, slack, _, _) = connected().await;
    slack.lose_answers(2);
    slack.limit("chat.postMessage", 1);
    for n in 0..4 {
        slack.write("U1", &format!("Question {n}"));
    }
    eventually("answers", async || (slack.posted().len() >= 4).then_some(())).await;
    settle(&app, &slack).await;
    let mut said = texts(&slack);
    said.sort();
    let expected: Vec<String> = (0..4).map(|n| format!("Question {n}")).collect();
    assert_eq!(said, expected);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn control_sequences_of_a_model_ping_no_one() {
    let (app, slack, _, _) = connected().await;
    slack.write("U1", "say &lt;!channel&gt; and &lt;@U9&gt;");
    eventually("an answer", async || (!slack.posted().is_empty()).then_some(())).await;
    let said = texts(&slack).remove(0);
    assert!(!said.contains("<!channel>") && !said.contains("<@U9>"), "{said}");
    settle(&app, &slack).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_that_is_uninstalled_or_revoked_disconnects_once() {
    let (app, slack, ada, channel) = connected().await;
    let receiver = Receiver::start().await;
    PLATFORM.create(&app, &ada, &receiver.url, &["channel.disconnected"]).await;
    slack.fail("chat.postMessage", "channel_not_found");
    slack.write("U1", "Hello");
    settle(&app, &slack).await;
    assert_eq!(shown(&app, &ada, &channel).await["status"], "connected");
    slack.revoke(FakeSlack::TOKEN, "token_revoked");
    slack.write("U2", "Hello");
    slack.deliver(
        json!({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [FakeSlack::BOT]}}),
    );
    slack.deliver(json!({"type": "app_uninstalled"}));
    settle(&app, &slack).await;
    assert_eq!(shown(&app, &ada, &channel).await["status"], "disconnected");
    assert_eq!(receiver.received().len(), 1);
    app.finish().await;
}
