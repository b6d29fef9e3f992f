use crate::Tenant;
use reqwest::Method;
use serde_json::json;

use super::{Metered, id};

pub async fn chatbotplatform(metered: &mut Metered<'_>, tenant: &Tenant) {
    let app = metered.app;
    let path = format!("/v1/bots/{}/channels", tenant.chatbot);
    let send =
        |method: Method, path: &str| app.request(method, path).bearer(&tenant.chatbotplatform);
    let new = send(Method::POST, &path).json(&json!({"name": "Widget", "type": "web"}));
    let made = metered.send("chatbotplatform POST /v1/bots/{bot_id}/channels", new).await;
    let list = send(Method::GET, &path);
    metered.send("chatbotplatform GET /v1/bots/{bot_id}/channels", list).await;
    let one = format!("/v1/channels/{}", id(&made["data"]["id"]));
    metered.send("chatbotplatform GET /v1/channels/{id}", send(Method::GET, &one)).await;
    let patch = send(Method::PATCH, &one).json(&json!({"name": "Other"}));
    metered.send("chatbotplatform PATCH /v1/channels/{id}", patch).await;
    metered.send("chatbotplatform DELETE /v1/channels/{id}", send(Method::DELETE, &one)).await;
}
