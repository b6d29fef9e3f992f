//! Chatbots, in every dialect that has them.

mod chatbotplatform;
mod conferbot;
mod openbat;

use axum::Router;
pub use colloquy_http::Ctx;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

fn routes() -> OpenApiRouter<Ctx> {
    conferbot::routes().merge(openbat::routes()).merge(chatbotplatform::routes())
}

/// The routes of this function.
pub fn router(ctx: Ctx) -> Router {
    let (routes, _) = routes().split_for_parts();
    colloquy_http::finish(routes.with_state(ctx.clone()), &ctx)
}

/// What its routes take and answer.
pub fn openapi() -> OpenApi {
    routes().into_openapi()
}
