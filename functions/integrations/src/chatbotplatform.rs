use axum::{Json, extract::State, http::StatusCode};
use colloquy_http::{Body, Params, PathParams, Problem, WorkspaceKey};
use dialects::chatbotplatform::{
    ChatbotPlatform, DataOut, DeletedOut, IntegrationQuery, ListIn, ListOut,
    integrations::{IntegrationIn, IntegrationOut, IntegrationPatchIn, UsageCountsOut, UsageOut},
};
use domain::{IntegrationId, IntegrationPatch, NewIntegration, bounds};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Ctx;

/// The longest period, in days.
const MAX_DAYS: u32 = 365;

type Reply<T> = Result<T, Problem<ChatbotPlatform>>;
type Key = WorkspaceKey<ChatbotPlatform>;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_integrations, create_integration))
        .routes(routes!(get_integration, update_integration, delete_integration))
        .routes(routes!(get_usage))
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

#[derive(Debug, Deserialize)]
struct UsageParams {
    days: Option<String>,
}

/// Get a bot's usage of AI backends
///
/// Turns, failures and tokens of each UTC day, the present one the last. Counts follow their turns by
/// seconds.
#[utoipa::path(get, path = "/v1/bots/{id}/usage", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(
        ("id" = String, Path, description = "Bot ID"),
        ("days" = Option<u32>, Query, minimum = 1, maximum = 365,
            description = "Period in days (default: 30)")),
    responses((status = 200, body = DataOut<UsageOut>)))]
async fn get_usage(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(bot, _): PathParams<ChatbotPlatform, String>,
    Params(params, _): Params<ChatbotPlatform, UsageParams>,
) -> Reply<Json<DataOut<UsageOut>>> {
    let days = bounds::number("days", params.days.as_deref(), 30, (1, MAX_DAYS))?;
    let daily = ctx.integrations.usage(key.0.workspace_id, bot.parse()?, days).await?;
    let counts = daily.into_iter().map(|(day, counters)| {
        let counts = UsageCountsOut {
            turns: counters.backend_turns,
            failures: counters.backend_failures,
            input_tokens: counters.input_tokens,
            output_tokens: counters.output_tokens,
        };
        (day, counts)
    });
    Ok(Json(DataOut { data: UsageOut::new(counts.collect()) }))
}
