//! A route that no reference documents: why a question is answered as it is. It is here and not with
//! the other knowledge routes, since this function has the indexes in memory.

use axum::{Json, extract::State};
use colloquy_http::{Body, Problem, SecretKey};
use dialects::{
    botplot::Botplot,
    colloquy::knowledge::{SearchIn, SearchOut},
};
use domain::search::SearchQuestion;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Ctx;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(search_knowledge))
}

/// See why a question is answered as it is
///
/// Ours. What is found for a question, by which of words, characters and meaning, how sure the chatbot
/// is, and what a visitor would read. Nothing is stored and no AI backend is asked.
#[utoipa::path(post, path = "/api/v1/knowledge/search", tag = "botplot",
    security(("botplotSecret" = [])),
    request_body = SearchIn,
    responses((status = 200, body = SearchOut)))]
async fn search_knowledge(
    State(ctx): State<Ctx>,
    key: SecretKey<Botplot>,
    Body(body, _): Body<Botplot, SearchIn>,
) -> Result<Json<SearchOut>, Problem<Botplot>> {
    let asked = SearchQuestion::try_from(body)?;
    let report = ctx.chat.search(key.principal.workspace_id, key.chatbot, &asked).await?;
    Ok(Json(report.into()))
}
