//! ours GET /v1/webhooks/{id}

use reqwest::Method;
use serde_json::json;
use tests::{App, Tenant};

use super::{
    alike::{CONFERBOT, HELPBOT, PLATFORM},
    create as create_in_botplot,
};
use crate::routes::{
    chat::UNKNOWN_SEGMENTS,
    chatbotplatform::{list, only_its_key, platform_refused},
};

/// Neither another workspace's webhook nor one of another dialect is found by `method`.
pub async fn only_its_own_are_found(app: &App, ada: &Tenant, eve: &Tenant, method: Method) {
    let url = "http://127.0.0.1:9/hook";
    let (foreign, _) = PLATFORM.create(app, eve, url, &[PLATFORM.event]).await;
    let (botplot, _) = create_in_botplot(app, ada, url, &["message.created"]).await;
    let (conferbot, _) = CONFERBOT.create(app, ada, url, &[CONFERBOT.event]).await;
    let (helpbot, _) = HELPBOT.create(app, ada, url, &[HELPBOT.event]).await;
    for id in UNKNOWN_SEGMENTS.into_iter().chain([&*foreign, &botplot, &conferbot, &helpbot]) {
        let request = PLATFORM.request(app, ada, method.clone(), &format!("/{id}"));
        let reply = request.json(&json!({"status": "disabled"})).send().await;
        platform_refused(&reply, 404, &["Webhook not found"]);
    }
    let rows = PLATFORM.list(app, eve).await;
    assert!(rows.len() == 1 && rows[0]["status"] == "active");
    let path = format!("{}/{foreign}", PLATFORM.path);
    only_its_key(app, ada, method, &path, &json!({})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn shows_one_as_it_is_listed() {
    let app = App::start().await;
    let (ada, eve) = (app.tenant("ada").await, app.tenant("eve").await);
    let (id, _) = PLATFORM.create(&app, &ada, "http://127.0.0.1:9/", &[PLATFORM.event]).await;
    let (rows, _) = list(&app, &ada.chatbotplatform, PLATFORM.path).await;
    let seen = PLATFORM.request(&app, &ada, Method::GET, &format!("/{id}")).send().await;
    seen.is(200, &json!({"data": rows[0]}));
    only_its_own_are_found(&app, &ada, &eve, Method::GET).await;
    app.finish().await;
}
