//! Analytics, in every dialect that has them.

mod botplot;
mod conferbot;
mod helpbot;

use axum::Router;
pub use colloquy_http::Ctx;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .merge(botplot::routes())
        .merge(conferbot::routes())
        .merge(helpbot::routes())
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
