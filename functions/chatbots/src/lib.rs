//! Chatbots, in every dialect that has them.

mod chatbotplatform;
mod conferbot;
mod openbat;

use axum::Router;
pub use colloquy_http::Ctx;

/// The routes of this function.
pub fn router(ctx: Ctx) -> Router {
    let routes = conferbot::routes().merge(openbat::routes()).merge(chatbotplatform::routes());
    colloquy_http::finish(routes.with_state(ctx.clone()), &ctx)
}
