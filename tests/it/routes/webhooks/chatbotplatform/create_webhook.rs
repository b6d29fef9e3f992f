//! ours POST /v1/webhooks

use reqwest::Method;
use serde_json::json;
use testkit::App;

use crate::util::{
    botplot::{is_id, is_time},
    chatbotplatform::{only_its_key, platform_refused},
    same_for_all_dialects::webhook_api::PLATFORM,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_new_webhook_shows_its_secret_this_once() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let url = "http://127.0.0.1:9/hook";
    let all = [
        "channel.disconnected",
        "bot.message_received",
        "integration.failed",
        "agent_loop.completed",
    ];
    let made = PLATFORM.post(&app, &ada, &PLATFORM.body(&ada, url, &all)).await;
    let data = made.json()["data"].clone();
    assert!(is_id(&data["id"]) && is_time(&data["created_at"]), "{data}");
    let secret = data["secret"].as_str().unwrap();
    // 32 bytes in base64.
    assert!(secret.starts_with("whsec_") && secret.len() == 6 + 44, "{secret}");
    made.is(
        201,
        &json!({"data": {
            "id": data["id"], "url": url, "status": "active", "secret": secret,
            "events": [
                "bot.message_received", "integration.failed", "agent_loop.completed",
                "channel.disconnected",
            ],
            "created_at": data["created_at"],
        }}),
    );
    let listed = PLATFORM.request(&app, &ada, Method::GET, "").send().await;
    assert!(!listed.text.contains(secret));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bound_and_the_number_of_webhooks_hold() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    PLATFORM.refuses_what_breaks_a_bound(&app, &ada).await;
    PLATFORM.holds_its_number(&app, &bob).await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_key_opens_it() {
    let app = App::start().await;
    let ada = app.tenant("ada").await;
    let body = PLATFORM.body(&ada, "http://127.0.0.1:9/hook", &[PLATFORM.event]);
    only_its_key(&app, &ada, Method::POST, PLATFORM.path, &body).await;
    for method in [Method::PUT, Method::PATCH, Method::DELETE] {
        let reply = app.request(method, PLATFORM.path).bearer(&ada.chatbotplatform).send().await;
        platform_refused(&reply, 405, &[]);
    }
    app.finish().await;
}
