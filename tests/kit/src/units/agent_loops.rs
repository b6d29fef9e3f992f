use crate::Tenant;
use reqwest::Method;
use serde_json::json;

use super::{Metered, id};

pub async fn chatbotplatform(metered: &mut Metered<'_>, tenant: &Tenant) {
    let app = metered.app;
    let send =
        |method: Method, path: &str| app.request(method, path).bearer(&tenant.chatbotplatform);
    let new = send(Method::POST, "/v1/agent-loops")
        .json(&json!({"name": "Report", "user_message": "Report.", "schedule": "rate(1 day)"}));
    let made = metered.send("chatbotplatform POST /v1/agent-loops", new).await;
    let list = send(Method::GET, "/v1/agent-loops");
    metered.send("chatbotplatform GET /v1/agent-loops", list).await;
    let one = format!("/v1/agent-loops/{}", id(&made["data"]["id"]));
    metered.send("chatbotplatform GET /v1/agent-loops/{id}", send(Method::GET, &one)).await;
    let patch = send(Method::PATCH, &one).json(&json!({"name": "Other"}));
    metered.send("chatbotplatform PATCH /v1/agent-loops/{id}", patch).await;
    let run = send(Method::POST, &format!("{one}/run"));
    let begun = metered.send("chatbotplatform POST /v1/agent-loops/{id}/run", run).await;
    app.drain().await;
    let executions = send(Method::GET, &format!("{one}/executions"));
    metered.send("chatbotplatform GET /v1/agent-loops/{id}/executions", executions).await;
    let execution = format!("{one}/executions/{}", id(&begun["data"]["id"]));
    let shown = send(Method::GET, &execution);
    metered.send("ours GET /v1/agent-loops/{id}/executions/{executionId}", shown).await;
    let delete = send(Method::DELETE, &one);
    metered.send("chatbotplatform DELETE /v1/agent-loops/{id}", delete).await;
}
