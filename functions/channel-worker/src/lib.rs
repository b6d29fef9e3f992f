//! Answers what comes in on channels, and sends replies.

use std::sync::Arc;

use ai::Builtin;
use app::{
    channels::{job::ChannelJob, worker::ChannelWorker},
    chat::turn::Chat,
};
use domain::Result;
use runtime::{Aws, Env};
use serde_json::Value;
use worker::SqsBatchResponse;

/// What this worker needs.
#[derive(Clone)]
pub struct Ctx {
    worker: ChannelWorker,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        let app = aws.app(env)?.with_semantics(aws.semantics(env)?);
        let chat = Chat::new(app.clone(), Arc::new(Builtin), aws.integrations(env, app.clone()));
        let channels = aws.channels(env, app).await?;
        Ok(Self { worker: ChannelWorker::new(channels, chat, aws.jobs(env)?) })
    }
}

/// Handles a batch of messages.
pub async fn handle(event: Value, ctx: &Ctx) -> Result<SqsBatchResponse> {
    worker::jobs::<ChannelJob>(event, &ctx.worker).await
}
