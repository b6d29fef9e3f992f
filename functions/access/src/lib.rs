//! Sign-up, sign-in, sign-out, session, API keys: ours, since none of the references documents
//! them; errors are openbat's. And what a workspace has used of its plan.

mod colloquy;
mod conferbot;

use app::App;
use axum::{Router, extract::FromRef};
use domain::{Plan, Result};
use runtime::{Aws, Env, config::AccessConfig};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// What this function needs.
#[derive(Debug, Clone)]
pub struct Ctx {
    http: colloquy_http::Ctx,
    app: App,
    signup_plan: Plan,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        let http = colloquy_http::Ctx::new(env, aws).await?;
        Ok(Self { app: http.app.clone(), http, signup_plan: AccessConfig::read(env)?.signup_plan })
    }
}

impl FromRef<Ctx> for colloquy_http::Ctx {
    fn from_ref(ctx: &Ctx) -> Self {
        ctx.http.clone()
    }
}

fn routes() -> OpenApiRouter<Ctx> {
    colloquy::routes().merge(conferbot::routes())
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
