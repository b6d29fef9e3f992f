//! Chatbots, in every dialect that has them.

mod chatbotplatform;
mod conferbot;
mod openbat;

use axum::{Router, extract::FromRef};
use domain::Result;
use runtime::{Aws, Env};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// What this function needs.
#[derive(Debug, Clone)]
pub struct Ctx {
    http: colloquy_http::Ctx,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        Ok(Self { http: colloquy_http::Ctx::new(env, aws).await? })
    }
}

impl FromRef<Ctx> for colloquy_http::Ctx {
    fn from_ref(ctx: &Ctx) -> Self {
        ctx.http.clone()
    }
}

fn routes() -> OpenApiRouter<Ctx> {
    conferbot::routes().merge(openbat::routes()).merge(chatbotplatform::routes())
}

/// The routes of this function.
pub fn router(ctx: Ctx) -> Router {
    let http = ctx.http.clone();
    let (routes, _) = routes().split_for_parts();
    colloquy_http::finish(routes.with_state(ctx), &http)
}

/// What its routes take and answer.
pub fn openapi() -> OpenApi {
    routes().into_openapi()
}
