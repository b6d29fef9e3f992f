//! The list of functions: from a binary's name in the template to the code behind it.

use std::sync::Arc;

use axum::Router;
use domain::Result as DomainResult;
use futures::{FutureExt, future::BoxFuture};
use runtime::{Aws, Env};
use serde_json::Value;

use crate::{LocalError, Result};

/// What a worker does with an event.
pub type Work = Arc<dyn Fn(Value) -> BoxFuture<'static, DomainResult<Value>> + Send + Sync>;

/// The code behind a function.
#[derive(Clone)]
pub enum Code {
    /// It serves HTTP.
    Http(Router),
    /// It works off events.
    Worker(Work),
}

macro_rules! http {
    ($krate:ident, $env:expr, $aws:expr) => {
        Code::Http($krate::router($krate::Ctx::new($env, $aws).await.map_err(LocalError::of)?))
    };
}

macro_rules! worker {
    ($krate:ident, $env:expr, $aws:expr) => {{
        let ctx = Arc::new($krate::Ctx::new($env, $aws).await.map_err(LocalError::of)?);
        Code::Worker(Arc::new(move |event| {
            let ctx = ctx.clone();
            async move {
                let answer = $krate::handle(event, &ctx).await?;
                serde_json::to_value(answer).map_err(domain::Error::internal)
            }
            .boxed()
        }))
    }};
}

/// The code behind `binary`, set up with `env`.
pub async fn code(binary: &str, env: &Env, aws: &Aws) -> Result<Code> {
    Ok(match binary {
        "access" => http!(access, env, aws),
        "agent-loops" => http!(agent_loops, env, aws),
        "analytics" => http!(analytics, env, aws),
        "channels" => http!(channels, env, aws),
        "chat" | "chat-stream" => http!(chat, env, aws),
        "chatbots" => http!(chatbots, env, aws),
        "conversations" => http!(conversations, env, aws),
        "docs" => Code::Http(docs::router()),
        "integrations" => http!(integrations, env, aws),
        "knowledge" => http!(knowledge_api, env, aws),
        "leads" => http!(leads, env, aws),
        "projects" => http!(projects, env, aws),
        "web" => Code::Http(web::router(web::Ctx::new(env).map_err(LocalError::of)?)),
        "webhooks" => http!(webhooks, env, aws),
        "channel-worker" => worker!(channel_worker, env, aws),
        "crawl-worker" => worker!(crawl_worker, env, aws),
        "delivery-worker" => worker!(delivery_worker, env, aws),
        "event-fanout" => worker!(event_fanout, env, aws),
        "loop-worker" => worker!(loop_worker, env, aws),
        "mail-worker" => worker!(mail_worker, env, aws),
        "purge-worker" => worker!(purge_worker, env, aws),
        "stats-worker" => worker!(stats_worker, env, aws),
        "ticker" => worker!(ticker, env, aws),
        other => {
            return Err(LocalError(format!(
                "template.yaml declares the function {other}: add it to infra/local/src/registry.rs"
            )));
        }
    })
}
