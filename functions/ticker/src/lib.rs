//! Does what is due, once a minute.

use app::events::ticker::Ticker;
use domain::{Result, Timestamp};
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
        let deliveries = aws.queue(env, "DELIVERY_QUEUE_URL")?;
        Ok(Self { ticker: Ticker::new(aws.core(env)?, deliveries) })
    }
}

/// Handles one tick of the schedule.
pub async fn handle(_: Value, ctx: &Ctx) -> Result<Value> {
    let ticked = ctx.ticker.tick(Timestamp::now()).await?;
    if ticked != app::events::ticker::Ticked::default() {
        tracing::info!(?ticked, "ticked");
    }
    Ok(json!({}))
}
