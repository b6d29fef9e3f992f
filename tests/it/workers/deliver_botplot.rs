//! botplot POST /api/v1/projects/{projectId}/webhooks

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use testkit::{Answer, App, Received, Receiver, eventually};

use crate::util::{
    botplot::{is_id, is_time, keys, text},
    webhooks::{create, list, verify},
};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_delivered_is_documented_to_the_letter_and_verifies() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let receiver = Receiver::start().await;
    let events = ["conversation.started", "message.created"];
    let (_, secret) = create(&app, &tenant, &receiver.url, &events).await;
    let message = "quote \" slash / \\ line\n\u{2028} tab\t bell\u{7} é 😀 <b>&amp;</b> 1.0 1e3";
    let pair = json!({"question": message, "answer": format!("{message} too")});
    app.post("/api/v1/knowledge/qa").bearer(&tenant.secret).json(&pair).send().await.ok();
    let mut messages = Vec::new();
    for question in [message, "How do I cook pasta?"] {
        let asked = app.ask(&tenant.public, question).await;
        let path = format!("/api/v1/conversations/{}", text(&asked["conversationId"]));
        let shown = app.get(&path).bearer(&tenant.secret).send().await.ok();
        messages.extend(shown["conversation"]["messages"].as_array().unwrap().clone());
    }
    app.drain().await;
    let received = receiver.received();
    assert_eq!(received.len(), 6);
    for one in &received {
        verify(one, &secret);
        let body = one.json();
        assert_eq!(keys(&body), ["data", "event", "project_id", "timestamp"]);
        assert_eq!(body["project_id"], tenant.chatbot);
        assert!(is_time(&body["timestamp"]) && is_id(&json!(one.header("x-botplot-delivery"))));
        let data = &body["data"];
        assert!(is_id(&data["conversation_id"]), "{data}");
        if body["event"] == "message.created" {
            let named = ["confidence_score", "content", "conversation_id", "created_at"];
            assert_eq!(keys(data), [&named[..], &["message_id", "role"]].concat());
            let shown = messages.iter().find(|m| m["id"] == data["message_id"]).unwrap();
            let said =
                |m: &Value, at: &str| [m["role"].clone(), m["content"].clone(), m[at].clone()];
            assert_eq!(said(data, "created_at"), said(shown, "createdAt"));
            let score = data["confidence_score"].as_f64();
            assert!(data["role"] == "user" || score.is_some_and(|s| (0.0..=1.0).contains(&s)));
        }
    }
    let ids: HashSet<&str> = received.iter().map(|one| one.header("x-botplot-delivery")).collect();
    assert_eq!(ids.len(), 6, "each delivery has an id of its own");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_failure_the_same_delivery_comes_again_soon_byte_for_byte() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let receiver = Receiver::answering(|n| Answer::Status(if n == 0 { 500 } else { 200 })).await;
    let (_, secret) = create(&app, &tenant, &receiver.url, &["conversation.started"]).await;
    app.ask(&tenant.public, "Hello?").await;
    let came = async |times: usize| {
        eventually("an attempt", async || (receiver.received().len() == times).then_some(())).await;
        Instant::now()
    };
    let (first, second) = (came(1).await, came(2).await);
    let wait = second - first;
    assert!(wait > Duration::from_secs(3), "not at once: {wait:?}");
    assert!(wait < Duration::from_secs(9), "after 5 s, a fifth more or less: {wait:?}");
    let received = receiver.received();
    received.iter().for_each(|one| verify(one, &secret));
    let [first, second] = [&received[0], &received[1]];
    assert_eq!(first.header("x-botplot-delivery"), second.header("x-botplot-delivery"));
    assert_eq!(first.body, second.body);
    app.drain().await;
    assert_eq!(receiver.received().len(), 2, "it was taken");
    assert_eq!(list(&app, &tenant).await[0]["is_active"], true);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_says_gone_is_switched_off() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let gone = Receiver::answering(|_| Answer::Status(410)).await;
    let there = Receiver::start().await;
    let (off, _) = create(&app, &tenant, &gone.url, &["conversation.started"]).await;
    create(&app, &tenant, &there.url, &["conversation.started"]).await;
    app.ask(&tenant.public, "Hello?").await;
    app.drain().await;
    for webhook in list(&app, &tenant).await {
        assert_eq!(webhook["is_active"], webhook["id"] != off, "{webhook}");
    }
    for _ in 0..3 {
        app.ask(&tenant.public, "Hello?").await;
    }
    app.drain().await;
    assert_eq!((gone.received().len(), there.received().len()), (1, 4));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_before_a_webhook_was_made_is_not_delivered_to_it() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let receiver = Receiver::start().await;
    let before = app.ask(&tenant.public, "Before?").await["conversationId"].clone();
    let events = ["conversation.started", "message.created"];
    create(&app, &tenant, &receiver.url, &events).await;
    let after = app.ask(&tenant.public, "After?").await["conversationId"].clone();
    app.drain().await;
    let about: Vec<Value> =
        receiver.received().iter().map(|r| r.json()["data"]["conversation_id"].clone()).collect();
    assert_eq!(about, vec![after; 3], "and nothing about {before}");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_events_and_the_project_that_were_asked_for_are_delivered() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let (started, messages) = (Receiver::start().await, Receiver::start().await);
    create(&app, &ada, &started.url, &["conversation.started", "conversation.started"]).await;
    create(&app, &ada, &messages.url, &["message.created"]).await;
    app.ask(&ada.public, "Hello?").await;
    app.ask(&bob.public, "Hello?").await;
    app.drain().await;
    let names = |received: Vec<Received>| -> Vec<String> {
        received.iter().map(|one| one.header("x-botplot-event").to_owned()).collect()
    };
    assert_eq!(names(started.received()), ["conversation.started"]);
    assert_eq!(names(messages.received()), ["message.created", "message.created"]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_that_never_answers_does_not_hold_up_another() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let silent = Receiver::answering(|_| Answer::Never).await;
    let quick = Receiver::start().await;
    create(&app, &tenant, &silent.url, &["message.created"]).await;
    create(&app, &tenant, &quick.url, &["message.created"]).await;
    let begun = Instant::now();
    for _ in 0..3 {
        app.ask(&tenant.public, "Hello?").await;
    }
    eventually("the quick one has everything", async || {
        (quick.received().len() == 6).then_some(())
    })
    .await;
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert!(!silent.received().is_empty());
    // The silent one's attempts have not come to an end yet.
    app.platform.shutdown().await;
}
