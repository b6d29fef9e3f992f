//! Analytics, in every dialect that has them.

mod conferbot;

use axum::Router;
pub use colloquy_http::Ctx;

/// The routes of this function.
pub fn router(ctx: Ctx) -> Router {
    colloquy_http::finish(conferbot::routes().with_state(ctx.clone()), &ctx)
}
