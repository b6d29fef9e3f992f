//! Agent loops: jobs that a model carries out with tools, and their executions.

mod chatbotplatform;

use app::agent_loops::loop_::AgentLoops;
use axum::{Router, extract::FromRef};
use domain::Result;
use runtime::{Aws, Env};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// What this function needs.
#[derive(Clone)]
pub struct Ctx {
    http: colloquy_http::Ctx,
    loops: AgentLoops,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        let http = colloquy_http::Ctx::new(env, aws).await?;
        let loops = AgentLoops::new(aws.integrations(env, http.app.clone()));
        Ok(Self { http, loops })
    }
}

impl FromRef<Ctx> for colloquy_http::Ctx {
    fn from_ref(ctx: &Ctx) -> Self {
        ctx.http.clone()
    }
}

fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().merge(chatbotplatform::routes())
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
