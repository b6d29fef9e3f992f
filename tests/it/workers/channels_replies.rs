//! What leaves a channel without a message that asks for it, what is found by the ticker, and what a message
//! costs.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::{ConversationId, EntryState, MessageId};
use fakes::platforms::FakeTelegram;
use local::{Code, TestClock};
use serde_json::{Value, json};
use store::meter::Meter;
use testkit::{App, Tenant, eventually};

use crate::util::{
    channels::{conversations, echoing, texts, with_telegram},
    table::table,
};

const TOKEN: &str = FakeTelegram::TOKEN;

async fn conversation(app: &App, ada: &Tenant) -> domain::Conversation {
    let (rows, _) = conversations(app, ada).await;
    let id: ConversationId = rows[0]["id"].as_str().unwrap().parse().unwrap();
    let found = app.platform.app.store.conversation(ada.chatbot.parse().unwrap(), id).await;
    found.unwrap().expect("the conversation")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_s_reply_leaves_by_the_same_door_in_order_and_once() {
    let (app, fake) = with_telegram(|_| {}).await;
    let (ada, _) = echoing(&app, "ada", TOKEN).await;
    fake.write(TOKEN, 42, "A person, please");
    eventually("an answer", async || (texts(&fake, 42).len() == 1).then_some(())).await;
    app.drain().await;
    let talk = conversation(&app, &ada).await;
    let path = format!("/api/v1/conversations/{}/handoff", talk.id);
    app.post(&path).bearer(&ada.public).json(&json!({})).send().await.ok();
    fake.write(TOKEN, 42, "Are you there?");
    fake.idle().await;
    app.drain().await;
    assert_eq!(texts(&fake, 42).len(), 1, "the bot is silent");
    let replies = [MessageId::new(), MessageId::new()];
    for _ in 0..2 {
        for (n, id) in replies.iter().enumerate() {
            let text = format!("Reply {n} of a person");
            assert!(app.platform.app.send_reply(&talk, *id, &text).await.unwrap());
        }
    }
    app.drain().await;
    let read = texts(&fake, 42);
    assert_eq!(&read[1..], ["Reply 0 of a person", "Reply 1 of a person"]);
    let state = app.platform.app.reply_state(&talk, replies[1]).await.unwrap();
    assert_eq!(state, Some((EntryState::Done, None)));
    let why = "Forbidden: bot was blocked by the user";
    fake.fail("sendMessage", 403, why, Value::Null);
    let blocked = MessageId::new();
    app.platform.app.send_reply(&talk, blocked, "Still there?").await.unwrap();
    app.drain().await;
    let state = app.platform.app.reply_state(&talk, blocked).await.unwrap().expect("a state");
    assert!(state.0 == EntryState::Failed && state.1.is_some(), "{state:?}");
    assert!(app.platform.app.send_reply(&talk, MessageId::new(), " ").await.is_err());
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_without_a_channel_has_no_such_door() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    app.ask(&ada.public, "Hello").await;
    let talk = conversation(&app, &ada).await;
    let sent = app.platform.app.send_reply(&talk, MessageId::new(), "Hi").await.unwrap();
    assert!(!sent);
    app.finish().await;
}

/// Posts an update as Telegram does, for a platform whose workers are not fed.
async fn post(app: &App, fake: &FakeTelegram, channel: &Value, update: Value) -> testkit::Reply {
    let set = fake.calls_of("/setWebhook").pop().expect("a webhook");
    let secret = set.body["secret_token"].as_str().expect("a secret").to_owned();
    let path = format!("/v1/channels/{}/inbound", channel["id"].as_str().unwrap());
    let request = app.post(&path).header("x-telegram-bot-api-secret-token", &secret);
    let reply = request.json(&update).send().await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply
}

/// The entries that are not settled: peer and place.
async fn pending(app: &App) -> Vec<(String, String)> {
    let found = table(app).scan().table_name("colloquy").send().await.expect("items");
    let text = |value: Option<&AttributeValue>| {
        value.and_then(|value| value.as_s().ok()).cloned().unwrap_or_default()
    };
    let items = found.items.unwrap_or_default();
    let entries = items.iter().filter(|item| text(item.get("state")) == "pending");
    let place = |item: &std::collections::HashMap<String, AttributeValue>| {
        let pk = text(item.get("pk"));
        (pk.rsplit('#').next().unwrap_or_default().to_owned(), text(item.get("sk")))
    };
    entries.map(place).filter(|(_, sk)| sk.starts_with("IN#")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_costs_at_most_6_reads_and_12_writes() {
    let (app, fake) = with_telegram(|options| options.detached = true).await;
    let (ada, channel) = echoing(&app, "ada", TOKEN).await;
    let Some(Code::Worker(work)) = app.platform.function("channel-worker") else {
        panic!("channel-worker is a worker");
    };
    let whats = ["first message", "next message", "third message", "message to a person"];
    for (n, what) in whats.into_iter().enumerate() {
        let message = fake.message(42, "Do you have parking near the entrance?");
        let taken = post(&app, &fake, &channel, json!({"update_id": n, "message": message})).await;
        let (read, write, _) = taken.units();
        let (peer, place) = pending(&app).await.pop().expect("an entry");
        let body = json!({"v": 1, "workspaceId": ada.workspace, "channelId": channel["id"],
            "task": "entry", "peer": peer, "place": place});
        let event = json!({"Records": [{"messageId": "1", "body": body.to_string()}]});
        let meter = Meter::default();
        let answer = meter.scope(work(event)).await.expect("an answer");
        assert_eq!(answer["batchItemFailures"], json!([]));
        let (read, write) = (read + meter.units().read, write + meter.units().write);
        // A worker's first message reads the plan of its workspace.
        let read = if n == 0 { read - 1.0 } else { read };
        // The first one opens a conversation, which is an item and two index entries more.
        let most = if n == 0 { 14.0 } else { 12.0 };
        assert!(read > 0.0 && read <= 6.0, "{what}: {read} read units");
        assert!(write > 0.0 && write <= most, "{what}: {write} write units");
        let answers = if n < 3 { n + 1 } else { 3 };
        assert_eq!(texts(&fake, 42).len(), answers, "{what}");
        if n == 2 {
            let id = conversation(&app, &ada).await.id;
            let path = format!("/api/v1/conversations/{id}/handoff");
            app.post(&path).bearer(&ada.public).json(&json!({})).send().await.ok();
        }
    }
    app.platform.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_whose_job_is_lost_is_found_by_the_ticker() {
    let clock = TestClock::new(1);
    let (mut app, fake) = with_telegram(|options| {
        options.clock = Some(clock.clone());
        options.detached = true;
    })
    .await;
    let (_, channel) = echoing(&app, "ada", TOKEN).await;
    let update = json!({"update_id": 1, "message": fake.message(42, "Lost on its way")});
    post(&app, &fake, &channel, update).await;
    // The stream keeps its newest record, so that must be another one.
    app.tenant("eve").await;
    app.platform.forget_changes().await.expect("the stream is skipped");
    app.platform.attach().expect("workers are fed");
    app.drain().await;
    assert!(texts(&fake, 42).is_empty());
    clock.advance(Duration::from_secs(301));
    let Some(Code::Worker(tick)) = app.platform.function("ticker") else { panic!("ticker") };
    tick(json!({})).await.expect("a tick");
    eventually("an answer", async || (texts(&fake, 42) == ["Lost on its way"]).then_some(())).await;
    app.finish().await;
}
