//! Conversations, in every dialect that has them.

mod botplot;
mod chatbotplatform;
mod conferbot;
mod helpbot;

use axum::{
    Router,
    extract::State,
    http::Uri,
    response::{IntoResponse, Response},
    routing::get,
};
pub use colloquy_http::Ctx;
use colloquy_http::SharedRoute;
use domain::Dialect;

/// The routes of this function.
pub fn router(ctx: Ctx) -> Router {
    let shared = Router::new().route("/api/v1/conversations", get(list_conversations));
    let routes =
        botplot::routes().merge(shared).merge(chatbotplatform::routes()).merge(conferbot::routes());
    colloquy_http::finish(routes.with_state(ctx.clone()), &ctx)
}

/// Documented twice, with different shapes: a key speaks one dialect, and that decides.
async fn list_conversations(
    State(ctx): State<Ctx>,
    uri: Uri,
    SharedRoute { principal, .. }: SharedRoute,
) -> Response {
    match principal.dialect {
        Dialect::Helpbot => helpbot::list_conversations(ctx, principal, &uri).await.into_response(),
        _ => botplot::list_conversations(ctx, principal, &uri).await.into_response(),
    }
}
