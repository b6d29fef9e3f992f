use axum::{Json, extract::State, http::StatusCode};
use colloquy_http::{Ctx, Params, PathParams, Problem, SecretKey};
use dialects::{
    botplot::Botplot,
    colloquy::{erasures::ErasureOut, visitors::VisitorExportOut},
};
use domain::{VisitorPlace, erasure::visitor_id};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(erase_visitor)).routes(routes!(export_visitor))
}

/// Erase a visitor
///
/// Ours: conversations with their messages, ratings and traces, leads, what a messaging platform said of
/// the visitor, and settled deliveries that told of any of it. A visitor is known to one chatbot, by
/// `visitorId`, by a platform's id of its user, or by `sessionId` where a question has no more. The answer is
/// the receipt, whose state `GET /api/v1/erasures/{id}` tells; it does not say whose. What the visitor says
/// afterwards is kept as ever. Counts stay correct; texts of frequent questions stay, without a name.
#[utoipa::path(delete, path = "/api/v1/visitors/{visitorId}", tag = "botplot",
    security(("botplotSecret" = [])),
    params(("visitorId" = String, Path, min_length = 1, max_length = 128, pattern = r"\S",
        description = "The visitor, as the client names them")),
    responses((status = 202, body = ErasureOut)))]
async fn erase_visitor(
    State(ctx): State<Ctx>,
    key: SecretKey<Botplot>,
    PathParams(visitor, _): PathParams<Botplot, String>,
) -> Result<(StatusCode, Json<ErasureOut>), Problem<Botplot>> {
    let visitor = visitor_id(&visitor)?;
    let workspace = key.principal.workspace_id;
    let erasure = ctx.app.erase_visitor(workspace, key.chatbot, &visitor).await?;
    let receipt = ErasureOut::new(erasure.id, erasure.requested_at, erasure.completed_at);
    Ok((StatusCode::ACCEPTED, Json(receipt)))
}

#[derive(Debug, Deserialize)]
struct ExportParams {
    cursor: Option<String>,
}

/// Export a visitor
///
/// Ours: leads and whole conversations of a visitor, as `DELETE /api/v1/visitors/{visitorId}` would erase
/// them, in parts. A part is bounded by what is looked at and by its size: it may be empty and still have a
/// `cursor`. Read on until that is null.
#[utoipa::path(get, path = "/api/v1/visitors/{visitorId}/export", tag = "botplot",
    security(("botplotSecret" = [])),
    params(
        ("visitorId" = String, Path, min_length = 1, max_length = 128, pattern = r"\S",
            description = "The visitor, as the client names them"),
        ("cursor" = Option<String>, Query,
            pattern = "^(leads|conversations)(:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$",
            description = "Of the part before")),
    responses((status = 200, body = VisitorExportOut)))]
async fn export_visitor(
    State(ctx): State<Ctx>,
    key: SecretKey<Botplot>,
    PathParams(visitor, _): PathParams<Botplot, String>,
    Params(ExportParams { cursor }, _): Params<Botplot, ExportParams>,
) -> Result<Json<VisitorExportOut>, Problem<Botplot>> {
    let visitor = visitor_id(&visitor)?;
    let place = cursor.as_deref().map(VisitorPlace::parse).transpose()?.unwrap_or_default();
    let export = ctx.app.export_visitor(key.chatbot, &visitor, place).await?;
    let cursor = export.next.and_then(|next| next.cursor());
    Ok(Json(VisitorExportOut::new(visitor, export.leads, export.conversations, cursor)))
}
