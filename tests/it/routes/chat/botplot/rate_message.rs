//! ours POST /api/v1/messages/{id}/rating

use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Receiver, Reply, Tenant};

use crate::util::{
    botplot::{Route, UNKNOWN_SEGMENTS, all_unknown, any_page_may_call, keys, problem, text},
    webhooks::{create, verify},
};

fn path(message: &Value) -> String {
    format!("/api/v1/messages/{}/rating", text(message))
}

async fn rate(app: &App, key: &str, message: &Value, rating: i64) -> Reply {
    app.post(&path(message)).bearer(key).json(&json!({"rating": rating})).send().await
}

/// The ratings of a conversation's answers, and the last one given.
async fn ratings(app: &App, tenant: &Tenant, conversation: &Value) -> (Vec<Value>, Value) {
    let path = format!("/api/v1/conversations/{}", text(conversation));
    let shown = app.get(&path).bearer(&tenant.secret).send().await.ok();
    let messages = shown["conversation"]["messages"].as_array().unwrap().clone();
    let answers = messages.into_iter().filter(|m| m["role"] == "assistant");
    let list = app.get("/api/v1/conversations").bearer(&tenant.secret).send().await.ok();
    let rows = list["conversations"].as_array().unwrap();
    let row = rows.iter().find(|row| row["id"] == *conversation).unwrap();
    (answers.map(|m| m["rating"].clone()).collect(), row["overallRating"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_rated_with_every_key_that_may_chat_and_the_last_rating_stands() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let first = app.ask(&tenant.public, "Question 0?").await;
    let id = &first["conversationId"];
    let body = json!({"message": "Question 1?", "conversationId": id});
    let second = app.post("/api/v1/chat").bearer(&tenant.public).json(&body).send().await.ok();
    assert_eq!(ratings(&app, &tenant, id).await, (vec![Value::Null, Value::Null], Value::Null));

    let success = json!({"success": true});
    rate(&app, &tenant.public, &first["messageId"], 1).await.is(200, &success);
    assert_eq!(ratings(&app, &tenant, id).await, (vec![json!(1), Value::Null], json!(1)));
    rate(&app, &tenant.openbat, &second["messageId"], -1).await.is(200, &success);
    assert_eq!(ratings(&app, &tenant, id).await, (vec![json!(1), json!(-1)], json!(-1)));
    rate(&app, &tenant.secret, &second["messageId"], 1).await.is(200, &success);
    assert_eq!(ratings(&app, &tenant, id).await, (vec![json!(1), json!(1)], json!(1)));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_change_is_announced_once_and_the_same_rating_again_not_at_all() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let receiver = Receiver::start().await;
    let (_, secret) = create(&app, &tenant, &receiver.url, &["rating.received"]).await;
    let asked = app.ask(&tenant.public, "Hello?").await;
    let message = &asked["messageId"];
    // All at once: one of them sets it, the others find it set.
    let replies = join_all((0..6).map(|_| rate(&app, &tenant.public, message, 1))).await;
    assert!(replies.iter().all(|reply| reply.status == 200));
    for rating in [-1, -1, 1] {
        rate(&app, &tenant.public, message, rating).await.ok();
    }
    app.drain().await;
    let mut received = receiver.received();
    received.sort_by_key(|one| one.json()["timestamp"].to_string());
    received.iter().for_each(|one| verify(one, &secret));
    let given: Vec<Value> =
        received.iter().map(|one| one.json()["data"]["rating"].clone()).collect();
    assert_eq!(given, [1, -1, 1]);
    for one in &received {
        let body = one.json();
        assert_eq!(body["event"], "rating.received");
        let data = &body["data"];
        assert_eq!(keys(data), ["conversation_id", "message_id", "rating"]);
        assert_eq!(data["conversation_id"], asked["conversationId"]);
        assert_eq!(data["message_id"], *message);
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_answer_of_this_chatbot_is_unknown_in_the_same_words() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let foreign = app.ask(&bob.public, "Hello?").await;
    let own = app.ask(&ada.public, "Hello?").await;
    let shown = format!("/api/v1/conversations/{}", text(&own["conversationId"]));
    let question = app.get(&shown).bearer(&ada.secret).send().await.ok();
    let question = question["conversation"]["messages"][0]["id"].clone();
    let gone = app.ask(&ada.public, "Goes?").await;
    let path = format!("/api/v1/conversations/{}", text(&gone["conversationId"]));
    app.delete(&path).bearer(&ada.secret).send().await.ok();

    let mut ids: Vec<Value> = UNKNOWN_SEGMENTS.map(Value::from).into();
    ids.extend([foreign["messageId"].clone(), question, own["conversationId"].clone()]);
    ids.push(gone["messageId"].clone());
    let mut replies = Vec::new();
    for id in &ids {
        replies.push(rate(&app, &ada.public, id, 1).await);
    }
    app.drain().await;
    replies.push(rate(&app, &ada.public, &gone["messageId"], 1).await);
    all_unknown(&replies);
    let theirs = ratings(&app, &bob, &foreign["conversationId"]).await;
    assert_eq!(theirs, (vec![Value::Null], Value::Null));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rating_is_up_or_down_and_nothing_else() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let asked = app.ask(&tenant.public, "Hello?").await;
    let route = Route::new(&app, Method::POST, path(&asked["messageId"]));
    let bad = [json!(0), json!(2), json!(-2), json!(0.5), json!("1"), json!(true), json!(null)];
    for rating in bad {
        route.refuses(&tenant.public, "rating", json!({"rating": rating})).await;
    }
    route.refuses(&tenant.public, "rating", json!({})).await;
    route.wants_json(&tenant.public).await;
    let (given, _) = ratings(&app, &tenant, &asked["conversationId"]).await;
    assert_eq!(given, [Value::Null]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_rate_nothing_and_any_page_may_call() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let asked = app.ask(&tenant.public, "Hello?").await;
    let route = Route::new(&app, Method::POST, path(&asked["messageId"]));
    let route = route.with(json!({"rating": 1}));
    route.refuses_strangers(&tenant).await;
    problem(&route.request().bearer(&tenant.helpbot).send().await, 401, "UNAUTHORIZED");
    route.allows_only(&tenant.public, &[Method::POST]).await;
    any_page_may_call(&app, &route.path).await;
    let (given, _) = ratings(&app, &tenant, &asked["conversationId"]).await;
    assert_eq!(given, [Value::Null]);
    app.finish().await;
}
