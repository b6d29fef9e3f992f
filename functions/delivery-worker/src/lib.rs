//! Makes one attempt at a webhook delivery a message.

use app::webhooks::{deliver::DeliveryWorker, job::Deliver};
use domain::Result;
use runtime::{Aws, Env};
use serde_json::Value;
use worker::SqsBatchResponse;

/// What this worker needs.
#[derive(Debug, Clone)]
pub struct Ctx {
    worker: DeliveryWorker,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        let app = aws.app(env)?;
        let queue = aws.jobs(env)?;
        let (transport, sealer) = (aws.transport(env)?, aws.sealer(env).await?);
        let renderer = &dialects::Renderer;
        Ok(Self { worker: DeliveryWorker::new(app, queue, transport, sealer, renderer) })
    }
}

/// Handles a batch of messages.
pub async fn handle(event: Value, ctx: &Ctx) -> Result<SqsBatchResponse> {
    worker::jobs::<Deliver>(event, &ctx.worker).await
}
