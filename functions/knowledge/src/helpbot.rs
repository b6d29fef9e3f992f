use app::knowledge::NewUrlSource;
use axum::{
    Json, Router,
    extract::State,
    routing::{get, post},
};
use colloquy_http::{Helpbot, Params, Problem, SiteKey};
use dialects::helpbot::{
    AddedSourceOut, DeleteIn, DeletedOut, RescrapeIn, RescrapeOut, SourceIn, SourceOut, SourcesOut,
};
use domain::{Feature, bounds};

use crate::Ctx;

type Reply<T> = Result<Json<T>, Problem<Helpbot>>;

pub fn routes() -> Router<Ctx> {
    Router::new()
        .route("/api/v1/sources", get(list_sources).post(add_source).delete(delete_source))
        .route("/api/v1/sources/rescrape", post(rescrape_source))
}

async fn list_sources(State(ctx): State<Ctx>, key: SiteKey) -> Reply<SourcesOut> {
    ctx.http.core.require(&key.principal, Feature::HelpbotSources)?;
    let sources = ctx.http.core.url_sources(key.chatbot).await?;
    Ok(Json(SourcesOut { sources: sources.into_iter().map(SourceOut::from).collect() }))
}

async fn add_source(State(ctx): State<Ctx>, key: SiteKey) -> Reply<AddedSourceOut> {
    ctx.http.core.require(&key.principal, Feature::HelpbotSources)?;
    let SourceIn { url } = colloquy_http::parse(&key.body)?;
    let new = NewUrlSource::new(url.as_deref(), None, ctx.policy)?;
    let source = ctx.http.core.add_url(key.principal.workspace_id, key.chatbot, new).await?;
    Ok(Json(source.into()))
}

async fn delete_source(
    State(ctx): State<Ctx>,
    // Whoever has no key hears that first, whatever the query.
    query: Result<Params<Helpbot, DeleteIn>, Problem<Helpbot>>,
    key: SiteKey,
) -> Reply<DeletedOut> {
    ctx.http.core.require(&key.principal, Feature::HelpbotSources)?;
    let Params(DeleteIn { id }, _) = query?;
    let id = bounds::required("id", id)?;
    ctx.http.core.delete_source(key.chatbot, id.parse()?).await?;
    Ok(Json(DeletedOut::DONE))
}

async fn rescrape_source(State(ctx): State<Ctx>, key: SiteKey) -> Reply<RescrapeOut> {
    ctx.http.core.require(&key.principal, Feature::HelpbotSources)?;
    let RescrapeIn { source_id } = colloquy_http::parse(&key.body)?;
    let id = bounds::required("sourceId", source_id)?;
    let source = ctx.http.core.recrawl(key.chatbot, id.parse()?).await?;
    Ok(Json(source.into()))
}
