//! Leads, in every dialect that has them.

mod botplot;

use axum::Router;
pub use colloquy_http::Ctx;

/// The routes of this function. A page of any site may leave a lead.
pub fn router(ctx: Ctx) -> Router {
    let routes = botplot::routes().with_state(ctx.clone());
    colloquy_http::open_to_browsers(colloquy_http::finish(routes, &ctx))
}
