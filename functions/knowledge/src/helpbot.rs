use app::knowledge::sources::NewUrlSource;
use axum::{Json, extract::State};
use colloquy_http::{Params, Problem, SiteKey};
use dialects::helpbot::{
    DeletedOut, Helpbot,
    knowledge::{
        AddedSourceOut, DeleteIn, RescrapeIn, RescrapeOut, SourceIn, SourceOut, SourcesOut,
    },
};
use domain::{Feature, bounds};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Ctx;

type Reply<T> = Result<Json<T>, Problem<Helpbot>>;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_sources, add_source, delete_source))
        .routes(routes!(rescrape_source))
}

/// List FAQ sources
///
/// All of your site that have an address or are files, newest first. Requires the business plan (Scale).
#[utoipa::path(get, path = "/api/v1/sources", tag = "helpbot",
    security(("helpbot" = []), ("helpbotQuery" = [])),
    responses((status = 200, body = SourcesOut)))]
async fn list_sources(State(ctx): State<Ctx>, key: SiteKey) -> Reply<SourcesOut> {
    ctx.app.require(&key.principal, Feature::SiteSources)?;
    let sources = ctx.app.read_sources(key.chatbot).await?;
    Ok(Json(SourcesOut { sources: sources.into_iter().map(SourceOut::from).collect() }))
}

/// Add a FAQ source
///
/// Creates a source with status `pending`; list the sources to see when it becomes `indexed`.
/// Requires the business plan (Scale).
#[utoipa::path(post, path = "/api/v1/sources", tag = "helpbot",
    security(("helpbot" = []), ("helpbotQuery" = [])),
    request_body = SourceIn,
    responses((status = 200, body = AddedSourceOut)))]
async fn add_source(State(ctx): State<Ctx>, key: SiteKey) -> Reply<AddedSourceOut> {
    ctx.app.require(&key.principal, Feature::SiteSources)?;
    let SourceIn { url, api_key: _ } = colloquy_http::parse(&key.body)?;
    let new = NewUrlSource::new(url.as_deref(), None, ctx.policy)?;
    let source = ctx.app.add_url(key.principal.workspace_id, key.chatbot, new).await?;
    Ok(Json(source.into()))
}

/// Delete a FAQ source
///
/// Permanently removes it. Requires the business plan (Scale).
#[utoipa::path(delete, path = "/api/v1/sources", tag = "helpbot",
    security(("helpbot" = []), ("helpbotQuery" = [])),
    params(DeleteIn),
    responses((status = 200, body = DeletedOut)))]
async fn delete_source(
    State(ctx): State<Ctx>,
    // Whoever has no key hears that first, whatever the query.
    query: Result<Params<Helpbot, DeleteIn>, Problem<Helpbot>>,
    key: SiteKey,
) -> Reply<DeletedOut> {
    ctx.app.require(&key.principal, Feature::SiteSources)?;
    let Params(DeleteIn { id }, _) = query?;
    let id = bounds::required("id", id)?;
    ctx.app.delete_source(key.chatbot, id.parse()?).await?;
    Ok(Json(DeletedOut::DONE))
}

/// Re-scrape a FAQ source
///
/// Triggers a fresh scrape, which runs asynchronously; list the sources to see its status.
/// Requires the business plan (Scale).
#[utoipa::path(post, path = "/api/v1/sources/rescrape", tag = "helpbot",
    security(("helpbot" = []), ("helpbotQuery" = [])),
    request_body = RescrapeIn,
    responses((status = 200, body = RescrapeOut)))]
async fn rescrape_source(State(ctx): State<Ctx>, key: SiteKey) -> Reply<RescrapeOut> {
    ctx.app.require(&key.principal, Feature::SiteSources)?;
    let RescrapeIn { source_id, api_key: _ } = colloquy_http::parse(&key.body)?;
    let id = bounds::required("sourceId", source_id)?;
    let source = ctx.app.recrawl(key.chatbot, id.parse()?).await?;
    Ok(Json(source.into()))
}
