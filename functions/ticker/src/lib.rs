//! Does what is due, once a minute.

use app::events::ticker::Ticker;
use domain::Result;
use runtime::{Aws, Env};
use serde_json::{Value, json};

/// What this worker needs.
#[derive(Debug, Clone)]
pub struct Ctx {
    ticker: Ticker,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        let ticker = Ticker::new(aws.app(env)?, aws.jobs(env)?, aws.jobs(env)?, aws.jobs(env)?);
        Ok(Self { ticker: ticker.with_purges(aws.jobs(env)?).with_copies(aws.jobs(env)?) })
    }
}

/// Handles one tick of the schedule. Its log line is what the alarm on the oldest due item reads, so
/// there is one for each tick, however little was due.
pub async fn handle(_: Value, ctx: &Ctx) -> Result<Value> {
    let ticked = ctx.ticker.tick().await;
    let oldest_due_seconds = ticked.oldest_due().as_secs();
    tracing::info!(oldest_due_seconds, ?ticked, "ticked");
    Ok(json!({}))
}
