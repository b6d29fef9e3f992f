//! From the table's stream to counters, each change counted once.

use app::App;
use domain::Result;
use runtime::{Aws, Env};
use serde_json::Value;
use worker::StreamResponse;

/// What this worker needs.
#[derive(Debug, Clone)]
pub struct Ctx {
    app: App,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        Ok(Self { app: aws.app(env)? })
    }
}

/// Handles a batch of records: all of it or, where the table fails, nothing.
pub async fn handle(event: Value, ctx: &Ctx) -> Result<StreamResponse> {
    let shard = worker::shard_of(&event)?;
    worker::records(event, |records| async move {
        let changes: Vec<_> = records.into_iter().map(|r| (r.sequence, r.change)).collect();
        match ctx.app.count(&shard.0, &changes).await {
            Ok(()) => changes.len(),
            Err(error) => {
                tracing::error!(%error, "a batch was not counted, will be retried");
                0
            }
        }
    })
    .await
}
