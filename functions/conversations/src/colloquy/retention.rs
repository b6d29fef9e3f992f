use axum::{Json, extract::State};
use colloquy_http::{Body, Ctx, Problem, SecretKey};
use dialects::{
    botplot::Botplot,
    colloquy::retention::{RetentionIn, RetentionOut},
};
use domain::Retention;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(get_retention, put_retention))
}

/// Get the retention
///
/// Ours: for how many days a chatbot keeps conversations and leads. Both are null unless they were set: then
/// nothing expires.
#[utoipa::path(get, path = "/api/v1/retention", tag = "botplot",
    security(("botplotSecret" = [])),
    responses((status = 200, body = RetentionOut)))]
async fn get_retention(
    State(ctx): State<Ctx>,
    key: SecretKey<Botplot>,
) -> Result<Json<RetentionOut>, Problem<Botplot>> {
    Ok(Json(ctx.app.retention(key.chatbot).await?.into()))
}

/// Set the retention
///
/// Ours: what is older goes within minutes, and from then on once a day: conversations by their last
/// message, with all that was said in them, leads by when they were left. Analytics keep what they counted.
#[utoipa::path(put, path = "/api/v1/retention", tag = "botplot",
    security(("botplotSecret" = [])),
    request_body = RetentionIn,
    responses((status = 200, body = RetentionOut)))]
async fn put_retention(
    State(ctx): State<Ctx>,
    key: SecretKey<Botplot>,
    Body(body, _): Body<Botplot, RetentionIn>,
) -> Result<Json<RetentionOut>, Problem<Botplot>> {
    let retention = Retention::try_from(body)?;
    let workspace = key.principal.workspace_id;
    ctx.app.set_retention(workspace, key.chatbot, retention).await?;
    Ok(Json(retention.into()))
}
