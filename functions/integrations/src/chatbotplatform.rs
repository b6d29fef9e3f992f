use axum::{Json, extract::State, http::StatusCode};
use colloquy_http::{Body, Params, PathParams, Problem, WorkspaceKey};
use dialects::chatbotplatform::{
    ChatbotPlatform, DataOut, DeletedOut, IntegrationQuery, ListIn, ListOut,
    integrations::{IntegrationIn, IntegrationOut, IntegrationPatchIn},
};
use domain::{IntegrationId, IntegrationPatch, NewIntegration};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Ctx;

type Reply<T> = Result<T, Problem<ChatbotPlatform>>;
type Key = WorkspaceKey<ChatbotPlatform>;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(list_integrations, create_integration)).routes(routes!(
        get_integration,
        update_integration,
        delete_integration
    ))
}

/// List integrations
///
/// The AI backends of a bot, newest first.
#[utoipa::path(get, path = "/v1/bots/{id}/integrations", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(("id" = String, Path, description = "Bot ID"), IntegrationQuery),
    responses((status = 200, body = ListOut<IntegrationOut>)))]
async fn list_integrations(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(bot, _): PathParams<ChatbotPlatform, String>,
    Params(query, _): Params<ChatbotPlatform, ListIn>,
) -> Reply<Json<ListOut<IntegrationOut>>> {
    let (filter, page) = query.integrations()?;
    let workspace = key.0.workspace_id;
    let (found, total) = ctx.integrations.page(workspace, bot.parse()?, &filter, page).await?;
    Ok(Json(ListOut::new(found, total, page)))
}

/// Create integration
///
/// An AI backend that answers for the bot from the next message on. Its key and the values of its
/// headers are never shown.
#[utoipa::path(post, path = "/v1/bots/{id}/integrations", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(("id" = String, Path, description = "Bot ID")),
    request_body = IntegrationIn,
    responses((status = 201, body = DataOut<IntegrationOut>)))]
async fn create_integration(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(bot, _): PathParams<ChatbotPlatform, String>,
    Body(body, _): Body<ChatbotPlatform, IntegrationIn>,
) -> Reply<(StatusCode, Json<DataOut<IntegrationOut>>)> {
    let new = NewIntegration::try_from(body)?;
    let made = ctx.integrations.create(key.0.workspace_id, bot.parse()?, new).await?;
    Ok((StatusCode::CREATED, Json(DataOut::new(made))))
}

/// Get integration details
#[utoipa::path(get, path = "/v1/integrations/{id}", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(("id" = String, Path, description = "Integration ID")),
    responses((status = 200, body = DataOut<IntegrationOut>)))]
async fn get_integration(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(id, _): PathParams<ChatbotPlatform, String>,
) -> Reply<Json<DataOut<IntegrationOut>>> {
    let found = ctx.integrations.get(key.0.workspace_id, id.parse()?).await?;
    Ok(Json(DataOut::new(found)))
}

/// Update integration
///
/// Only what is sent is changed; an empty text takes a URL, a model or a key away. An integration in
/// error is active again.
#[utoipa::path(patch, path = "/v1/integrations/{id}", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(("id" = String, Path, description = "Integration ID")),
    request_body = IntegrationPatchIn,
    responses((status = 200, body = DataOut<IntegrationOut>)))]
async fn update_integration(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(id, _): PathParams<ChatbotPlatform, String>,
    Body(body, _): Body<ChatbotPlatform, IntegrationPatchIn>,
) -> Reply<Json<DataOut<IntegrationOut>>> {
    let patch = IntegrationPatch::try_from(body)?;
    let changed = ctx.integrations.update(key.0.workspace_id, id.parse()?, patch).await?;
    Ok(Json(DataOut::new(changed)))
}

/// Delete integration
#[utoipa::path(delete, path = "/v1/integrations/{id}", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(("id" = String, Path, description = "Integration ID")),
    responses((status = 200, body = DataOut<DeletedOut>)))]
async fn delete_integration(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(id, _): PathParams<ChatbotPlatform, String>,
) -> Reply<Json<DataOut<DeletedOut>>> {
    let id: IntegrationId = id.parse()?;
    ctx.integrations.delete(key.0.workspace_id, id).await?;
    Ok(Json(DeletedOut::new(id)))
}
