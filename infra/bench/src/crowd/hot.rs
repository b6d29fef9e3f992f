//! A chatbot that everyone talks to: what a second of a hundred turns asks of each partition key, with their
//! effects on statistics and webhooks. DynamoDB takes 1,000 write and 3,000 read units a second of
//! one key. The units are those of the turns, however long this machine takes for them.

use std::collections::BTreeMap;

use axum::{body::Body, http::Request};
use futures::{StreamExt, stream};
use local::Code;
use serde_json::{Value, json};
use testkit::{App, Heat, MAX_READ, MAX_WRITE, Tenant};
use tower::ServiceExt;

use crate::{BenchError, Result};

/// Turns of a second.
const TURNS: usize = 100;
/// Turns under way at the same time.
const AT_ONCE: usize = 16;
/// Rows of the table.
const SHOWN: usize = 6;

/// The most that a second asked of the keys of a kind.
#[derive(Debug, Clone, Default)]
pub struct Hot {
    seconds: u32,
    /// Write and read units of the hottest key of each kind.
    kinds: BTreeMap<String, (f64, f64)>,
    failed: u64,
}

impl Hot {
    /// What must not be.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.failed > 0 {
            faults.push(format!("{} turns of the hot chatbot failed", self.failed));
        }
        for (kind, (write, read)) in &self.kinds {
            if *write > MAX_WRITE || *read > MAX_READ {
                faults.push(format!("{kind} takes {write:.0} write and {read:.0} read units"));
            }
        }
        faults
    }

    /// As a table.
    pub fn table(&self) -> String {
        let mut text = format!(
            "| partition key, {} seconds of {TURNS} turns with one chatbot | write units a second | \
             of {MAX_WRITE:.0} | read units a second | of {MAX_READ:.0} |\n|---|--:|--:|--:|--:|\n",
            self.seconds
        );
        let mut kinds: Vec<_> = self.kinds.iter().collect();
        kinds.sort_by(|a, b| b.1.0.total_cmp(&a.1.0));
        for (kind, (write, read)) in kinds.into_iter().take(SHOWN) {
            let share = |units: &f64, most: f64| format!("{:.0} %", 100.0 * units / most);
            text.push_str(&format!(
                "| `{kind}` | {write:.0} | {} | {read:.0} | {} |\n",
                share(write, MAX_WRITE),
                share(read, MAX_READ)
            ));
        }
        text
    }

    fn add(&mut self, heat: &Heat) {
        for (key, units) in heat.keys() {
            let kind = key.split('#').next().unwrap_or_default().to_owned();
            let most = self.kinds.entry(format!("{kind}#…")).or_default();
            *most = (most.0.max(units.write), most.1.max(units.read));
        }
    }
}

/// That number of seconds of it.
pub async fn run(seconds: u32) -> Result<Hot> {
    let app = App::with(|options| {
        options.detached = true;
        options.plans = Some(super::PLANS.to_owned());
    })
    .await;
    let tenant = app.tenant("hot").await;
    subscribed(&app, &tenant).await?;
    app.platform.forget_changes().await.map_err(BenchError::of)?;
    let heat = Heat::start(app.platform.dynamodb_endpoint()).await;
    let queues = app.platform.sqs_endpoint();
    let function = async |name: &str| {
        app.platform.function_at(name, &heat.endpoint, queues).await.map_err(BenchError::of)
    };
    let chat = function("chat").await?;
    let workers = [function("stats-worker").await?, function("event-fanout").await?];
    let mut hot = Hot { seconds, ..Hot::default() };
    let mut conversations: Vec<String> = Vec::new();
    for second in 0..seconds as usize {
        heat.reset();
        let before = std::mem::take(&mut conversations);
        let turns = (0..TURNS).map(|n| {
            // Every second turn continues a conversation of the second before.
            let continued = before.get(n).filter(|_| n % 2 == 1).cloned();
            ask(&chat, &tenant, second * TURNS + n, continued)
        });
        let answered: Vec<Option<String>> =
            stream::iter(turns).buffer_unordered(AT_ONCE).collect().await;
        hot.failed += answered.iter().filter(|answer| answer.is_none()).count() as u64;
        conversations.extend(answered.into_iter().flatten());
        let records = app.platform.changes(10_000).map_err(BenchError::of)?;
        for worker in &workers {
            let Code::Worker(work) = worker else {
                return Err(BenchError("a worker answers requests".to_owned()));
            };
            for batch in records.chunks(100) {
                let event = json!({"Records": batch, "shardId": "shard-1", "state": {}});
                let answer = work(event).await.map_err(BenchError::of)?;
                hot.failed += u64::from(answer["batchItemFailures"] != json!([]));
            }
        }
        app.platform.forget_changes().await.map_err(BenchError::of)?;
        hot.add(&heat);
    }
    app.platform.shutdown().await;
    Ok(hot)
}

/// A pair to answer with, and a webhook; nothing is delivered, since no worker of deliveries runs.
async fn subscribed(app: &App, tenant: &Tenant) -> Result<()> {
    let pair = json!({"question": "Do you have parking?", "answer": "Yes, behind the house."});
    let path = format!("/api/v1/projects/{}/webhooks", tenant.chatbot);
    let hook = json!({"url": "http://127.0.0.1:9/", "events": ["message.created"]});
    for (path, body) in [("/api/v1/knowledge/qa", pair), (path.as_str(), hook)] {
        let made = app.post(path).bearer(&tenant.secret).json(&body).send().await;
        if made.status != 200 {
            return Err(BenchError(format!("{path} answered {}: {}", made.status, made.text)));
        }
    }
    Ok(())
}

/// Asks; the conversation, if it was answered.
async fn ask(chat: &Code, tenant: &Tenant, n: usize, continued: Option<String>) -> Option<String> {
    let Code::Http(chat) = chat else { return None };
    let body = json!({
        "message": "Do you have parking?",
        "visitorId": format!("v{n}"),
        "conversationId": continued,
    });
    let request = Request::post("/api/v1/chat")
        .header("authorization", format!("Bearer {}", tenant.public))
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .ok()?;
    let Ok(answer) = chat.clone().oneshot(request).await;
    let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await.ok()?;
    let answer: Value = serde_json::from_slice(&bytes).ok()?;
    answer["conversationId"].as_str().map(str::to_owned)
}
