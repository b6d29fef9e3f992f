use axum::{Json, extract::State};
use colloquy_http::{Body, Ctx, PathParams, Problem, SignedIn};
use dialects::openbat::{
    Openbat,
    chatbots::{ChatbotIn, ChatbotOut, ChatbotPatchIn, ChatbotWithKeyOut, OkOut},
};
use utoipa_axum::{router::OpenApiRouter, routes};

type Reply<T> = Result<Json<T>, Problem<Openbat>>;

pub fn routes() -> OpenApiRouter<crate::Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_chatbots, create_chatbot))
        .routes(routes!(get_chatbot, update_chatbot, delete_chatbot))
        .routes(routes!(rotate_key))
}

/// List all chatbots in your organization
///
/// Newest first.
#[utoipa::path(get, path = "/api/v1/chatbots", tag = "openbat",
    security(("session" = []), ("sessionBearer" = [])),
    responses((status = 200, body = Vec<ChatbotOut>)))]
async fn list_chatbots(
    State(ctx): State<Ctx>,
    SignedIn(member): SignedIn,
) -> Reply<Vec<ChatbotOut>> {
    let chatbots = ctx.app.chatbots(member.workspace_id).await?;
    Ok(Json(chatbots.into_iter().map(ChatbotOut::from).collect()))
}

/// Create a new chatbot
///
/// Its API key is shown this once.
#[utoipa::path(post, path = "/api/v1/chatbots", tag = "openbat",
    security(("session" = []), ("sessionBearer" = [])),
    request_body = ChatbotIn,
    responses((status = 200, body = ChatbotWithKeyOut)))]
async fn create_chatbot(
    State(ctx): State<Ctx>,
    SignedIn(member): SignedIn,
    Body(body, _): Body<Openbat, ChatbotIn>,
) -> Reply<ChatbotWithKeyOut> {
    let (chatbot, key) = ctx.app.create_chatbot(member.workspace_id, body.try_into()?).await?;
    Ok(Json(ChatbotWithKeyOut::new(chatbot, key)))
}

/// Get a single chatbot by ID
#[utoipa::path(get, path = "/api/v1/chatbots/{id}", tag = "openbat",
    security(("session" = []), ("sessionBearer" = [])),
    params(("id" = String, Path, description = "Chatbot ID")),
    responses((status = 200, body = ChatbotOut)))]
async fn get_chatbot(
    State(ctx): State<Ctx>,
    SignedIn(member): SignedIn,
    PathParams(id, _): PathParams<Openbat, String>,
) -> Reply<ChatbotOut> {
    Ok(Json(ctx.app.chatbot(member.workspace_id, id.parse()?).await?.into()))
}

/// Update a chatbot's name or settings
///
/// Both are optional. Settings are merged deeply into those that are there.
#[utoipa::path(patch, path = "/api/v1/chatbots/{id}", tag = "openbat",
    security(("session" = []), ("sessionBearer" = [])),
    params(("id" = String, Path, description = "Chatbot ID")),
    request_body = ChatbotPatchIn,
    responses((status = 200, body = ChatbotOut)))]
async fn update_chatbot(
    State(ctx): State<Ctx>,
    SignedIn(member): SignedIn,
    PathParams(id, _): PathParams<Openbat, String>,
    Body(body, _): Body<Openbat, ChatbotPatchIn>,
) -> Reply<ChatbotOut> {
    let patch = body.try_into()?;
    let chatbot = ctx.app.update_chatbot(member.workspace_id, id.parse()?, patch).await?;
    Ok(Json(chatbot.into()))
}

/// Permanently delete a chatbot
///
/// With everything that belongs to it.
#[utoipa::path(delete, path = "/api/v1/chatbots/{id}", tag = "openbat",
    security(("session" = []), ("sessionBearer" = [])),
    params(("id" = String, Path, description = "Chatbot ID")),
    responses((status = 200, body = OkOut)))]
async fn delete_chatbot(
    State(ctx): State<Ctx>,
    SignedIn(member): SignedIn,
    PathParams(id, _): PathParams<Openbat, String>,
) -> Reply<OkOut> {
    ctx.app.delete_chatbot(member.workspace_id, id.parse()?).await?;
    Ok(Json(OkOut::DONE))
}

/// Generate a new API key for the chatbot
///
/// The old key is refused from the next request on.
#[utoipa::path(post, path = "/api/v1/chatbots/{id}/rotate-key", tag = "openbat",
    security(("session" = []), ("sessionBearer" = [])),
    params(("id" = String, Path, description = "Chatbot ID")),
    responses((status = 200, body = ChatbotWithKeyOut)))]
async fn rotate_key(
    State(ctx): State<Ctx>,
    SignedIn(member): SignedIn,
    PathParams(id, _): PathParams<Openbat, String>,
) -> Reply<ChatbotWithKeyOut> {
    let (chatbot, key) = ctx.app.rotate_key(member.workspace_id, id.parse()?).await?;
    Ok(Json(ChatbotWithKeyOut::new(chatbot, key)))
}
