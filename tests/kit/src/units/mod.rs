//! Every operation carried out, a file per group, with what it consumed: once for the table in
//! docs/costs.md, round after round for the bench.

mod agent_loops;
mod analytics;
mod channels;
mod chatbots;
mod conversations;
mod integrations;
mod knowledge;
mod leads;
mod projects;
mod sites;
mod webhook_dialects;
mod webhooks;

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::{App, Reply, Site, Tenant, TestRequest};

/// What says how much it consumed before it is done: a stream's headers go out before its turn is
/// written.
pub const NOT_METERED: &[&str] = &["botplot POST /api/v1/chat/stream"];

/// Sources are copied at the same time, so that their calls overlap now more, now less.
pub const OVERLAPPING: &[&str] = &[
    "chatbotplatform GET /v1/bots/{bot_id}/channels",
    "helpbot GET /api/v1/conversations",
    "conferbot POST /api/v1/external/v1/chatbots/{id}/duplicate",
];

/// The page that the chatbot is to answer from.
pub const PAGE: &str = "<html><head><title>Opening</title></head><body><main><article><h1>Hours</h1>\
    <p>The Harbour Museum opens at ten in the morning and closes at six in the evening.</p>\
    <p>On Mondays the Harbour Museum stays closed.</p></article></main></body></html>";
/// What it is asked.
pub const QUESTION: &str = "When does the Harbour Museum open?";

/// An operation as it was carried out.
#[derive(Debug, Clone)]
pub struct Sample {
    /// `dialect METHOD path`, and what is special about it.
    pub operation: &'static str,
    /// Its answer.
    pub reply: Reply,
    /// How long that took.
    pub took: Duration,
}

/// Operations as they were carried out.
pub struct Metered<'a> {
    /// Where they are.
    pub app: &'a App,
    /// How often a read is made each time.
    pub reads: usize,
    /// Which round this is; names that can be taken only once have it in them.
    pub round: usize,
    /// What was carried out, in order.
    pub samples: Vec<Sample>,
    opened: Vec<String>,
}

fn id(value: &Value) -> String {
    value.as_str().expect("an id").to_owned()
}

/// The conversation that an answer, whole or streamed, names.
fn conversation_in(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("\"conversationId\":\"")?;
    rest.split_once('"').map(|(id, _)| id.to_owned())
}

impl<'a> Metered<'a> {
    /// Nothing carried out yet; each read is to be made `reads` times.
    pub fn new(app: &'a App, reads: usize) -> Self {
        Self { app, reads, round: 0, samples: Vec::new(), opened: Vec::new() }
    }

    /// Carries `operation` out and, so that the next one meets no job half done, all that follows.
    pub async fn send(&mut self, operation: &'static str, request: TestRequest) -> Value {
        let times = if operation.contains(" GET ") { self.reads } else { 1 };
        let mut body = Value::Null;
        for _ in 0..times {
            let begun = Instant::now();
            let reply = request.again().send().await;
            let took = begun.elapsed();
            let status = reply.status;
            assert!((200..300).contains(&status), "{operation}: {status} {}", reply.text);
            body = serde_json::from_str(&reply.text).unwrap_or(Value::Null);
            if operation.contains(" POST /api/v1/chat") {
                self.opened.extend(conversation_in(&reply.text));
            }
            self.samples.push(Sample { operation, reply, took });
        }
        self.app.drain().await;
        body
    }

    /// Sends what another operation needs; it is not measured.
    pub async fn beside(&mut self, request: TestRequest) -> Value {
        let body = request.send().await.ok();
        self.opened.extend(body["conversationId"].as_str().map(str::to_owned));
        body
    }

    /// Carries every operation out once.
    pub async fn carry_out(&mut self, tenant: &Tenant, site: &Site) {
        let app = self.app;
        let usage = || app.get("/api/v1/external/v1/usage").api_key(&tenant.conferbot);
        // The first call of a minute opens it, which costs more than those that follow.
        usage().send().await.ok();
        app.get("/v1/bots").bearer(&tenant.chatbotplatform).send().await.ok();
        self.send("conferbot GET /api/v1/external/v1/usage", usage()).await;
        chatbots::openbat_and_conferbot(self, tenant).await;
        chatbots::chatbotplatform(self, tenant).await;
        knowledge::botplot(self, tenant, site).await;
        conversations::botplot_and_others(self, tenant).await;
        conversations::chatbotplatform(self, tenant).await;
        sites::helpbot(self, tenant, site).await;
        leads::botplot(self, tenant).await;
        analytics::botplot_and_helpbot(self, tenant).await;
        webhooks::botplot(self, tenant).await;
        projects::botplot(self, tenant).await;
        projects::helpbot(self, tenant).await;
        integrations::chatbotplatform(self, tenant).await;
        channels::chatbotplatform(self, tenant).await;
        agent_loops::chatbotplatform(self, tenant).await;
        webhook_dialects::conferbot(self, tenant).await;
        webhook_dialects::helpbot(self, tenant).await;
        chatbots::copy(self, tenant).await;
    }

    /// Takes away what rounds leave behind, so that the next one finds what this one found.
    pub async fn clear(&mut self, tenant: &Tenant) {
        for id in std::mem::take(&mut self.opened) {
            let path = format!("/api/v1/conversations/{id}");
            // Some were deleted to see what that costs.
            let reply = self.app.delete(&path).bearer(&tenant.secret).send().await;
            assert!([200, 404].contains(&reply.status), "{path}: {}", reply.text);
        }
        knowledge::clear(self, tenant).await;
        self.app.drain().await;
        self.round += 1;
    }
}

/// Carries every operation out once, on a platform of its own.
pub async fn measured() -> Vec<Sample> {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let site = Site::start(&[("/opening", PAGE)]).await;
    let mut metered = Metered::new(&app, 1);
    metered.carry_out(&tenant, &site).await;
    let samples = metered.samples;
    app.finish().await;
    samples
}
