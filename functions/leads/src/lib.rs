//! Leads, in every dialect that has them.

mod botplot;

use axum::Router;
pub use colloquy_http::Ctx;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().merge(botplot::routes())
}

/// The routes of this function. A page of any site may leave a lead.
pub fn router(ctx: Ctx) -> Router {
    let (routes, _) = routes().split_for_parts();
    let routes = routes.with_state(ctx.clone());
    colloquy_http::open_to_browsers(colloquy_http::finish(routes, &ctx))
}

/// What its routes take and answer.
pub fn openapi() -> OpenApi {
    routes().into_openapi()
}
