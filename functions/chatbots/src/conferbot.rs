use axum::{Json, extract::State, http::StatusCode};
use colloquy_http::{Body, Ctx, PathParams, Problem, WorkspaceKey};
use dialects::conferbot::{
    Conferbot, DataOut, MessageOut,
    chatbots::{
        ChangedChatbotOut, ChatbotIn, ChatbotOut, ChatbotPatchIn, ChatbotRowOut, NewChatbotOut,
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};

type Reply<T> = Result<T, Problem<Conferbot>>;
type Key = WorkspaceKey<Conferbot>;

pub fn routes() -> OpenApiRouter<crate::Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_chatbots, create_chatbot))
        .routes(routes!(get_chatbot, update_chatbot, delete_chatbot))
        .routes(routes!(duplicate_chatbot))
}

/// List chatbots
///
/// All of the workspace, newest first.
#[utoipa::path(get, path = "/api/v1/external/v1/chatbots", tag = "conferbot",
    security(("conferbot" = [])),
    responses((status = 200, body = DataOut<Vec<ChatbotRowOut>>)))]
async fn list_chatbots(
    State(ctx): State<Ctx>,
    key: Key,
) -> Reply<Json<DataOut<Vec<ChatbotRowOut>>>> {
    let chatbots = ctx.app.chatbots(key.0.workspace_id).await?;
    let counters = ctx.app.counters_of(&chatbots).await?;
    let rows = chatbots.iter().map(|chatbot| {
        let responses = counters.get(&chatbot.id).map_or(0, |counters| counters.conversations);
        ChatbotRowOut::new(chatbot, responses)
    });
    Ok(Json(DataOut { data: rows.collect() }))
}

/// Create a chatbot
///
/// Subject to the plan's number of chatbots.
#[utoipa::path(post, path = "/api/v1/external/v1/chatbots", tag = "conferbot",
    security(("conferbot" = [])),
    request_body = ChatbotIn, responses((status = 201, body = DataOut<NewChatbotOut>)))]
async fn create_chatbot(
    State(ctx): State<Ctx>,
    key: Key,
    Body(body, _): Body<Conferbot, ChatbotIn>,
) -> Reply<(StatusCode, Json<DataOut<NewChatbotOut>>)> {
    let (chatbot, _) = ctx.app.create_chatbot(key.0.workspace_id, body.try_into()?).await?;
    Ok((StatusCode::CREATED, Json(DataOut { data: chatbot.into() })))
}

/// Get a chatbot
#[utoipa::path(get, path = "/api/v1/external/v1/chatbots/{id}", tag = "conferbot",
    security(("conferbot" = [])),
    params(("id" = String, Path, description = "Chatbot ID")),
    responses((status = 200, body = DataOut<ChatbotOut>)))]
async fn get_chatbot(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(id, _): PathParams<Conferbot, String>,
) -> Reply<Json<DataOut<ChatbotOut>>> {
    let (chatbot, counters) =
        ctx.app.chatbot_with_counters(key.0.workspace_id, id.parse()?).await?;
    Ok(Json(DataOut { data: ChatbotOut::new(chatbot, counters.conversations) }))
}

/// Update a chatbot
///
/// Only provided fields are changed.
#[utoipa::path(put, path = "/api/v1/external/v1/chatbots/{id}", tag = "conferbot",
    security(("conferbot" = [])),
    params(("id" = String, Path, description = "Chatbot ID")), request_body = ChatbotPatchIn,
    responses((status = 200, body = DataOut<ChangedChatbotOut>)))]
async fn update_chatbot(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(id, _): PathParams<Conferbot, String>,
    Body(body, _): Body<Conferbot, ChatbotPatchIn>,
) -> Reply<Json<DataOut<ChangedChatbotOut>>> {
    let patch = body.try_into()?;
    let chatbot = ctx.app.update_chatbot(key.0.workspace_id, id.parse()?, patch).await?;
    Ok(Json(DataOut { data: chatbot.into() }))
}

/// Delete a chatbot
///
/// With everything that belongs to it. This cannot be undone.
#[utoipa::path(delete, path = "/api/v1/external/v1/chatbots/{id}", tag = "conferbot",
    security(("conferbot" = [])),
    params(("id" = String, Path, description = "Chatbot ID")),
    responses((status = 200, body = MessageOut)))]
async fn delete_chatbot(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(id, _): PathParams<Conferbot, String>,
) -> Reply<Json<MessageOut>> {
    ctx.app.delete_chatbot(key.0.workspace_id, id.parse()?).await?;
    Ok(Json(MessageOut { message: "Chatbot deleted" }))
}

/// Duplicate a chatbot
///
/// With its configuration and knowledge; the copy's name ends in " (copy)". Subject to the plan's
/// number of chatbots.
#[utoipa::path(post, path = "/api/v1/external/v1/chatbots/{id}/duplicate", tag = "conferbot",
    security(("conferbot" = [])),
    params(("id" = String, Path, description = "Chatbot ID")),
    responses((status = 201, body = DataOut<NewChatbotOut>)))]
async fn duplicate_chatbot(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(id, _): PathParams<Conferbot, String>,
) -> Reply<(StatusCode, Json<DataOut<NewChatbotOut>>)> {
    let copy = ctx.app.duplicate_chatbot(key.0.workspace_id, id.parse()?).await?;
    Ok((StatusCode::CREATED, Json(DataOut { data: copy.into() })))
}
