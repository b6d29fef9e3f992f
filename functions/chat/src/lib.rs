//! Chat and streamed chat. One router for both: the `chat` function answers whole, `chat-stream`
//! as the answer comes; the template says which route goes where.

mod botplot;

use std::sync::Arc;

use ai::Extractive;
use app::chat::Chat;
use axum::{Router, extract::FromRef};
use domain::Result;
use runtime::{Aws, Env};

/// What this function needs.
#[derive(Clone)]
pub struct Ctx {
    http: colloquy_http::Ctx,
    chat: Chat,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        let http = colloquy_http::Ctx::new(env, aws).await?;
        let chat = Chat::new(http.core.clone(), Arc::new(Extractive));
        Ok(Self { http, chat })
    }
}

impl FromRef<Ctx> for colloquy_http::Ctx {
    fn from_ref(ctx: &Ctx) -> Self {
        ctx.http.clone()
    }
}

/// The routes of this function.
pub fn router(ctx: Ctx) -> Router {
    let http = ctx.http.clone();
    let routes = colloquy_http::open_to_browsers(botplot::routes().with_state(ctx));
    colloquy_http::finish(routes, &http)
}
