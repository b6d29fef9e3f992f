//! Channels on WhatsApp and Messenger: batches, users without a number, windows, people who take over.

use std::time::Duration;

use fakes::platforms::FakeGraph;
use local::TestClock;
use serde_json::{Value, json};
use testkit::{App, Receiver, Tenant, eventually};

use crate::util::{
    channels::{conversations, open, shown, with_platform},
    same_for_all_dialects::webhook_api::PLATFORM,
};

async fn graph(clock: Option<std::sync::Arc<TestClock>>) -> (App, FakeGraph, Tenant) {
    let graph = FakeGraph::start().await.expect("a port");
    let url = graph.url().to_string();
    let (app, ada) = with_platform("graph", url, |options| options.clock = clock).await;
    (app, graph, ada)
}

async fn whatsapp(app: &App, graph: &FakeGraph, ada: &Tenant) -> Value {
    let credentials = json!({"access_token": FakeGraph::TOKEN, "app_secret": FakeGraph::SECRET,
        "phone_number_id": FakeGraph::PHONE_NUMBER});
    let body = json!({"name": "Number", "type": "whatsapp", "credentials": credentials});
    connected(app, graph, ada, body).await
}

async fn messenger(app: &App, graph: &FakeGraph, ada: &Tenant) -> Value {
    let credentials =
        json!({"page_access_token": FakeGraph::TOKEN, "app_secret": FakeGraph::SECRET});
    let body = json!({"name": "Page", "type": "messenger", "credentials": credentials});
    connected(app, graph, ada, body).await
}

async fn connected(app: &App, graph: &FakeGraph, ada: &Tenant, body: Value) -> Value {
    let channel = open(app, ada, body).await;
    assert_eq!(channel["status"], "connected", "{channel}");
    let (url, token) = (&channel["webhook_url"], &channel["verify_token"]);
    let (url, token) = (url.as_str().unwrap(), token.as_str().unwrap());
    assert!(!graph.subscribe(url, FakeGraph::SECRET, "another token").await);
    assert!(graph.subscribe(url, FakeGraph::SECRET, token).await);
    channel
}

fn said(graph: &FakeGraph, to: &str) -> Vec<String> {
    graph.sent().into_iter().filter(|sent| sent.to == to).map(|sent| sent.text).collect()
}

async fn answers(app: &App, graph: &FakeGraph, to: &str, count: usize) -> Vec<String> {
    eventually("answers", async || (said(graph, to).len() >= count).then_some(())).await;
    graph.idle().await;
    app.drain().await;
    let all = said(graph, to);
    assert_eq!(all.len(), count, "{all:?}");
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_of_whatsapp_is_answered_message_by_message_and_once() {
    let (app, graph, ada) = graph(None).await;
    let channel = whatsapp(&app, &graph, &ada).await;
    let text = |from: &str, body: &str| {
        graph.whatsapp_message(from, json!({"type": "text", "text": {"body": body}}))
    };
    let batch = graph.whatsapp(
        vec![text("4915", "Café? 😀 a/b"), text("4916", "Second"), text("4915", "Third")],
        vec![],
    );
    for _ in 0..2 {
        assert_eq!(graph.post(&batch).await.status, Some(200));
    }
    let first = answers(&app, &graph, "4915", 2).await;
    assert_eq!(first, ["Café? 😀 a/b", "Third"]);
    assert_eq!(answers(&app, &graph, "4916", 1).await, ["Second"]);
    let (rows, total) = conversations(&app, &ada).await;
    assert_eq!(total, 2);
    assert!(rows.iter().all(|row| row["channel"]["id"] == channel["id"]), "{rows:?}");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messenger_answers_and_leaves_the_page_to_a_person_who_takes_over() {
    let (app, graph, ada) = graph(None).await;
    messenger(&app, &graph, &ada).await;
    assert!(graph.is_page_subscribed());
    graph.messenger_write("psid-1", "Hello there");
    assert_eq!(answers(&app, &graph, "psid-1", 1).await, ["Hello there"]);
    // An echo of ours and one of a person: neither is a question.
    graph.deliver(graph.messenger_echo("psid-1", None));
    let standby = graph.messaging("psid-1", json!({"mid": "m_standby", "text": "To someone else"}));
    graph.deliver(graph.messenger(vec![standby], "standby"));
    graph.idle().await;
    app.drain().await;
    assert_eq!(said(&graph, "psid-1").len(), 1);
    graph.messenger_write("psid-1", "And now?");
    assert_eq!(answers(&app, &graph, "psid-1", 2).await[1], "And now?");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_older_than_a_day_is_not_answered() {
    let clock = TestClock::new(20);
    let (app, graph, ada) = graph(Some(clock.clone())).await;
    let channel = whatsapp(&app, &graph, &ada).await;
    graph.fail("/messages", 500, 131_000, None, "Something went wrong");
    graph.fail("/messages", 400, 131_047, None, "Re-engagement message");
    graph.whatsapp_write("4915", "Window closed");
    eventually("a refusal", async || (graph.calls_of("/messages").len() >= 2).then_some(())).await;
    graph.idle().await;
    app.drain().await;
    assert!(said(&graph, "4915").is_empty());
    clock.advance(Duration::from_secs(60));
    graph.whatsapp_write("4915", "Open again");
    assert_eq!(answers(&app, &graph, "4915", 1).await, ["Open again"]);
    assert_eq!(shown(&app, &ada, &channel).await["status"], "connected");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_token_disconnects_once_and_a_storm_of_5xx_never() {
    let clock = TestClock::new(20);
    let (app, graph, ada) = graph(Some(clock)).await;
    let channel = messenger(&app, &graph, &ada).await;
    let receiver = Receiver::start().await;
    PLATFORM.create(&app, &ada, &receiver.url, &["channel.disconnected"]).await;
    for _ in 0..3 {
        graph.fail("/messages", 503, 2, None, "Service temporarily unavailable");
    }
    graph.messenger_write("psid-1", "Patience");
    assert_eq!(answers(&app, &graph, "psid-1", 1).await, ["Patience"]);
    assert_eq!(shown(&app, &ada, &channel).await["status"], "connected");
    graph.revoke(FakeGraph::TOKEN);
    for user in ["psid-2", "psid-3"] {
        graph.messenger_write(user, "Anybody?");
    }
    graph.idle().await;
    app.drain().await;
    assert_eq!(shown(&app, &ada, &channel).await["status"], "disconnected");
    assert_eq!(receiver.received().len(), 1);
    app.finish().await;
}
