//! What becomes of deliveries: how many are lost and how many come twice while endpoints fail, one
//! hangs and workers are killed; how many are made in a second; and how long one is on its way.

pub mod growth;
pub mod storm;

use std::{
    collections::HashSet,
    path::PathBuf,
    time::{Duration, Instant},
};

use serde_json::json;
use testkit::{App, Receiver, Tenant};

use crate::{BenchError, Result, operations::report};

/// The flags of `bench webhooks`.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Events of the run with failures, each for five endpoints.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    pub events: u32,
    /// How many endpoints there are, once for each.
    #[arg(long, value_delimiter = ',', default_value = "1,10,100,1000")]
    pub endpoints: Vec<u32>,
    /// Deliveries of each of those runs, about.
    #[arg(long, default_value_t = 4_000, value_parser = clap::value_parser!(u32).range(20..=100_000))]
    pub deliveries: u32,
    /// File whose generated part to write.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Measures everything; the tables, or an error where something was lost.
pub async fn run(options: Options) -> Result<String> {
    eprintln!("{} events", options.events);
    let came = storm::run(storm::Storm { events: options.events, deaths: 2 }).await?;
    let mut grown = Vec::new();
    for endpoints in &options.endpoints {
        eprintln!("{endpoints} endpoints");
        grown.push(growth::run(*endpoints, options.deliveries).await?);
    }
    let text = format!("{}\n\n{}", came.table(), growth::table(&grown));
    if let Some(out) = &options.out {
        report::write(out, "webhooks", &text)?;
    }
    match came.lost {
        0 => Ok(text),
        lost => Err(BenchError(format!("{text}\n{lost} were lost"))),
    }
}

/// Subscribes `url` to the two messages of every turn.
async fn subscribe(app: &App, tenant: &Tenant, url: &str) -> Result<()> {
    let path = format!("/api/v1/projects/{}/webhooks", tenant.chatbot);
    let body = json!({"url": url, "events": ["message.created"]});
    let made = app.post(&path).bearer(&tenant.secret).json(&body).send().await;
    match made.status {
        200 => Ok(()),
        status => Err(BenchError(format!("a webhook was answered {status}: {}", made.text))),
    }
}

/// The ids of what an endpoint accepted.
fn accepted(endpoint: &Receiver) -> HashSet<String> {
    let received = endpoint.received();
    let accepted = received.iter().filter(|one| one.answered == Some(200));
    accepted.map(|one| one.header("x-botplot-delivery").to_owned()).collect()
}

/// Waits until `done`, for `most` at the longest; whether it was.
async fn until(most: Duration, mut done: impl FnMut() -> bool) -> bool {
    let begun = Instant::now();
    while begun.elapsed() < most {
        if done() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    done()
}
