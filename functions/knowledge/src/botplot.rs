use app::knowledge::sources::NewUrlSource;
use axum::{Json, extract::State};
use colloquy_http::{Body, Params, PathParams, Problem, SecretKey};
use dialects::botplot::{
    Botplot, SuccessOut,
    knowledge::{
        AddedSourceOut, ChunkOut, PageOut, PagesOut, QaSourceIn, RecrawlOut, SourceDetailOut,
        SourceOut, SourcesOut, UrlSourceIn,
    },
};
use domain::{
    bounds,
    source::{MAX_LEFT_OUT, MAX_PAGES},
};
use serde::Deserialize;
use utoipa::IntoParams;
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
        .routes(routes!(list_pages))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PageParams {
    /// How many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// How many to skip.
    #[param(value_type = Option<u32>, maximum = 50, default = 0)]
    offset: Option<String>,
}

/// The last passage that a page of them can begin at.
const MAX_CHUNK_OFFSET: u32 = 10_000;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ChunkParams {
    /// How many chunks to skip.
    #[param(value_type = Option<u32>, maximum = 10_000, default = 0)]
    offset: Option<String>,
}

/// List knowledge sources
///
/// All of the project, newest first.
#[utoipa::path(get, path = "/api/v1/knowledge", tag = "botplot",
    security(("botplotSecret" = [])),
    responses((status = 200, body = SourcesOut)))]
async fn list_sources(State(ctx): State<Ctx>, key: Key) -> Reply<SourcesOut> {
    let sources = ctx.app.sources(key.chatbot).await?;
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
    let source = ctx.app.add_url(key.principal.workspace_id, key.chatbot, new).await?;
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
    let id = ctx.app.add_qa(key.principal.workspace_id, key.chatbot, pair).await?;
    Ok(Json(AddedSourceOut { source_id: id.to_string(), status: "processing" }))
}

/// Get a knowledge source
///
/// Full details, with its chunks: as many as one answer has room for (some 5 MB).
#[utoipa::path(get, path = "/api/v1/knowledge/{sourceId}", tag = "botplot",
    security(("botplotSecret" = [])),
    params(("sourceId" = String, Path, format = "uuid", description = "The source"), ChunkParams),
    responses((status = 200, body = SourceDetailOut)))]
async fn get_source(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(id, _): PathParams<Botplot, String>,
    Params(params, _): Params<Botplot, ChunkParams>,
) -> Reply<SourceDetailOut> {
    let offset = bounds::number("offset", params.offset.as_deref(), 0, (0, MAX_CHUNK_OFFSET))?;
    let (source, chunks, next_offset) =
        ctx.app.source_with_chunks(key.chatbot, id.parse()?, offset).await?;
    let chunks = chunks.into_iter().map(ChunkOut::from).collect();
    Ok(Json(SourceDetailOut { source: source.into(), chunks, next_offset }))
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
    PathParams(id, _): PathParams<Botplot, String>,
) -> Reply<RecrawlOut> {
    ctx.app.recrawl(key.chatbot, id.parse()?).await?;
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
    PathParams(id, _): PathParams<Botplot, String>,
) -> Reply<SuccessOut> {
    ctx.app.delete_source(key.chatbot, id.parse()?).await?;
    Ok(Json(SuccessOut::DONE))
}

/// List the pages of a source
///
/// Ours: each page of the crawl under way or the last one, with how it came out and when its last
/// good copy was read.
#[utoipa::path(get, path = "/api/v1/knowledge/{sourceId}/pages", tag = "botplot",
    security(("botplotSecret" = [])),
    params(("sourceId" = String, Path, format = "uuid", description = "The source"), PageParams),
    responses((status = 200, body = PagesOut)))]
async fn list_pages(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(id, _): PathParams<Botplot, String>,
    Params(params, _): Params<Botplot, PageParams>,
) -> Reply<PagesOut> {
    let limit = bounds::number("limit", params.limit.as_deref(), 20, (1, 100))?;
    let offset =
        bounds::number("offset", params.offset.as_deref(), 0, (0, MAX_PAGES + MAX_LEFT_OUT))?;
    let pages = ctx.app.source_pages(key.chatbot, id.parse()?).await?;
    let total = u64::try_from(pages.len()).unwrap_or(u64::MAX);
    let (offset, limit) = (offset as usize, limit as usize);
    let pages = pages.into_iter().skip(offset).take(limit).map(PageOut::from).collect();
    Ok(Json(PagesOut { pages, total }))
}
