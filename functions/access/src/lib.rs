//! Sign-up, sign-in, sign-out, session, members, API keys: ours, since none of the references documents
//! them; errors are openbat's. And what a workspace has used of its plan.

mod account;
mod colloquy;
mod conferbot;
mod members;

use app::{App, access::accounts::SignupRules};
use axum::{Router, extract::FromRef};
use domain::Result;
use runtime::{
    Aws, Env,
    config::{AccessConfig, LocalConfig},
};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// What this function needs.
#[derive(Debug, Clone)]
pub struct Ctx {
    http: colloquy_http::Ctx,
    app: App,
    rules: SignupRules,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        let http = colloquy_http::Ctx::new(env, aws).await?;
        let AccessConfig { signup_mode: mode, signup_plan: plan, .. } = AccessConfig::read(env)?;
        let trusts_addresses = LocalConfig::read(env).is_local;
        let rules = SignupRules { mode, plan, trusts_addresses };
        Ok(Self { app: http.app.clone(), http, rules })
    }
}

impl FromRef<Ctx> for colloquy_http::Ctx {
    fn from_ref(ctx: &Ctx) -> Self {
        ctx.http.clone()
    }
}

fn routes() -> OpenApiRouter<Ctx> {
    colloquy::routes().merge(account::routes()).merge(members::routes()).merge(conferbot::routes())
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
