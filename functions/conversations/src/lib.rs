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
use colloquy_http::SharedManagement;
use domain::Dialect;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .merge(botplot::routes().into())
        .merge(chatbotplatform::routes())
        .merge(conferbot::routes())
        .route("/api/v1/conversations", get(list_conversations))
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

/// Documented twice, with different shapes: a key speaks one dialect, and that decides.
async fn list_conversations(
    State(ctx): State<Ctx>,
    uri: Uri,
    SharedManagement(principal): SharedManagement,
) -> Response {
    match principal.dialect {
        Dialect::Helpbot => helpbot::list_conversations(ctx, principal, &uri).await.into_response(),
        _ => botplot::list_conversations(ctx, principal, &uri).await.into_response(),
    }
}
