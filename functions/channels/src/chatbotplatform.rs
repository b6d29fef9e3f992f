use axum::{Json, extract::State, http::StatusCode};
use colloquy_http::{Body, Params, PathParams, Problem, WorkspaceKey};
use dialects::chatbotplatform::{
    ChannelQuery, ChatbotPlatform, DataOut, DeletedOut, ListIn, ListOut,
    channels::{ChannelIn, ChannelOut, ChannelPatchIn},
};
use domain::{ChannelId, ChannelPatch, NewChannel};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Ctx, base_url::BaseUrl};

type Reply<T> = Result<T, Problem<ChatbotPlatform>>;
type Key = WorkspaceKey<ChatbotPlatform>;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(list_channels, create_channel)).routes(routes!(
        get_channel,
        update_channel,
        delete_channel
    ))
}

/// List channels
///
/// The messaging platforms where a bot answers, newest first.
#[utoipa::path(get, path = "/v1/bots/{id}/channels", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(("id" = String, Path, description = "Bot ID"), ChannelQuery),
    responses((status = 200, body = ListOut<ChannelOut>)))]
async fn list_channels(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(bot, _): PathParams<ChatbotPlatform, String>,
    Params(query, _): Params<ChatbotPlatform, ListIn>,
) -> Reply<Json<ListOut<ChannelOut>>> {
    let (filter, page) = query.channels()?;
    let workspace = key.0.workspace_id;
    let (found, total) = ctx.channels.page(workspace, bot.parse()?, &filter, page).await?;
    Ok(Json(ListOut::new(found, total, page)))
}

/// Create channel
///
/// Stores a channel and connects it, within 8 seconds. A platform that refuses or is not reached leaves the
/// channel with `status: "error"` and the reason. Credentials are never shown.
#[utoipa::path(post, path = "/v1/bots/{id}/channels", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(("id" = String, Path, description = "Bot ID")),
    request_body = ChannelIn,
    responses((status = 201, body = DataOut<ChannelOut>)))]
async fn create_channel(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(bot, _): PathParams<ChatbotPlatform, String>,
    BaseUrl(base_url): BaseUrl,
    Body(body, _): Body<ChatbotPlatform, ChannelIn>,
) -> Reply<(StatusCode, Json<DataOut<ChannelOut>>)> {
    let new = NewChannel::try_from(body)?;
    let made = ctx.channels.create(key.0.workspace_id, bot.parse()?, new, &base_url).await?;
    Ok((StatusCode::CREATED, Json(DataOut::new(made))))
}

/// Get channel details
#[utoipa::path(get, path = "/v1/channels/{id}", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(("id" = String, Path, description = "Channel ID")),
    responses((status = 200, body = DataOut<ChannelOut>)))]
async fn get_channel(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(id, _): PathParams<ChatbotPlatform, String>,
) -> Reply<Json<DataOut<ChannelOut>>> {
    let found = ctx.channels.get(key.0.workspace_id, id.parse()?).await?;
    Ok(Json(DataOut::new(found)))
}

/// Update channel
///
/// Only what is sent is changed. `disconnected` switches the channel off, `connected` on again. A channel
/// that is not switched off is connected again by any change.
#[utoipa::path(patch, path = "/v1/channels/{id}", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(("id" = String, Path, description = "Channel ID")),
    request_body = ChannelPatchIn,
    responses((status = 200, body = DataOut<ChannelOut>)))]
async fn update_channel(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(id, _): PathParams<ChatbotPlatform, String>,
    BaseUrl(base_url): BaseUrl,
    Body(body, _): Body<ChatbotPlatform, ChannelPatchIn>,
) -> Reply<Json<DataOut<ChannelOut>>> {
    let patch = ChannelPatch::try_from(body)?;
    let changed = ctx.channels.update(key.0.workspace_id, id.parse()?, patch, &base_url).await?;
    Ok(Json(DataOut::new(changed)))
}

/// Delete channel
///
/// The platform is told to deliver no more.
#[utoipa::path(delete, path = "/v1/channels/{id}", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(("id" = String, Path, description = "Channel ID")),
    responses((status = 200, body = DataOut<DeletedOut>)))]
async fn delete_channel(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(id, _): PathParams<ChatbotPlatform, String>,
) -> Reply<Json<DataOut<DeletedOut>>> {
    let id: ChannelId = id.parse()?;
    ctx.channels.delete(key.0.workspace_id, id).await?;
    Ok(Json(DeletedOut::new(id)))
}
