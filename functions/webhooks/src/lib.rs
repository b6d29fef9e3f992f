//! Webhook subscriptions, in every dialect that has them.

mod botplot;
mod chatbotplatform;
mod conferbot;
mod helpbot;

use app::{App, webhooks::subscriptions::Webhooks};
use axum::{Router, extract::FromRef};
use domain::Result;
use runtime::{Aws, Env};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// What this function needs.
#[derive(Debug, Clone)]
pub struct Ctx {
    http: colloquy_http::Ctx,
    app: App,
    webhooks: Webhooks,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        let http = colloquy_http::Ctx::new(env, aws).await?;
        let (transport, sealer) = (aws.transport(env)?, aws.sealer(env).await?);
        let webhooks = Webhooks::new(http.app.clone(), transport, sealer, &dialects::Renderer);
        Ok(Self { app: http.app.clone(), http, webhooks })
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
        .merge(chatbotplatform::routes())
        .merge(conferbot::routes())
        .merge(helpbot::routes())
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
