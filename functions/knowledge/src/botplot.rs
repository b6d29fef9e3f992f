use app::knowledge::NewUrlSource;
use axum::{
    Json, Router,
    extract::State,
    routing::{get, post},
};
use colloquy_http::{Body, Botplot, Problem, SecretKey, Segments};
use dialects::botplot::wire::{
    AddedSourceOut, ChunkOut, QaSourceIn, RecrawlOut, SourceDetailOut, SourceOut, SourcesOut,
    SuccessOut, UrlSourceIn,
};

use crate::Ctx;

type Reply<T> = Result<Json<T>, Problem<Botplot>>;
type Key = SecretKey<Botplot>;

pub fn routes() -> Router<Ctx> {
    Router::new()
        .route("/api/v1/knowledge", get(list_sources))
        .route("/api/v1/knowledge/url", post(add_url))
        .route("/api/v1/knowledge/qa", post(add_qa))
        .route("/api/v1/knowledge/{sourceId}", get(get_source).delete(delete_source))
        .route("/api/v1/knowledge/{sourceId}/recrawl", post(recrawl_source))
}

async fn list_sources(State(ctx): State<Ctx>, key: Key) -> Reply<SourcesOut> {
    let sources = ctx.http.core.sources(key.chatbot).await?;
    Ok(Json(SourcesOut { sources: sources.into_iter().map(SourceOut::from).collect() }))
}

async fn add_url(
    State(ctx): State<Ctx>,
    key: Key,
    Body(UrlSourceIn { url, sync_frequency }, _): Body<Botplot, UrlSourceIn>,
) -> Reply<AddedSourceOut> {
    let new = NewUrlSource::new(url.as_deref(), sync_frequency.as_deref(), ctx.policy)?;
    let source = ctx.http.core.add_url(key.principal.workspace_id, key.chatbot, new).await?;
    Ok(Json(AddedSourceOut { source_id: source.id.to_string(), status: "processing" }))
}

async fn add_qa(
    State(ctx): State<Ctx>,
    key: Key,
    Body(body, _): Body<Botplot, QaSourceIn>,
) -> Reply<AddedSourceOut> {
    let pair = body.try_into()?;
    let id = ctx.http.core.add_qa(key.principal.workspace_id, key.chatbot, pair).await?;
    Ok(Json(AddedSourceOut { source_id: id.to_string(), status: "processing" }))
}

async fn get_source(
    State(ctx): State<Ctx>,
    key: Key,
    Segments(id, _): Segments<Botplot, String>,
) -> Reply<SourceDetailOut> {
    let (source, chunks) = ctx.http.core.source_with_chunks(key.chatbot, id.parse()?).await?;
    let chunks = chunks.into_iter().map(ChunkOut::from).collect();
    Ok(Json(SourceDetailOut { source: source.into(), chunks }))
}

async fn recrawl_source(
    State(ctx): State<Ctx>,
    key: Key,
    Segments(id, _): Segments<Botplot, String>,
) -> Reply<RecrawlOut> {
    ctx.http.core.recrawl(key.chatbot, id.parse()?).await?;
    Ok(Json(RecrawlOut { success: true, status: "processing" }))
}

async fn delete_source(
    State(ctx): State<Ctx>,
    key: Key,
    Segments(id, _): Segments<Botplot, String>,
) -> Reply<SuccessOut> {
    ctx.http.core.delete_source(key.chatbot, id.parse()?).await?;
    Ok(Json(SuccessOut::DONE))
}
