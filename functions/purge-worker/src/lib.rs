//! Clears away what hung on something that was deleted.

use app::ops::purge::{Purge, Purging};
use domain::Result;
use runtime::{Aws, Env};
use serde_json::Value;
use worker::SqsBatchResponse;

/// What this worker needs.
#[derive(Debug, Clone)]
pub struct Ctx {
    purging: Purging,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        Ok(Self { purging: Purging::new(aws.app(env)?, aws.files(env)?, aws.jobs(env)?) })
    }
}

/// Handles a batch of messages.
pub async fn handle(event: Value, ctx: &Ctx) -> Result<SqsBatchResponse> {
    worker::jobs::<Purge>(event, &ctx.purging).await
}
