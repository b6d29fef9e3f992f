use crate::Tenant;
use reqwest::Method;
use serde_json::json;

use super::{Metered, id};

pub async fn chatbotplatform(metered: &mut Metered<'_>, tenant: &Tenant) {
    let app = metered.app;
    let path = format!("/v1/bots/{}/integrations", tenant.chatbot);
    let send =
        |method: Method, path: &str| app.request(method, path).bearer(&tenant.chatbotplatform);
    let new = send(Method::POST, &path).json(&json!({"name": "Echo", "type": "echo", "weight": 0}));
    let made = metered.send("chatbotplatform POST /v1/bots/{bot_id}/integrations", new).await;
    let list = send(Method::GET, &path);
    metered.send("chatbotplatform GET /v1/bots/{bot_id}/integrations", list).await;
    let one = format!("/v1/integrations/{}", id(&made["data"]["id"]));
    metered.send("chatbotplatform GET /v1/integrations/{id}", send(Method::GET, &one)).await;
    let patch = send(Method::PATCH, &one).json(&json!({"weight": 0, "name": "Other"}));
    metered.send("chatbotplatform PATCH /v1/integrations/{id}", patch).await;
    let usage = send(Method::GET, &format!("/v1/bots/{}/usage", tenant.chatbot));
    metered.send("ours GET /v1/bots/{bot_id}/usage", usage).await;
    metered.send("chatbotplatform DELETE /v1/integrations/{id}", send(Method::DELETE, &one)).await;
}
