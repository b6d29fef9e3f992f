//! ours POST /api/v1/conversations/{id}/handoff

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Receiver, Tenant, eventually};

use crate::util::{
    botplot::{Route, UNKNOWN_SEGMENTS, all_unknown, any_page_may_call, keys, problem, text},
    webhooks::{create, verify},
};

const SILENT: &str = "A person has taken over this conversation and will answer you.";

fn path(conversation: &Value) -> String {
    format!("/api/v1/conversations/{}/handoff", text(conversation))
}

async fn list(app: &App, tenant: &Tenant, query: &str) -> Value {
    let path = format!("/api/v1/conversations{query}");
    app.get(&path).bearer(&tenant.secret).send().await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_handed_over_the_bot_is_silent_and_it_ends_no_more() {
    let app = App::with(|options| options.idle_seconds = 1).await;
    let tenant = app.tenant("ada").await;
    let pair = json!({"question": "Do you have parking?", "answer": "Yes, behind the house."});
    app.post("/api/v1/knowledge/qa").bearer(&tenant.secret).json(&pair).send().await.ok();
    let asked = app.ask(&tenant.public, "Do you have parking?").await;
    let id = &asked["conversationId"];
    let handoff = app.post(&path(id)).bearer(&tenant.public).json(&json!({}));
    handoff.send().await.is(200, &json!({"success": true}));

    let body = json!({"message": "Do you have parking?", "conversationId": id});
    let silent = app.post("/api/v1/chat").bearer(&tenant.public).json(&body).send().await.ok();
    assert_eq!((&silent["response"], &silent["sources"]), (&json!(SILENT), &json!(0)));
    // Another conversation ends for being idle; this one doesn't.
    app.ask(&tenant.public, "Anybody?").await;
    eventually("the other one is closed", async || {
        (list(&app, &tenant, "?status=closed").await["total"] == 1).then_some(())
    })
    .await;
    app.drain().await;
    let rows = list(&app, &tenant, "?status=handed_off").await;
    assert_eq!(rows["total"], 1);
    let row = &rows["conversations"][0];
    assert_eq!((&row["id"], &row["status"]), (id, &json!("handed_off")));
    assert_eq!((&row["handoffStatus"], &row["messageCount"]), (&json!("requested"), &json!(4)));
    assert_eq!(
        list(&app, &tenant, "?status=active").await,
        json!({"conversations": [], "total": 0})
    );
    assert_eq!(list(&app, &tenant, "").await["total"], 2);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn however_often_it_is_asked_for_it_is_announced_once_with_its_reason() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let receiver = Receiver::start().await;
    let (_, secret) = create(&app, &tenant, &receiver.url, &["handoff.requested"]).await;
    let with = app.ask(&tenant.public, "Hello?").await["conversationId"].clone();
    let without = app.ask(&tenant.public, "Hello?").await["conversationId"].clone();
    let ask = async |id: &Value, body: Value| {
        let reply = app.post(&path(id)).bearer(&tenant.public).json(&body).send().await;
        reply.is(200, &json!({"success": true}));
    };
    let reason = "ü".repeat(500);
    join_all((0..6).map(|_| ask(&with, json!({"reason": format!(" {reason} ")})))).await;
    ask(&with, json!({"reason": "another one"})).await;
    ask(&without, json!({"reason": "  "})).await;
    for key in [&tenant.secret, &tenant.openbat] {
        let again = app.post(&path(&without)).bearer(key).json(&json!({"reason": null}));
        again.send().await.ok();
    }
    app.drain().await;
    let received = receiver.received();
    assert_eq!(received.len(), 2, "one for each conversation");
    for one in &received {
        verify(one, &secret);
        assert_eq!(one.json()["event"], "handoff.requested");
        let data = one.json()["data"].clone();
        assert_eq!(keys(&data), ["conversation_id", "reason"]);
        let (id, said) =
            if data["reason"].is_null() { (&without, Value::Null) } else { (&with, json!(reason)) };
        assert_eq!(data, json!({"conversation_id": id, "reason": said}));
    }
    assert_eq!(list(&app, &tenant, "?status=handed_off").await["total"], 2);
    assert_eq!(list(&app, &tenant, "?status=active").await["total"], 0);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_conversation_is_handed_over_too() {
    let app = App::with(|options| options.idle_seconds = 1).await;
    let tenant = app.tenant("ada").await;
    let receiver = Receiver::start().await;
    let events = ["conversation.ended", "handoff.requested"];
    create(&app, &tenant, &receiver.url, &events).await;
    let id = app.ask(&tenant.public, "Hello?").await["conversationId"].clone();
    eventually("its end is announced", async || (receiver.received().len() == 1).then_some(()))
        .await;
    app.post(&path(&id)).bearer(&tenant.public).json(&json!({})).send().await.ok();
    app.drain().await;
    let names: Vec<Value> = receiver.received().iter().map(|r| r.json()["event"].clone()).collect();
    assert_eq!(names, ["conversation.ended", "handoff.requested"]);
    assert_eq!(list(&app, &tenant, "?status=closed").await["total"], 0);
    let rows = list(&app, &tenant, "?status=handed_off").await;
    assert_eq!((&rows["total"], &rows["conversations"][0]["id"]), (&json!(1), &id));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_conversation_of_this_chatbot_is_unknown_in_the_same_words() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let foreign = app.ask(&bob.public, "Hello?").await["conversationId"].clone();
    let mut replies = Vec::new();
    for id in UNKNOWN_SEGMENTS.map(Value::from).iter().chain([&foreign]) {
        replies.push(app.post(&path(id)).bearer(&ada.public).json(&json!({})).send().await);
    }
    all_unknown(&replies);
    let rows = list(&app, &bob, "").await;
    assert_eq!(rows["conversations"][0]["handoffStatus"], "none");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reason_has_bounds_strangers_ask_in_vain_and_any_page_may_call() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let id = app.ask(&tenant.public, "Hello?").await["conversationId"].clone();
    let route = Route::new(&app, Method::POST, path(&id));
    for reason in [json!("x".repeat(501)), json!(7), json!(["a"]), json!("a\u{0}b")] {
        route.refuses(&tenant.public, "reason", json!({"reason": reason})).await;
    }
    let route = route.with(json!({"reason": "please"}));
    route.refuses_strangers(&tenant).await;
    problem(&route.request().bearer(&tenant.helpbot).send().await, 401, "UNAUTHORIZED");
    route.allows_only(&tenant.public, &[Method::POST]).await;
    any_page_may_call(&app, &route.path).await;
    let rows = list(&app, &tenant, "").await;
    assert_eq!(rows["conversations"][0]["status"], "active");
    app.finish().await;
}
