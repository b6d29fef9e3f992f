//! Conversations, in every dialect that has them.

mod botplot;
mod conferbot;

use axum::Router;
pub use colloquy_http::Ctx;

/// The routes of this function.
pub fn router(ctx: Ctx) -> Router {
    colloquy_http::finish(
        botplot::routes().merge(conferbot::routes()).with_state(ctx.clone()),
        &ctx,
    )
}
