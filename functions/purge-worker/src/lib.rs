//! Clears away what hung on something that was deleted.

use app::{adapters::sqs::Purge, ops::purge::Purging};
use domain::Result;
use runtime::{Aws, Env};
use serde_json::Value;

/// What this worker needs.
#[derive(Debug, Clone)]
pub struct Ctx {
    purging: Purging,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        let queue = aws.queue(env, "PURGE_QUEUE_URL")?;
        Ok(Self { purging: Purging::new(aws.core(env)?, aws.files(env)?, queue) })
    }
}

/// Handles a batch of messages.
pub async fn handle(event: Value, ctx: &Ctx) -> Result<Value> {
    worker::messages(event, |job: Purge| async move { ctx.purging.handle(&job).await }).await
}
