//! helpbot POST /api/v1/feedback

use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Receiver, Reply, Tenant};

use crate::util::{
    botplot::{UNKNOWN_SEGMENTS, any_page_may_call, text},
    helpbot::{SiteRoute, ask, refused},
    webhooks::create,
};

const PATH: &str = "/api/v1/feedback";

async fn give(app: &App, tenant: &Tenant, conversation: &Value, helpful: &str) -> Reply {
    let body = json!({"conversationId": conversation, "helpful": helpful});
    app.post(PATH).bearer(&tenant.helpbot).json(&body).send().await
}

/// The ratings of a conversation's answers.
async fn ratings(app: &App, tenant: &Tenant, conversation: &Value) -> Vec<Value> {
    let path = format!("/api/v1/conversations/{}", text(conversation));
    let shown = app.get(&path).bearer(&tenant.secret).send().await.ok();
    let messages = shown["conversation"]["messages"].as_array().unwrap().clone();
    let answers = messages.into_iter().filter(|m| m["role"] == "assistant");
    answers.map(|m| m["rating"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_answer_is_rated_in_every_dialect_and_the_last_feedback_stands() {
    let app = App::with(|options| {
        options.signup_plan = "free".parse().unwrap();
        // Published, the plan has no botplot API to look through.
        options.plans = Some(r#"{"free":{"botplot_calls":null}}"#.into());
    })
    .await;
    let tenant = app.tenant("ada").await;
    let receiver = Receiver::start().await;
    create(&app, &tenant, &receiver.url, &["rating.received"]).await;
    let id = ask(&app, &tenant, "Do you have parking?").await;
    assert_eq!(ratings(&app, &tenant, &id).await, [Value::Null]);

    let success = json!({"success": true});
    for (helpful, rating) in [("yes", 1), ("yes", 1), ("no", -1), ("no", -1), ("yes", 1)] {
        give(&app, &tenant, &id, helpful).await.is(200, &success);
        assert_eq!(ratings(&app, &tenant, &id).await, [json!(rating)]);
    }
    let list = app.get("/api/v1/conversations").bearer(&tenant.secret).send().await.ok();
    assert_eq!(list["conversations"][0]["overallRating"], 1);
    app.drain().await;
    let mut received = receiver.received();
    received.sort_by_key(|one| one.json()["timestamp"].to_string());
    let told: Vec<Value> = received.iter().map(|r| r.json()["data"]["rating"].clone()).collect();
    assert_eq!(told, [1, -1, 1], "the same feedback again is no event");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_answers_it_is_about_the_first() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let id = app.ask(&tenant.public, "Question 0?").await["conversationId"].clone();
    let body = json!({"message": "Question 1?", "conversationId": id});
    app.post("/api/v1/chat").bearer(&tenant.public).json(&body).send().await.ok();
    give(&app, &tenant, &id, "no").await.is(200, &json!({"success": true}));
    assert_eq!(ratings(&app, &tenant, &id).await, [json!(-1), Value::Null]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_may_stand_in_header_query_or_body() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let id = ask(&app, &tenant, "Hello?").await;
    let body = json!({"conversationId": id, "helpful": "yes"});
    let mut with_key = body.clone();
    with_key["apiKey"] = json!(tenant.helpbot);
    let in_query = format!("{PATH}?apiKey={}", tenant.helpbot);
    for request in [
        app.post(PATH).bearer(&tenant.helpbot).json(&body),
        app.post(&in_query).json(&body),
        app.post(PATH).json(&with_key),
    ] {
        request.send().await.is(200, &json!({"success": true}));
    }
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_conversation_of_this_site_is_unknown_in_the_same_words() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let foreign = ask(&app, &bob, "Hello?").await;
    let gone = ask(&app, &ada, "Goes?").await;
    let path = format!("/api/v1/conversations/{}", text(&gone));
    app.delete(&path).bearer(&ada.secret).send().await.ok();
    for id in UNKNOWN_SEGMENTS.map(Value::from).iter().chain([&foreign, &gone, &json!("")]) {
        refused(&give(&app, &ada, id, "yes").await, 404, "Conversation not found");
    }
    app.drain().await;
    refused(&give(&app, &ada, &gone, "yes").await, 404, "Conversation not found");
    assert_eq!(ratings(&app, &bob, &foreign).await, [Value::Null]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_yes_or_no_about_a_conversation_and_nothing_else() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let id = ask(&app, &tenant, "Hello?").await;
    let route = SiteRoute::new(&app, Method::POST, PATH);
    let key = &tenant.helpbot;
    for helpful in ["", "Yes", "maybe", "1", " yes"] {
        let body = json!({"conversationId": id, "helpful": helpful});
        route.refuses(key, body, "helpful must be yes or no").await;
    }
    for helpful in [json!(true), json!(1), json!(["yes"])] {
        let body = json!({"conversationId": id, "helpful": helpful});
        route.refuses(key, body, "helpful: invalid type").await;
    }
    for missing in [json!({"conversationId": id}), json!({"conversationId": id, "helpful": null})] {
        route.refuses(key, missing, "helpful is required").await;
    }
    for missing in [json!({"helpful": "yes"}), json!({"helpful": "yes", "conversationId": null})] {
        route.refuses(key, missing, "conversationId is required").await;
    }
    let number = json!({"helpful": "yes", "conversationId": 7});
    route.refuses(key, number, "conversationId: invalid type").await;
    route.wants_json(key).await;
    assert_eq!(ratings(&app, &tenant, &id).await, [Value::Null]);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_any_site_may_call() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let id = ask(&app, &tenant, "Hello?").await;
    let body = json!({"conversationId": id, "helpful": "yes"});
    let route = SiteRoute::new(&app, Method::POST, PATH).with(body);
    route.allows_only(&tenant.helpbot, &[Method::POST]).await;
    any_page_may_call(&app, PATH).await;
    assert_eq!(ratings(&app, &tenant, &id).await, [Value::Null]);
    app.finish().await;
}
