use axum::{Json, extract::State};
use colloquy_http::{Ctx, PathParams, Problem, SecretKey};
use dialects::{botplot::Botplot, colloquy::erasures::ErasureOut};
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(get_erasure))
}

/// Get the receipt of a deletion
///
/// Ours: how far clearing away a conversation, a source or a chatbot has come that was deleted under
/// this id, and what is kept for a while. A receipt is kept for 90 days.
#[utoipa::path(get, path = "/api/v1/erasures/{id}", tag = "botplot",
    security(("botplotSecret" = [])),
    params(("id" = String, Path, format = "uuid", description = "The id of what was deleted")),
    responses((status = 200, body = ErasureOut)))]
async fn get_erasure(
    State(ctx): State<Ctx>,
    key: SecretKey<Botplot>,
    PathParams(id, _): PathParams<Botplot, String>,
) -> Result<Json<ErasureOut>, Problem<Botplot>> {
    let erasure = ctx.app.erasure(key.chatbot, &id).await?;
    Ok(Json(ErasureOut::new(erasure.id, erasure.requested_at, erasure.completed_at)))
}
