//! conferbot POST /api/v1/external/v1/webhooks

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::{
    botplot::{UNKNOWN_SEGMENTS, is_id},
    chatbots::conferbot_refused,
    same_for_all_dialects::webhook_api::{CONFERBOT, PLATFORM},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_webhook_is_as_documented_and_shows_its_secret_this_once() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let url = "http://127.0.0.1:9/hook";
    let body = CONFERBOT.body(&ada, url, &["response.updated", "response.created"]);
    let made = CONFERBOT.post(&app, &ada, &body).await;
    let data = made.json()["data"].clone();
    assert!(is_id(&data["_id"]));
    let secret = data["secret"].as_str().unwrap();
    assert!(secret.len() == 64 && secret.bytes().all(|b| b.is_ascii_hexdigit()), "{secret}");
    made.is(
        201,
        &json!({
            "data": {
                "_id": data["_id"], "url": url, "events": ["response.created", "response.updated"],
                "status": "active", "secret": secret, "description": "Ours",
            },
            "message": "Save the secret — it won't be shown again.",
        }),
    );
    let listed = CONFERBOT.request(&app, &ada, Method::GET, "").send().await;
    assert!(!listed.text.contains(secret));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bound_and_the_number_of_webhooks_hold() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    CONFERBOT.refuses_what_breaks_a_bound(&app, &ada).await;
    CONFERBOT.holds_its_number(&app, &bob).await;
    // Each dialect counts its own.
    PLATFORM.create(&app, &bob, "http://127.0.0.1:9/hook", &[PLATFORM.event]).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_chatbot_has_to_be_the_workspaces_own() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let mut body = CONFERBOT.body(&ada, "http://127.0.0.1:9/hook", &["response.created"]);
    for id in UNKNOWN_SEGMENTS.into_iter().chain([eve.chatbot.as_str()]) {
        body["chatbotId"] = json!(id);
        let expected = json!({"error": "Not Found", "message": "Chatbot not found"});
        CONFERBOT.post(&app, &ada, &body).await.is(404, &expected);
    }
    body["chatbotId"] = json!(null);
    let reply = CONFERBOT.post(&app, &ada, &body).await;
    conferbot_refused(&reply, 400, &["chatbotId", "required"]);
    assert!(CONFERBOT.list(&app, &eve).await.is_empty());
    app.finish().await;
}
