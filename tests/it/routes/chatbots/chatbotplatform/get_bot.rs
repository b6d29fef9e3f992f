//! chatbotplatform GET /v1/bots/{id}

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::{
    access::*,
    chatbotplatform::*,
    chatbots::{CONFERBOT, make_in_conferbot},
};

#[tokio::test(flavor = "multi_thread")]
async fn shows_all_of_a_bot_whoever_made_and_changed_it() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let body = json!({"name": "Support", "description": "Handles inquiries"});
    let id = make_in_conferbot(&app, &ada.conferbot, body).await;
    let path = format!("{BOTS}/{id}");
    let seen = app.get(&path).bearer(&ada.chatbotplatform).send().await;
    let created = seen.json()["data"]["created_at"].clone();
    assert!(is_time(&created));
    seen.is(
        200,
        &json!({"data": {
            "id": id, "name": "Support", "description": "Handles inquiries", "status": "active",
            "created_at": created, "updated_at": created,
        }}),
    );
    let change = json!({"disabled": true, "description": ""});
    let elsewhere = app.put(&format!("{CONFERBOT}/{id}")).api_key(&ada.conferbot).json(&change);
    let changed = elsewhere.send().await.ok();
    let seen = app.get(&path).bearer(&ada.chatbotplatform).send().await;
    seen.is(
        200,
        &json!({"data": {
            "id": id, "name": "Support", "description": "", "status": "disabled",
            "created_at": created, "updated_at": changed["data"]["updatedAt"],
        }}),
    );
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_elses_is_told_apart_from_none() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let send = async |id: String| {
        app.get(&format!("{BOTS}/{id}")).bearer(&ada.chatbotplatform).send().await
    };
    nobody_elses(&eve.chatbot, send, platform_refused).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_key_opens_it() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let path = format!("{BOTS}/{}", ada.chatbot);
    only_its_key(&app, &ada, Method::GET, &path, &json!({})).await;
    only_methods(&app, &path, &[Method::GET, Method::PATCH, Method::DELETE], platform_refused)
        .await;
    app.finish().await;
}
