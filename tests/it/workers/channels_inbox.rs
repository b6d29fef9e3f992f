//! A person's reply from the inbox leaves through the channel that its conversation is held in, on every platform.

use fakes::platforms::{FakeDiscord, FakeGraph, FakeSlack, FakeTelegram};
use serde_json::{Value, json};
use testkit::{App, Tenant, eventually};

use crate::util::{
    channels::{conversations, open, with_platform},
    inbox::{INBOX, reply},
};

const ASKS: &str = "May I speak with a person?";
const REPLY: &str = "Here I am: **how** can I help?";

async fn connected(app: &App, ada: &Tenant, kind: &str, credentials: Value) -> Value {
    let body = json!({"name": "Desk", "type": kind, "credentials": credentials});
    let channel = open(app, ada, body).await;
    assert_eq!(channel["status"], "connected", "{channel}");
    channel
}

/// What the visitor has read is the bot's answer alone, however often a person writes in one request, until the
/// person's reply comes, once. `write` has the visitor write, `read` says what came.
async fn a_person_answers(
    app: &App,
    ada: &Tenant,
    platform: &str,
    write: impl AsyncFn(&str),
    read: impl Fn() -> Vec<String>,
) {
    write(ASKS).await;
    eventually("the bot's answer", async || (read() == [ASKS]).then_some(())).await;
    app.drain().await;
    let (rows, total) = conversations(app, ada).await;
    assert_eq!((total, rows[0]["user"]["platform"].as_str()), (1, Some(platform)));
    let id = rows[0]["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/v1/conversations/{id}/handoff");
    app.post(&path).bearer(&ada.public).json(&json!({})).send().await.ok();
    write("Are you there?").await;
    app.drain().await;
    assert_eq!(read(), [ASKS], "the bot is silent on {platform}");
    let path = format!("{INBOX}/{id}/messages");
    let send = app.post(&path).bearer(&ada.session).header("idempotency-key", "once");
    let send = send.json(&json!({ "content": REPLY }));
    for again in [send.again(), send] {
        let sent = again.send().await;
        assert_eq!(sent.status, 201, "{}", sent.text);
    }
    eventually("the person's reply", async || (read().len() == 2).then_some(())).await;
    app.drain().await;
    let came = read();
    assert_eq!(came.len(), 2, "{platform}: {came:?}");
    assert!(came[1].contains("how") && came[1].contains("can I help?"), "{platform}: {came:?}");
    let is_markdown = platform == "discord";
    assert_eq!(came[1].contains("**how**"), is_markdown, "{platform}: {came:?}");
    // A second one follows, and the inbox shows the whole talk.
    assert_eq!(reply(app, ada, &id, "Anything else?").await.status, 201);
    eventually("another", async || (read().last()? == "Anything else?").then_some(())).await;
    let shown = app.get(&format!("{INBOX}/{id}")).bearer(&ada.session).send().await.ok();
    let said = shown["messages"].as_array().expect("messages").iter();
    let said: Vec<_> = said.map(|m| (m["role"].as_str().unwrap(), &m["content"])).collect();
    assert!(said.contains(&("user", &json!("Are you there?"))), "{said:?}");
    assert!(said.contains(&("agent", &json!(REPLY))), "{said:?}");
    assert_eq!(shown["conversation"]["status"], "handed_off");
}

#[tokio::test(flavor = "multi_thread")]
async fn on_telegram() {
    let fake = FakeTelegram::start().await.expect("a port");
    let (app, ada) = with_platform("telegram", fake.url(), |_| {}).await;
    connected(&app, &ada, "telegram", json!({"bot_token": FakeTelegram::TOKEN})).await;
    let write = async |text: &str| {
        fake.write(FakeTelegram::TOKEN, 42, text);
        fake.idle().await;
    };
    let read = || fake.sent().into_iter().map(|sent| sent.plain).collect();
    a_person_answers(&app, &ada, "telegram", write, read).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_slack() {
    let slack = FakeSlack::start().await.expect("a port");
    let (app, ada) = with_platform("slack", slack.url(), |_| {}).await;
    let credentials = json!({"bot_token": FakeSlack::TOKEN, "signing_secret": FakeSlack::SECRET});
    let channel = connected(&app, &ada, "slack", credentials).await;
    assert!(slack.subscribe(channel["webhook_url"].as_str().unwrap(), FakeSlack::SECRET).await);
    let write = async |text: &str| {
        slack.write("U1", text);
        slack.idle().await;
    };
    let read = || slack.posted().into_iter().map(|posted| posted.text).collect();
    a_person_answers(&app, &ada, "slack", write, read).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_discord() {
    let discord = FakeDiscord::start().await.expect("a port");
    let (app, ada) = with_platform("discord", discord.url(), |_| {}).await;
    connected(&app, &ada, "discord", json!({"bot_token": FakeDiscord::TOKEN})).await;
    let write = async |text: &str| {
        discord.write("7", "11", text);
        discord.idle().await;
    };
    let read = || discord.sent().into_iter().map(|sent| sent.content).collect();
    a_person_answers(&app, &ada, "discord", write, read).await;
    app.finish().await;
}

async fn on_graph(kind: &str, credentials: Value) {
    let graph = FakeGraph::start().await.expect("a port");
    let (app, ada) = with_platform("graph", graph.url(), |_| {}).await;
    let channel = connected(&app, &ada, kind, credentials).await;
    let text = |name: &str| channel[name].as_str().unwrap();
    assert!(graph.subscribe(text("webhook_url"), FakeGraph::SECRET, text("verify_token")).await);
    let write = async |text: &str| {
        match kind {
            "whatsapp" => graph.whatsapp_write("4915", text),
            _ => graph.messenger_write("psid-1", text),
        };
        graph.idle().await;
    };
    let read = || graph.sent().into_iter().map(|sent| sent.text).collect();
    a_person_answers(&app, &ada, kind, write, read).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_whatsapp() {
    let credentials = json!({"access_token": FakeGraph::TOKEN, "app_secret": FakeGraph::SECRET,
        "phone_number_id": FakeGraph::PHONE_NUMBER});
    on_graph("whatsapp", credentials).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_messenger() {
    let credentials =
        json!({"page_access_token": FakeGraph::TOKEN, "app_secret": FakeGraph::SECRET});
    on_graph("messenger", credentials).await;
}
