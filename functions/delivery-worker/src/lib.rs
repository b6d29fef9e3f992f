//! Makes one attempt at a webhook delivery a message.

use app::{adapters::sqs::Deliver, webhooks::deliver::DeliveryWorker};
use domain::Result;
use runtime::{Aws, Env};
use serde_json::Value;

/// What this worker needs.
#[derive(Debug, Clone)]
pub struct Ctx {
    worker: DeliveryWorker,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        let core = aws.core(env)?;
        let queue = aws.queue(env, "DELIVERY_QUEUE_URL")?;
        let (transport, sealer) = (aws.transport(env)?, aws.sealer(env).await?);
        let (renderer, pace) = (&dialects::Renderer, env.retry_pace()?);
        Ok(Self { worker: DeliveryWorker::new(core, queue, transport, sealer, renderer, pace) })
    }
}

/// Handles a batch of messages.
pub async fn handle(event: Value, ctx: &Ctx) -> Result<Value> {
    worker::messages(event, |job: Deliver| async move { ctx.worker.handle(&job).await }).await
}
