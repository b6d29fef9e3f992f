//! Many agent loops of one tenant that are due in the same minute, beside one of another tenant: how long until
//! each has run, with two tickers.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use axum::{Json, Router, routing::post};
use domain::Timestamp;
use local::{Code, TestClock};
use serde_json::{Value, json};
use testkit::{App, Tenant};
use tokio::net::TcpListener;

use crate::{BenchError, Result, operations::report};

/// An execution ends within this time.
const MOST: Duration = Duration::from_secs(600);

/// The flags of `bench loops`.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Loops of the tenant that has many.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=200))]
    pub loops: u32,
    /// Milliseconds that its model takes.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(0..=60_000))]
    pub model_ms: u64,
    /// File whose generated part to write.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Measures it; the table, or an error where a loop ran twice or not at all.
pub async fn run(options: Options) -> Result<String> {
    let clock = TestClock::new(1);
    let app = App::with(|set| set.clock = Some(clock.clone())).await;
    let (many, one) = (app.tenant("many").await, app.tenant("one").await);
    let url = slow_model(Duration::from_millis(options.model_ms)).await?;
    let slow = json!({"name": "Slow", "type": "openai_compatible", "url": format!("{url}/v1"),
        "model": "fake", "weight": 0});
    let loops = planned(&app, &many, slow, options.loops).await?;
    let single =
        planned(&app, &one, json!({"name": "Echo", "type": "echo", "weight": 0}), 1).await?;
    clock.advance(Duration::from_secs(61 * 60));
    let Some(Code::Worker(tick)) = app.platform.function("ticker") else {
        return Err(BenchError("there is no ticker".to_owned()));
    };
    let (begun, at) = (Instant::now(), clock_now(&app));
    let (a, b) = tokio::join!(tick(json!({})), tick(json!({})));
    a.and(b).map_err(|error| BenchError(format!("a tick failed: {error:?}")))?;
    let mut its = Vec::new();
    let mut all = Vec::new();
    for (tenant, loops, waits) in [(&one, &single, &mut its), (&many, &loops, &mut all)] {
        for id in loops {
            waits.push(ended(&app, tenant, id, at, begun).await?);
        }
        waits.sort_by(f64::total_cmp);
    }
    app.platform.shutdown().await;
    let last = |waits: &[f64]| waits.last().copied().unwrap_or_default();
    let middle = all.get(all.len() / 2).copied().unwrap_or_default();
    let text = format!(
        "| loops due at once | whose | each | executions | the middle one ended after | the last one ended after |\n\
         |--:|---|--:|--:|--:|--:|\n\
         | {} | one tenant's | {} ms | {} | {middle:.1} s | {:.1} s |\n\
         | 1 | another's | echo | {} | {:.1} s | {:.1} s |",
        options.loops,
        options.model_ms,
        all.len(),
        last(&all),
        its.len(),
        last(&its),
        last(&its),
    );
    if let Some(out) = &options.out {
        report::write(out, "loops", &text)?;
    }
    Ok(text)
}

fn clock_now(app: &App) -> Timestamp {
    app.platform.app.now()
}

/// Makes `count` loops that run each hour, with this AI backend; their ids.
async fn planned(app: &App, tenant: &Tenant, backend: Value, count: u32) -> Result<Vec<String>> {
    let path = format!("/v1/bots/{}/integrations", tenant.chatbot);
    let integration = made(app, tenant, &path, &backend).await?;
    let body = json!({"name": "Report", "user_message": "What happened yesterday?",
        "schedule": "rate(1 hour)", "integration_id": integration});
    let mut loops = Vec::new();
    for _ in 0..count {
        loops.push(made(app, tenant, "/v1/agent-loops", &body).await?);
    }
    Ok(loops)
}

/// What was made; its id.
async fn made(app: &App, tenant: &Tenant, path: &str, body: &Value) -> Result<String> {
    let made = app.post(path).bearer(&tenant.chatbotplatform).json(body).send().await;
    match made.status {
        201 => Ok(made.json()["data"]["id"].as_str().unwrap_or_default().to_owned()),
        status => Err(BenchError(format!("{path} was answered {status}: {}", made.text))),
    }
}

/// Waits for the one execution of a loop; the seconds from the tick, which was `at`, to its end.
async fn ended(app: &App, tenant: &Tenant, id: &str, at: Timestamp, begun: Instant) -> Result<f64> {
    let path = format!("/v1/agent-loops/{id}/executions");
    while begun.elapsed() < MOST {
        let reply = app.get(&path).bearer(&tenant.chatbotplatform).send().await;
        let rows = reply.json()["data"].as_array().cloned().unwrap_or_default();
        if rows.len() > 1 {
            return Err(BenchError(format!("a loop ran {} times", rows.len())));
        }
        if let Some(row) = rows.first().filter(|row| row["status"] == "completed") {
            let end = row["metadata"]["completed_at"].as_str().and_then(Timestamp::parse);
            let end = end.ok_or_else(|| BenchError("an end without a time".to_owned()))?;
            return Ok(end.since(at).as_secs_f64());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(BenchError("a loop did not run to its end".to_owned()))
}

/// A model that takes its time; its address.
async fn slow_model(time: Duration) -> Result<String> {
    let answer = move || async move {
        tokio::time::sleep(time).await;
        let message = json!({"role": "assistant", "content": "Nothing."});
        let choice = json!({"index": 0, "message": message, "finish_reason": "stop"});
        Json(json!({"id": "1", "object": "chat.completion", "model": "fake", "choices": [choice],
            "usage": {"prompt_tokens": 10, "completion_tokens": 1, "total_tokens": 11}}))
    };
    let router = Router::new().route("/v1/chat/completions", post(answer));
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(BenchError::of)?;
    let address = listener.local_addr().map_err(BenchError::of)?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(format!("http://{address}"))
}
