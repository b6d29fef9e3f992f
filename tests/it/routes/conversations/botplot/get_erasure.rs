//! ours GET /api/v1/erasures/{id}

use std::time::Duration;

use local::{Code, TestClock};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Receiver, Tenant};

use crate::util::{
    botplot::{Route, text},
    table::table,
    webhooks::create,
};

async fn conversation(app: &App, tenant: &Tenant, message: &str) -> String {
    text(&app.ask(&tenant.public, message).await["conversationId"]).to_owned()
}

async fn delete(app: &App, tenant: &Tenant, id: &str) {
    let path = format!("/api/v1/conversations/{id}");
    app.delete(&path).bearer(&tenant.secret).send().await.is(200, &json!({"success": true}));
}

async fn erasure(app: &App, tenant: &Tenant, id: &str) -> Value {
    let path = format!("/api/v1/erasures/{id}");
    app.get(&path).bearer(&tenant.secret).send().await.ok()["erasure"].clone()
}

/// Every item of the table that says `said`, as text.
async fn saying(app: &App, said: &str) -> Vec<String> {
    let mut items = Vec::new();
    let mut pages = table(app).scan().table_name("colloquy").into_paginator().send();
    while let Some(page) = pages.next().await {
        let found = page.expect("a page").items.unwrap_or_default();
        items.extend(found.iter().map(|item| format!("{item:?}")).filter(|i| i.contains(said)));
    }
    items
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_says_when_nothing_was_left_and_what_was_said_is_in_no_delivery_either() {
    let receiver = Receiver::start().await;
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    create(&app, &tenant, &receiver.url, &["message.created"]).await;
    let id = conversation(&app, &tenant, "My secret is xyzzy.").await;
    let other = conversation(&app, &tenant, "And mine is plugh.").await;
    app.drain().await;
    assert!(saying(&app, "xyzzy").await.iter().any(|item| item.contains("DLV#")), "delivered");
    delete(&app, &tenant, &id).await;
    app.drain().await;
    let receipt = erasure(&app, &tenant, &id).await;
    assert_eq!((&receipt["id"], &receipt["status"]), (&json!(id), &json!("complete")));
    assert!(text(&receipt["completedAt"]) >= text(&receipt["requestedAt"]));
    assert_eq!(receipt["kept"][0]["days"], 35);
    let left = saying(&app, "xyzzy").await;
    assert!(left.iter().all(|item| item.contains("TOP#")), "{left:#?}");
    let kept = saying(&app, "plugh").await;
    assert!(kept.iter().any(|item| item.contains("DLV#")), "{other} is another's");
    app.finish().await;
}

/// The stream's record, or the queue's message, is lost for good: the row of the deletion is not.
#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_outlives_every_message_about_it() {
    let clock = TestClock::new(1);
    let app = App::with(|options| {
        options.detached = true;
        options.clock = Some(clock.clone());
    })
    .await;
    let tenant = app.tenant("ada").await;
    let id = conversation(&app, &tenant, "My secret is xyzzy.").await;
    delete(&app, &tenant, &id).await;
    app.platform.forget_changes().await.expect("an empty stream");
    let receipt = erasure(&app, &tenant, &id).await;
    assert_eq!((&receipt["status"], &receipt["completedAt"]), (&json!("pending"), &Value::Null));

    clock.advance(Duration::from_secs(10 * 60));
    let work = async |binary: &str, event: Value| match app.platform.function(binary) {
        Some(Code::Worker(work)) => work(event).await.expect("an answer"),
        _ => panic!("the function"),
    };
    work("ticker", json!({})).await;
    let settings = std::fs::read_to_string(app.platform.lambda_env()).expect("lambda.env");
    let url = settings.lines().find_map(|line| line.strip_prefix("PURGE_QUEUE_URL="));
    let request = app.platform.sqs().receive_message().queue_url(url.expect("the queue"));
    let received = request.send().await.expect("messages");
    let message = &received.messages()[0];
    let record = json!({"messageId": "m-1", "body": message.body()});
    work("purge-worker", json!({ "Records": [record] })).await;
    assert_eq!(erasure(&app, &tenant, &id).await["status"], "complete");
    let left = saying(&app, "xyzzy").await;
    assert!(left.iter().all(|item| !item.contains("TURN#")), "{left:#?}");
    app.platform.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_deleted_and_another_s_are_alike() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let id = conversation(&app, &ada, "Hello?").await;
    delete(&app, &ada, &id).await;
    for id in [id.as_str(), "0197a000-0000-7000-8000-000000000001", "x"] {
        let path = format!("/api/v1/erasures/{id}");
        let unknown = app.get(&path).bearer(&eve.secret).send().await;
        unknown.is(404, &json!({"error": "Erasure not found", "code": "NOT_FOUND"}));
    }
    let route = Route::new(&app, Method::GET, format!("/api/v1/erasures/{id}"));
    route.refuses_strangers(&ada).await;
    app.finish().await;
}
