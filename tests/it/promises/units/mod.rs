//! Every operation carried out once, a file per group, for the README's table of units.

mod analytics;
mod chatbots;
mod conversations;
mod knowledge;
mod leads;
mod projects;
mod sites;
mod webhook_dialects;
mod webhooks;

use serde_json::Value;
use tests::{App, Reply, Request, Site};

/// Operations as they were carried out, with what each consumed.
pub struct Metered<'a> {
    app: &'a App,
    rows: Vec<(&'static str, Reply)>,
}

impl Metered<'_> {
    /// Carries `operation` out and, so that the next one meets no job half done, all that follows.
    pub async fn send(&mut self, operation: &'static str, request: Request) -> Value {
        let reply = request.send().await;
        assert!((200..300).contains(&reply.status), "{operation}: {} {}", reply.status, reply.text);
        let body = serde_json::from_str(&reply.text).unwrap_or(Value::Null);
        self.rows.push((operation, reply));
        self.app.drain().await;
        body
    }
}

const PAGE: &str = "<html><head><title>Opening</title></head><body><main><article><h1>Hours</h1>\
    <p>The Harbour Museum opens at ten in the morning and closes at six in the evening.</p>\
    <p>On Mondays the Harbour Museum stays closed.</p></article></main></body></html>";
const QUESTION: &str = "When does the Harbour Museum open?";

fn id(value: &Value) -> String {
    value.as_str().expect("an id").to_owned()
}

/// Carries every operation out once, on a platform of its own.
pub async fn measured() -> Vec<(&'static str, Reply)> {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let site = Site::start(&[("/opening", PAGE)]).await;
    let mut metered = Metered { app: &app, rows: Vec::new() };
    let usage = || app.get("/api/v1/external/v1/usage").api_key(&tenant.conferbot);
    // The first call of a minute opens it, which costs more than those that follow.
    usage().send().await.ok();
    app.get("/v1/bots").bearer(&tenant.chatbotplatform).send().await.ok();
    metered.send("conferbot GET /api/v1/external/v1/usage", usage()).await;
    chatbots::openbat_and_conferbot(&mut metered, &tenant).await;
    chatbots::chatbotplatform(&mut metered, &tenant).await;
    knowledge::botplot(&mut metered, &tenant, &site).await;
    conversations::botplot_and_others(&mut metered, &tenant).await;
    conversations::chatbotplatform(&mut metered, &tenant).await;
    sites::helpbot(&mut metered, &tenant, &site).await;
    leads::botplot(&mut metered, &tenant).await;
    analytics::botplot_and_helpbot(&mut metered, &tenant).await;
    webhooks::botplot(&mut metered, &tenant).await;
    projects::botplot(&mut metered, &tenant).await;
    projects::helpbot(&mut metered, &tenant).await;
    webhook_dialects::conferbot(&mut metered, &tenant).await;
    webhook_dialects::helpbot(&mut metered, &tenant).await;
    let copy = format!("/api/v1/external/v1/chatbots/{}/duplicate", tenant.chatbot);
    metered
        .send(
            "conferbot POST /api/v1/external/v1/chatbots/{id}/duplicate",
            app.post(&copy).api_key(&tenant.conferbot),
        )
        .await;
    let rows = metered.rows;
    app.finish().await;
    rows
}
