//! Channels: the messaging platforms where a chatbot answers.

mod base_url;
mod chatbotplatform;
mod inbound;

use app::channels::connect::Channels;
use axum::{Router, extract::FromRef};
use domain::Result;
use runtime::{Aws, Env};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// What this function needs.
#[derive(Clone)]
pub struct Ctx {
    http: colloquy_http::Ctx,
    channels: Channels,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        let http = colloquy_http::Ctx::new(env, aws).await?;
        // Read now, so that no delivery waits for it.
        let channels = aws.channels(env, http.app.clone()).await?;
        Ok(Self { http, channels })
    }
}

impl FromRef<Ctx> for colloquy_http::Ctx {
    fn from_ref(ctx: &Ctx) -> Self {
        ctx.http.clone()
    }
}

fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().merge(chatbotplatform::routes()).merge(inbound::routes())
}

/// The routes of this function.
pub fn router(ctx: Ctx) -> Router {
    let http = ctx.http.clone();
    let (routes, _) = routes().split_for_parts();
    colloquy_http::finish_with_body_limit(routes.with_state(ctx), &http, inbound::BODY_LIMIT)
}

/// What its routes take and answer.
pub fn openapi() -> OpenApi {
    routes().into_openapi()
}
