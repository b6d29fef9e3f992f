//! Knowledge sources, in every dialect that has them.

mod botplot;
mod files;
mod helpbot;
mod unanswered;

use app::adapters::files::Files;
use axum::{Router, extract::FromRef};
use domain::Result;
use outbound::Policy;
use runtime::{Aws, Env};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// What this function needs.
#[derive(Debug, Clone)]
pub struct Ctx {
    http: colloquy_http::Ctx,
    policy: Policy,
    files: Files,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        let mut http = colloquy_http::Ctx::new(env, aws).await?;
        http.core = http.core.with_semantics(aws.semantics(env)?);
        Ok(Self { http, policy: env.policy(), files: aws.files(env)? })
    }
}

impl FromRef<Ctx> for colloquy_http::Ctx {
    fn from_ref(ctx: &Ctx) -> Self {
        ctx.http.clone()
    }
}

fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .merge(botplot::routes())
        .merge(unanswered::routes())
        .merge(helpbot::routes())
        .merge(files::routes())
}

/// The routes of this function.
pub fn router(ctx: Ctx) -> Router {
    let http = ctx.http.clone();
    let (routes, _) = routes().split_for_parts();
    colloquy_http::finish_with_room(routes.with_state(ctx), &http, files::ROOM)
}

/// What its routes take and answer.
pub fn openapi() -> OpenApi {
    routes().into_openapi()
}
