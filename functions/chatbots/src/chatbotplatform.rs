use axum::{Json, extract::State, http::StatusCode};
use colloquy_http::{Body, Ctx, Params, PathParams, Problem, WorkspaceKey};
use dialects::chatbotplatform::{
    BotQuery, ChatbotPlatform, DataOut, DeletedOut, ListIn, ListOut,
    chatbots::{BotIn, BotOut, BotPatchIn},
};
use domain::ChatbotId;
use utoipa_axum::{router::OpenApiRouter, routes};

type Reply<T> = Result<T, Problem<ChatbotPlatform>>;
type Key = WorkspaceKey<ChatbotPlatform>;

pub fn routes() -> OpenApiRouter<crate::Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_bots, create_bot))
        .routes(routes!(get_bot, update_bot, delete_bot))
}

/// List all bots
///
/// Newest first.
#[utoipa::path(get, path = "/v1/bots", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(BotQuery),
    responses((status = 200, body = ListOut<BotOut>)))]
async fn list_bots(
    State(ctx): State<Ctx>,
    key: Key,
    Params(query, _): Params<ChatbotPlatform, ListIn>,
) -> Reply<Json<ListOut<BotOut>>> {
    let (filter, page) = query.bots()?;
    let (bots, total) = ctx.app.chatbots_page(key.0.workspace_id, &filter, page).await?;
    Ok(Json(ListOut::new(bots, total, page)))
}

/// Create a bot
///
/// Subject to the plan's number of chatbots.
#[utoipa::path(post, path = "/v1/bots", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    request_body = BotIn,
    responses((status = 201, body = DataOut<BotOut>)))]
async fn create_bot(
    State(ctx): State<Ctx>,
    key: Key,
    Body(body, _): Body<ChatbotPlatform, BotIn>,
) -> Reply<(StatusCode, Json<DataOut<BotOut>>)> {
    let (bot, _) = ctx.app.create_chatbot(key.0.workspace_id, body.try_into()?).await?;
    Ok((StatusCode::CREATED, Json(DataOut::new(bot))))
}

/// Get bot details
#[utoipa::path(get, path = "/v1/bots/{id}", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(("id" = String, Path, description = "Bot ID")),
    responses((status = 200, body = DataOut<BotOut>)))]
async fn get_bot(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(id, _): PathParams<ChatbotPlatform, String>,
) -> Reply<Json<DataOut<BotOut>>> {
    let bot = ctx.app.chatbot(key.0.workspace_id, id.parse()?).await?;
    Ok(Json(DataOut::new(bot)))
}

/// Update bot
///
/// Only what is sent is changed.
#[utoipa::path(patch, path = "/v1/bots/{id}", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(("id" = String, Path, description = "Bot ID")),
    request_body = BotPatchIn,
    responses((status = 200, body = DataOut<BotOut>)))]
async fn update_bot(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(id, _): PathParams<ChatbotPlatform, String>,
    Body(body, _): Body<ChatbotPlatform, BotPatchIn>,
) -> Reply<Json<DataOut<BotOut>>> {
    let patch = body.try_into()?;
    let bot = ctx.app.update_chatbot(key.0.workspace_id, id.parse()?, patch).await?;
    Ok(Json(DataOut::new(bot)))
}

/// Delete bot
///
/// With everything that belongs to it.
#[utoipa::path(delete, path = "/v1/bots/{id}", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(("id" = String, Path, description = "Bot ID")),
    responses((status = 200, body = DataOut<DeletedOut>)))]
async fn delete_bot(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(id, _): PathParams<ChatbotPlatform, String>,
) -> Reply<Json<DataOut<DeletedOut>>> {
    let id: ChatbotId = id.parse()?;
    ctx.app.delete_chatbot(key.0.workspace_id, id).await?;
    Ok(Json(DeletedOut::new(id)))
}
