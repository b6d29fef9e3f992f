//! Knowledge sources, in every dialect that has them.

mod botplot;
mod colloquy;
mod helpbot;

use app::{App, adapters::files::Files};
use axum::{Router, extract::FromRef};
use domain::{Error, Result};
use knowledge::Fetcher;
use outbound::Policy;
use runtime::{Aws, Env, config::LocalConfig};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// What this function needs.
#[derive(Debug, Clone)]
pub struct Ctx {
    http: colloquy_http::Ctx,
    app: App,
    policy: Policy,
    fetcher: Fetcher,
    files: Files,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        let mut http = colloquy_http::Ctx::new(env, aws).await?;
        http.app = http.app.with_semantics(aws.semantics(env)?);
        let policy = LocalConfig::read(env).policy();
        Ok(Self {
            app: http.app.clone(),
            http,
            policy,
            fetcher: Fetcher::new(policy).map_err(Error::internal)?,
            files: aws.files(env)?,
        })
    }
}

impl FromRef<Ctx> for colloquy_http::Ctx {
    fn from_ref(ctx: &Ctx) -> Self {
        ctx.http.clone()
    }
}

fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().merge(botplot::routes()).merge(helpbot::routes()).merge(colloquy::routes())
}

/// The routes of this function.
pub fn router(ctx: Ctx) -> Router {
    let http = ctx.http.clone();
    let (routes, _) = routes().split_for_parts();
    colloquy_http::finish_with_body_limit(routes.with_state(ctx), &http, colloquy::BODY_LIMIT)
}

/// What its routes take and answer.
pub fn openapi() -> OpenApi {
    routes().into_openapi()
}
