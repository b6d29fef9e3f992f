use crate::Tenant;
use serde_json::json;

use super::{Metered, QUESTION, id};

pub async fn botplot_and_others(metered: &mut Metered<'_>, tenant: &Tenant) {
    let app = metered.app;
    let ask =
        |path: &str| app.post(path).bearer(&tenant.public).json(&json!({"message": QUESTION}));
    // Warm: what the chatbot knows is in memory from here on.
    metered.beside(ask("/api/v1/chat")).await;
    app.drain().await;
    let answer = metered.send("botplot POST /api/v1/chat", ask("/api/v1/chat")).await;
    assert_eq!(answer["sources"], 1, "{answer}");
    metered.send("botplot POST /api/v1/chat/stream", ask("/api/v1/chat/stream")).await;
    let site = app.post("/api/v1/chat").bearer(&tenant.helpbot);
    metered.send("helpbot POST /api/v1/chat", site.json(&json!({"question": QUESTION}))).await;
    let (secret, path) = (&tenant.secret, "/api/v1/conversations");
    let twenty = app.get(&format!("{path}?limit=20")).bearer(secret);
    metered.send("botplot GET /api/v1/conversations", twenty).await;
    let one = format!("{path}/{}", id(&answer["conversationId"]));
    metered.send("botplot GET /api/v1/conversations/{id}", app.get(&one).bearer(secret)).await;
    let bot = format!("/api/v1/external/v1/chatbots/{}", tenant.chatbot);
    let read = |path: String| app.get(&path).api_key(&tenant.conferbot);
    let responses = "conferbot GET /api/v1/external/v1/chatbots/{id}/responses";
    metered.send(responses, read(format!("{bot}/responses"))).await;
    let response = "conferbot GET /api/v1/external/v1/chatbots/{id}/responses/{responseId}";
    let path = format!("{bot}/responses/{}", id(&answer["conversationId"]));
    metered.send(response, read(path)).await;
    let analytics = "conferbot GET /api/v1/external/v1/chatbots/{id}/analytics";
    metered.send(analytics, read(format!("{bot}/analytics"))).await;
    let gone = app.delete(&one).bearer(secret);
    metered.send("botplot DELETE /api/v1/conversations/{id}", gone).await;
}

pub async fn chatbotplatform(metered: &mut Metered<'_>, tenant: &Tenant) {
    let app = metered.app;
    let key = &tenant.chatbotplatform;
    let path = format!("/v1/bots/{}/conversations", tenant.chatbot);
    let listed = metered
        .send("chatbotplatform GET /v1/bots/{bot_id}/conversations", app.get(&path).bearer(key))
        .await;
    let one = format!("/v1/conversations/{}", id(&listed["data"][0]["id"]));
    metered.send("chatbotplatform GET /v1/conversations/{id}", app.get(&one).bearer(key)).await;
    let messages = app.get(&format!("{one}/messages")).bearer(key);
    metered.send("chatbotplatform GET /v1/conversations/{id}/messages", messages).await;
    let gone = app.delete(&one).bearer(key);
    metered.send("chatbotplatform DELETE /v1/conversations/{id}", gone).await;
}
