use app::knowledge::NewUrlSource;
use axum::{Json, extract::State};
use colloquy_http::{Body, Botplot, Problem, SecretKey, Segments};
use dialects::botplot::{
    knowledge::{
        AddedSourceOut, ChunkOut, QaSourceIn, RecrawlOut, SourceDetailOut, SourceOut, SourcesOut,
        UrlSourceIn,
    },
    wire::SuccessOut,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Ctx;

type Reply<T> = Result<Json<T>, Problem<Botplot>>;
type Key = SecretKey<Botplot>;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_sources))
        .routes(routes!(add_url))
        .routes(routes!(add_qa))
        .routes(routes!(get_source, delete_source))
        .routes(routes!(recrawl_source))
}

/// List knowledge sources
///
/// All of the project, newest first.
#[utoipa::path(get, path = "/api/v1/knowledge", tag = "botplot",
    security(("botplotSecret" = [])),
    responses((status = 200, body = SourcesOut)))]
async fn list_sources(State(ctx): State<Ctx>, key: Key) -> Reply<SourcesOut> {
    let sources = ctx.http.core.sources(key.chatbot).await?;
    Ok(Json(SourcesOut { sources: sources.into_iter().map(SourceOut::from).collect() }))
}

/// Add a URL source
///
/// Triggers async crawl, embedding, and indexing.
#[utoipa::path(post, path = "/api/v1/knowledge/url", tag = "botplot",
    security(("botplotSecret" = [])),
    request_body = UrlSourceIn,
    responses((status = 200, body = AddedSourceOut)))]
async fn add_url(
    State(ctx): State<Ctx>,
    key: Key,
    Body(UrlSourceIn { url, sync_frequency }, _): Body<Botplot, UrlSourceIn>,
) -> Reply<AddedSourceOut> {
    let new = NewUrlSource::new(url.as_deref(), sync_frequency.as_deref(), ctx.policy)?;
    let source = ctx.http.core.add_url(key.principal.workspace_id, key.chatbot, new).await?;
    Ok(Json(AddedSourceOut { source_id: source.id.to_string(), status: "processing" }))
}

/// Add a Q&A pair
#[utoipa::path(post, path = "/api/v1/knowledge/qa", tag = "botplot",
    security(("botplotSecret" = [])),
    request_body = QaSourceIn,
    responses((status = 200, body = AddedSourceOut)))]
async fn add_qa(
    State(ctx): State<Ctx>,
    key: Key,
    Body(body, _): Body<Botplot, QaSourceIn>,
) -> Reply<AddedSourceOut> {
    let pair = body.try_into()?;
    let id = ctx.http.core.add_qa(key.principal.workspace_id, key.chatbot, pair).await?;
    Ok(Json(AddedSourceOut { source_id: id.to_string(), status: "processing" }))
}

/// Get a knowledge source
///
/// Full details, with its chunks.
#[utoipa::path(get, path = "/api/v1/knowledge/{sourceId}", tag = "botplot",
    security(("botplotSecret" = [])),
    params(("sourceId" = String, Path, format = "uuid", description = "The source")),
    responses((status = 200, body = SourceDetailOut)))]
async fn get_source(
    State(ctx): State<Ctx>,
    key: Key,
    Segments(id, _): Segments<Botplot, String>,
) -> Reply<SourceDetailOut> {
    let (source, chunks) = ctx.http.core.source_with_chunks(key.chatbot, id.parse()?).await?;
    let chunks = chunks.into_iter().map(ChunkOut::from).collect();
    Ok(Json(SourceDetailOut { source: source.into(), chunks }))
}

/// Re-crawl a URL source
///
/// To update its content.
#[utoipa::path(post, path = "/api/v1/knowledge/{sourceId}/recrawl", tag = "botplot",
    security(("botplotSecret" = [])),
    params(("sourceId" = String, Path, format = "uuid", description = "The source")),
    responses((status = 200, body = RecrawlOut)))]
async fn recrawl_source(
    State(ctx): State<Ctx>,
    key: Key,
    Segments(id, _): Segments<Botplot, String>,
) -> Reply<RecrawlOut> {
    ctx.http.core.recrawl(key.chatbot, id.parse()?).await?;
    Ok(Json(RecrawlOut { success: true, status: "processing" }))
}

/// Delete a knowledge source
///
/// With all its chunks.
#[utoipa::path(delete, path = "/api/v1/knowledge/{sourceId}", tag = "botplot",
    security(("botplotSecret" = [])),
    params(("sourceId" = String, Path, format = "uuid", description = "The source")),
    responses((status = 200, body = SuccessOut)))]
async fn delete_source(
    State(ctx): State<Ctx>,
    key: Key,
    Segments(id, _): Segments<Botplot, String>,
) -> Reply<SuccessOut> {
    ctx.http.core.delete_source(key.chatbot, id.parse()?).await?;
    Ok(Json(SuccessOut::DONE))
}
