//! Makes one attempt at a webhook delivery a message.

use app::{adapters::sqs::Deliver, webhooks::deliver::Delivering};
use domain::{Delivery, Result, Timestamp, Webhook};
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
        let core = aws.core(env)?;
        let queue = aws.queue(env, "DELIVERY_QUEUE_URL")?;
        let (sender, sealer) = (aws.sender(env)?, aws.sealer(env).await?);
        let pace = env.retry_pace()?;
        Ok(Self { delivering: Delivering::new(core, queue, sender, sealer, headers, pace) })
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
