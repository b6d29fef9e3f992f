//! Conversations, in every dialect that has them.

mod botplot;
mod chatbotplatform;
mod conferbot;

use axum::Router;
pub use colloquy_http::Ctx;

/// The routes of this function.
pub fn router(ctx: Ctx) -> Router {
    let routes = botplot::routes().merge(chatbotplatform::routes()).merge(conferbot::routes());
    colloquy_http::finish(routes.with_state(ctx.clone()), &ctx)
}
