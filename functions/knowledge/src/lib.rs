//! Knowledge sources, in every dialect that has them.

mod botplot;
mod helpbot;

use axum::{Router, extract::FromRef};
use domain::Result;
use outbound::Policy;
use runtime::{Aws, Env};

/// What this function needs.
#[derive(Debug, Clone)]
pub struct Ctx {
    http: colloquy_http::Ctx,
    policy: Policy,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        Ok(Self { http: colloquy_http::Ctx::new(env, aws).await?, policy: env.policy() })
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
    let routes = botplot::routes().merge(helpbot::routes());
    colloquy_http::finish(routes.with_state(ctx), &http)
}
