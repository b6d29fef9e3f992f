//! Makes one attempt at a webhook delivery a message.

use app::{delivering::Delivering, queue::Deliver};
use domain::{Delivery, Error, Result, Timestamp, Webhook};
use outbound::Client;
use runtime::{Aws, Env};
use serde_json::Value;

/// What this worker needs.
#[derive(Debug, Clone)]
pub struct Ctx {
    delivering: Delivering,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        let client = Client::new(env.policy(), "Colloquy/1.0").map_err(Error::internal)?;
        let queue = aws.queue(env, "DELIVERY_QUEUE_URL")?;
        let sealer = aws.sealer(env).await?;
        Ok(Self { delivering: Delivering::new(aws.core(env)?, queue, client, sealer, headers) })
    }
}

fn headers(
    webhook: &Webhook,
    delivery: &Delivery,
    secrets: &[String],
    at: Timestamp,
) -> Vec<(String, String)> {
    dialects::webhook::headers(webhook.dialect, delivery, secrets, at)
}

/// Handles a batch of messages.
pub async fn handle(event: Value, ctx: &Ctx) -> Result<Value> {
    worker::messages(event, |job: Deliver| async move { ctx.delivering.handle(&job).await }).await
}
