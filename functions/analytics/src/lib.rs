//! Analytics, in every dialect that has them.

mod botplot;
mod conferbot;
mod helpbot;

use axum::Router;
pub use colloquy_http::Ctx;

/// The routes of this function.
pub fn router(ctx: Ctx) -> Router {
    let routes = botplot::routes().merge(conferbot::routes()).merge(helpbot::routes());
    colloquy_http::finish(routes.with_state(ctx.clone()), &ctx)
}
