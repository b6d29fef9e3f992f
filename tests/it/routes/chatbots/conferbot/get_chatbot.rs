//! conferbot GET /api/v1/external/v1/chatbots/{id}

use reqwest::Method;
use serde_json::{Value, json};
use testkit::App;

use crate::util::{
    access::*,
    chatbots::{CONFERBOT, conferbot_refused, make_in_conferbot},
};

#[tokio::test(flavor = "multi_thread")]
async fn shows_all_of_a_chatbot() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let body = json!({"name": "Customer Support Bot", "description": "Handles inquiries 24/7"});
    let id = make_in_conferbot(&app, &ada.conferbot, body).await;
    let seen = app.get(&format!("{CONFERBOT}/{id}")).api_key(&ada.conferbot).send().await;
    let body = seen.json();
    let (created, updated) = (&body["data"]["createdAt"], &body["data"]["updatedAt"]);
    assert!(is_time(created) && created == updated, "{created} {updated}");
    seen.is(
        200,
        &json!({"data": {
            "id": id,
            "name": "Customer Support Bot",
            "status": "active",
            "description": "Handles inquiries 24/7",
            "responseCount": 0,
            "createdAt": created,
            "updatedAt": updated,
        }}),
    );
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_openbat_made_is_here_under_the_same_id() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let path = format!("{CONFERBOT}/{}", ada.chatbot);
    let seen = app.get(&path).api_key(&ada.conferbot).send().await.ok();
    assert_eq!(seen["data"]["id"], ada.chatbot);
    assert_eq!(seen["data"]["name"], "ada's bot");
    assert_eq!(seen["data"]["description"], "");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn its_response_count_is_exact() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let path = format!("{CONFERBOT}/{}", ada.chatbot);
    let count = async || {
        app.drain().await;
        let seen = app.get(&path).api_key(&ada.conferbot).send().await.ok();
        seen["data"]["responseCount"].clone()
    };
    let first = app.ask(&ada.public, "Hello").await["conversationId"].clone();
    for _ in 0..4 {
        app.ask(&ada.public, "Hello").await;
    }
    assert_eq!(count().await, 5);
    // Going on with a conversation makes none.
    let body = json!({"message": "Again", "conversationId": first});
    app.post("/api/v1/chat").bearer(&ada.public).json(&body).send().await.ok();
    assert_eq!(count().await, 5);
    // One that is deleted counts no more.
    let conversation = format!("/api/v1/conversations/{}", Value::as_str(&first).unwrap());
    app.delete(&conversation).bearer(&ada.secret).send().await.ok();
    assert_eq!(count().await, 4);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_elses_is_told_apart_from_none() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let send = async |id: String| {
        app.get(&format!("{CONFERBOT}/{id}")).api_key(&ada.conferbot).send().await
    };
    nobody_elses(&eve.chatbot, send, conferbot_refused).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_methods_are_allowed() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let path = format!("{CONFERBOT}/{}", ada.chatbot);
    let allowed = [Method::GET, Method::PUT, Method::DELETE];
    only_methods(&app, &path, &allowed, conferbot_refused).await;
    app.finish().await;
}
