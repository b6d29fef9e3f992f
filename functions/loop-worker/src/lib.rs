//! Carries one execution of an agent loop out a message.

use app::agent_loops::{job::RunLoop, worker::LoopWorker};
use domain::Result;
use runtime::{Aws, Env};
use serde_json::Value;
use worker::SqsBatchResponse;

/// What this worker needs.
#[derive(Clone)]
pub struct Ctx {
    worker: LoopWorker,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        let app = aws.app(env)?.with_semantics(aws.semantics(env)?);
        let integrations = aws.integrations(env, app);
        Ok(Self { worker: LoopWorker::new(integrations, aws.jobs(env)?) })
    }
}

/// Handles a batch of messages.
pub async fn handle(event: Value, ctx: &Ctx) -> Result<SqsBatchResponse> {
    worker::jobs::<RunLoop>(event, &ctx.worker).await
}
