use crate::Tenant;
use reqwest::Method;
use serde_json::json;

use super::{Metered, id};

pub async fn conferbot(metered: &mut Metered<'_>, tenant: &Tenant) {
    let app = metered.app;
    let path = "/api/v1/external/v1/webhooks";
    let send = |method: Method, path: &str| app.request(method, path).api_key(&tenant.conferbot);
    let new = json!({
        "chatbotId": tenant.chatbot, "url": "http://127.0.0.1:9/",
        "events": ["conversation.completed"],
    });
    let made = metered
        .send("conferbot POST /api/v1/external/v1/webhooks", send(Method::POST, path).json(&new))
        .await;
    metered.send("conferbot GET /api/v1/external/v1/webhooks", send(Method::GET, path)).await;
    let one = format!("{path}/{}", id(&made["data"]["_id"]));
    let gone = send(Method::DELETE, &one);
    metered.send("conferbot DELETE /api/v1/external/v1/webhooks/{id}", gone).await;
}

pub async fn helpbot(metered: &mut Metered<'_>, tenant: &Tenant) {
    let app = metered.app;
    let path = "/api/v1/webhooks";
    let send = |method: Method, path: &str| app.request(method, path).bearer(&tenant.helpbot);
    let new = json!({"url": "http://127.0.0.1:9/", "events": ["conversation.handoff"]});
    let made =
        metered.send("helpbot POST /api/v1/webhooks", send(Method::POST, path).json(&new)).await;
    metered.send("helpbot GET /api/v1/webhooks", send(Method::GET, path)).await;
    let one = format!("{path}?id={}", id(&made["webhook"]["id"]));
    metered.send("helpbot DELETE /api/v1/webhooks", send(Method::DELETE, &one)).await;
}
