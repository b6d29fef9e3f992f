//! A chatbot that answers with AI backends: whatever they do, what the visitor reads, what the owner sees
//! and which event fires.

mod answers;
mod failures;
mod follow_ups;

use serde_json::{Value, json};
use testkit::{
    App, Reply, Tenant,
    backend::{ScriptedBackend, openai_says},
};

const UNAVAILABLE: &str = "I can't answer right now. Please try again in a moment.";
const REFUSAL: &str =
    "I don't know. I could not find anything about that in what I have been given to read.";
const KEY: &str = "sk-secret-1";

async fn send(app: &App, tenant: &Tenant, message: &str) -> Value {
    app.ask(&tenant.public, message).await
}

async fn stream(app: &App, tenant: &Tenant, message: &str) -> Reply {
    let body = json!({ "message": message });
    app.post("/api/v1/chat/stream").bearer(&tenant.public).json(&body).send().await
}

/// The lines of a streamed answer.
fn lines(reply: &Reply) -> Vec<Value> {
    let lines = reply.text.split("\n\n").filter(|line| !line.is_empty());
    lines.map(|line| serde_json::from_str(line.strip_prefix("data: ").unwrap()).unwrap()).collect()
}

fn tokens(lines: &[Value]) -> String {
    lines.iter().filter_map(|line| line["content"].as_str()).collect()
}

/// A pair that is found, but asks something else.
async fn knows_hours(app: &App, tenant: &Tenant) {
    let settings = json!({"settings": {"pairsFirst": false}});
    let path = format!("/api/v1/chatbots/{}", tenant.chatbot);
    app.patch(&path).bearer(&tenant.session).json(&settings).send().await.ok();
    let pair = json!({"question": "When do you open?", "answer": "We open at ten."});
    app.post("/api/v1/knowledge/qa").bearer(&tenant.secret).json(&pair).send().await.ok();
}

async fn says(texts: &'static [&'static str]) -> ScriptedBackend {
    ScriptedBackend::start(move |_, _| openai_says(texts)).await
}
