//! The chatbots of a crowd, each with a webhook; some have one more, whose endpoint hangs.

use domain::ChatbotId;
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};
use store::Store;
use testkit::{App, TestRequest};

use super::sink::Sink;
use crate::{BenchError, Result};

/// Chatbots of a workspace.
const EACH: u32 = 20;
/// One chatbot in this number has a webhook whose endpoint hangs.
const HANGS: u32 = 50;
/// Requests at the same time.
const AT_ONCE: usize = 8;

/// A chatbot of the crowd.
#[derive(Debug, Clone)]
pub(crate) struct Talked {
    pub id: ChatbotId,
    /// Its `openbat` key, which does what its secret key does.
    pub key: String,
}

/// The chatbot that hardly anyone talks to.
#[derive(Clone)]
pub(crate) struct Quiet {
    pub chat: TestRequestMaker,
    pub chatbot: ChatbotId,
    pub store: Store,
    pub arrived: std::sync::Arc<dyn Fn() -> u64 + Send + Sync>,
}

/// Makes requests to chat with one chatbot.
#[derive(Clone)]
pub(crate) struct TestRequestMaker {
    url: String,
    http: reqwest::Client,
    key: String,
}

impl TestRequestMaker {
    /// Asks; the conversation, if it was answered.
    pub async fn ask(&self, body: &Value) -> Option<String> {
        let sent = self.http.post(&self.url).bearer_auth(&self.key).json(body).send().await.ok()?;
        let answer: Value = sent.error_for_status().ok()?.json().await.ok()?;
        answer["conversationId"].as_str().map(str::to_owned)
    }
}

/// All of it.
pub(crate) struct Crowd {
    pub chatbots: Vec<Talked>,
    pub quiet: Quiet,
    pub sink: Sink,
    url: String,
    http: reqwest::Client,
    store: Store,
}

impl Crowd {
    /// Makes it, with this many chatbots, the quiet one not counted.
    pub async fn of(app: &App, chatbots: u32) -> Result<Self> {
        let sink = Sink::start().await?;
        let mut all = Vec::new();
        for workspace in 0..(chatbots + 1).div_ceil(EACH) {
            let tenant = app.tenant(&format!("crowd{workspace}")).await;
            let left = (chatbots + 1 - workspace * EACH).min(EACH);
            let its: Vec<Talked> = stream::iter(0..left)
                .map(|n| make(app, &tenant.session, workspace * EACH + n))
                .buffer_unordered(AT_ONCE)
                .try_collect()
                .await?;
            all.extend(its);
        }
        let quiet = all.pop().ok_or_else(|| BenchError("there is no chatbot".to_owned()))?;
        subscribe(app, &quiet, &sink.at("quiet")).await?;
        for (n, chatbot) in (0..).zip(&all) {
            subscribe(app, chatbot, &sink.at("all")).await?;
            if n % HANGS == HANGS - 1 {
                subscribe(app, chatbot, &sink.at("hangs")).await?;
            }
        }
        let store = app.platform.app.store.clone();
        let url = format!("{}/api/v1/chat", app.platform.base_url);
        let http = testkit::plain_http().build().map_err(BenchError::of)?;
        let chat = TestRequestMaker { url: url.clone(), http: http.clone(), key: quiet.key };
        let arrived: std::sync::Arc<dyn Fn() -> u64 + Send + Sync> =
            std::sync::Arc::new(sink.quiet());
        let quiet = Quiet { chat, chatbot: quiet.id, store: store.clone(), arrived };
        app.drain().await;
        Ok(Self { chatbots: all, quiet, sink, url, http, store })
    }

    /// Makes requests to chat with the chatbot number `at`.
    pub fn chat(&self, at: usize) -> TestRequestMaker {
        let key = self.chatbots[at % self.chatbots.len()].key.clone();
        TestRequestMaker { url: self.url.clone(), http: self.http.clone(), key }
    }

    /// Messages that statistics have counted, over all chatbots.
    pub async fn counted(&self) -> Result<u64> {
        let ids: Vec<ChatbotId> = self.chatbots.iter().map(|chatbot| chatbot.id).collect();
        let mut counted = 0;
        for some in ids.chunks(100).chain([&[self.quiet.chatbot][..]]) {
            let counters = self.store.counters_of(some).await.map_err(BenchError::of)?;
            counted += counters.values().map(|counters| counters.messages).sum::<u64>();
        }
        Ok(counted)
    }
}

async fn ok(request: TestRequest) -> Result<Value> {
    let reply = request.send().await;
    match reply.status {
        200 => Ok(reply.json()),
        status => Err(BenchError(format!("answered {status}: {}", reply.text))),
    }
}

async fn make(app: &App, session: &str, number: u32) -> Result<Talked> {
    let body = json!({"name": format!("Chatbot {number}")});
    let made = ok(app.post("/api/v1/chatbots").bearer(session).json(&body)).await?;
    let missing = || BenchError(format!("no chatbot was made: {made}"));
    let id = made["chatbot"]["id"].as_str().and_then(|id| id.parse().ok()).ok_or_else(missing)?;
    let key = made["apiKey"].as_str().ok_or_else(missing)?.to_owned();
    let pair = json!({"question": "Do you have parking?", "answer": "Yes, behind the house."});
    ok(app.post("/api/v1/knowledge/qa").bearer(&key).json(&pair)).await?;
    Ok(Talked { id, key })
}

async fn subscribe(app: &App, chatbot: &Talked, url: &str) -> Result<()> {
    let path = format!("/api/v1/projects/{}/webhooks", chatbot.id);
    let body = json!({"url": url, "events": ["message.created"]});
    ok(app.post(&path).bearer(&chatbot.key).json(&body)).await.map(drop)
}
