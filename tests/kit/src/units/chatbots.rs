use crate::Tenant;
use serde_json::json;

use super::{Metered, id};

pub async fn openbat_and_conferbot(metered: &mut Metered<'_>, tenant: &Tenant) {
    let app = metered.app;
    let session = &tenant.session;
    let path = "/api/v1/chatbots";
    metered.send("openbat GET /api/v1/chatbots", app.get(path).bearer(session)).await;
    let new = json!({"name": "Second"});
    let made = metered
        .send("openbat POST /api/v1/chatbots", app.post(path).bearer(session).json(&new))
        .await;
    let one = format!("{path}/{}", id(&made["chatbot"]["id"]));
    metered.send("openbat GET /api/v1/chatbots/{id}", app.get(&one).bearer(session)).await;
    let change = json!({"settings": {"onboarded": true}});
    metered
        .send("openbat PATCH /api/v1/chatbots/{id}", app.patch(&one).bearer(session).json(&change))
        .await;
    let rotate = app.post(&format!("{one}/rotate-key")).bearer(session);
    metered.send("openbat POST /api/v1/chatbots/{id}/rotate-key", rotate).await;
    metered.send("openbat DELETE /api/v1/chatbots/{id}", app.delete(&one).bearer(session)).await;

    let key = &tenant.conferbot;
    let path = "/api/v1/external/v1/chatbots";
    metered.send("conferbot GET /api/v1/external/v1/chatbots", app.get(path).api_key(key)).await;
    let new = app.post(path).api_key(key).json(&json!({"name": "Third"}));
    let made = metered.send("conferbot POST /api/v1/external/v1/chatbots", new).await;
    let one = format!("{path}/{}", id(&made["data"]["id"]));
    metered
        .send("conferbot GET /api/v1/external/v1/chatbots/{id}", app.get(&one).api_key(key))
        .await;
    let change = app.put(&one).api_key(key).json(&json!({"description": "Another"}));
    metered.send("conferbot PUT /api/v1/external/v1/chatbots/{id}", change).await;
    metered
        .send("conferbot DELETE /api/v1/external/v1/chatbots/{id}", app.delete(&one).api_key(key))
        .await;
}

pub async fn chatbotplatform(metered: &mut Metered<'_>, tenant: &Tenant) {
    let app = metered.app;
    let (key, path) = (&tenant.chatbotplatform, "/v1/bots");
    metered.send("chatbotplatform GET /v1/bots", app.get(path).bearer(key)).await;
    let new = app.post(path).bearer(key).json(&json!({"name": "Fourth"}));
    let made = metered.send("chatbotplatform POST /v1/bots", new).await;
    let one = format!("{path}/{}", id(&made["data"]["id"]));
    metered.send("chatbotplatform GET /v1/bots/{id}", app.get(&one).bearer(key)).await;
    let change = app.patch(&one).bearer(key).json(&json!({"description": "Another"}));
    metered.send("chatbotplatform PATCH /v1/bots/{id}", change).await;
    metered.send("chatbotplatform DELETE /v1/bots/{id}", app.delete(&one).bearer(key)).await;
}

/// Leaves what there was: the copy is deleted again.
pub async fn copy(metered: &mut Metered<'_>, tenant: &Tenant) {
    let (app, key) = (metered.app, &tenant.conferbot);
    let path = "/api/v1/external/v1/chatbots";
    let copy = app.post(&format!("{path}/{}/duplicate", tenant.chatbot)).api_key(key);
    let made =
        metered.send("conferbot POST /api/v1/external/v1/chatbots/{id}/duplicate", copy).await;
    let copy = format!("{path}/{}", id(&made["data"]["id"]));
    app.delete(&copy).api_key(key).send().await.ok();
}
