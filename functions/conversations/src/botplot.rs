use axum::{Json, extract::State, http::Uri};
use colloquy_http::{Ctx, PathParams, Problem, SecretKey};
use dialects::botplot::{
    Botplot, SuccessOut,
    conversations::{ConversationOut, ConversationRowOut, ConversationsOut},
};
use domain::{ConversationStatus, Principal, bounds};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

type Reply<T> = Result<Json<T>, Problem<Botplot>>;

/// How far into the list of all conversations `offset` goes.
const MAX_OFFSET: u32 = 10_000_000;
/// How far into that of one status: what is skipped there is read.
const MAX_OFFSET_OF_STATUS: u32 = 10_000;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(get_conversation, delete_conversation))
}

#[derive(Debug, Deserialize)]
struct ListParams {
    limit: Option<String>,
    offset: Option<String>,
    status: Option<String>,
}

/// The route is helpbot's too.
pub async fn list_conversations(
    ctx: Ctx,
    principal: Principal,
    uri: &Uri,
) -> Reply<ConversationsOut> {
    let chatbot = principal.may_manage()?;
    let params: ListParams = colloquy_http::query(uri)?;
    let limit = bounds::number("limit", params.limit.as_deref(), 20, (1, 100))?;
    let status: Option<ConversationStatus> =
        params.status.as_deref().map(str::parse).transpose()?;
    let most = status.map_or(MAX_OFFSET, |_| MAX_OFFSET_OF_STATUS);
    let offset = bounds::number("offset", params.offset.as_deref(), 0, (0, most))?;
    let (page, total) = ctx.app.conversations(chatbot, status, offset, limit).await?;
    let conversations = page.into_iter().map(ConversationRowOut::from).collect();
    Ok(Json(ConversationsOut { conversations, total }))
}

/// Get a conversation
///
/// With all its messages.
#[utoipa::path(get, path = "/api/v1/conversations/{id}", tag = "botplot",
    security(("botplotSecret" = [])),
    params(("id" = String, Path, format = "uuid", description = "The conversation")),
    responses((status = 200, body = ConversationOut)))]
async fn get_conversation(
    State(ctx): State<Ctx>,
    key: SecretKey<Botplot>,
    PathParams(id, _): PathParams<Botplot, String>,
) -> Reply<ConversationOut> {
    let (conversation, turns) = ctx.app.conversation(key.chatbot, id.parse()?).await?;
    Ok(Json(ConversationOut::new(&conversation, turns)))
}

/// Delete a conversation
///
/// With all its messages.
#[utoipa::path(delete, path = "/api/v1/conversations/{id}", tag = "botplot",
    security(("botplotSecret" = [])),
    params(("id" = String, Path, format = "uuid", description = "The conversation")),
    responses((status = 200, body = SuccessOut)))]
async fn delete_conversation(
    State(ctx): State<Ctx>,
    key: SecretKey<Botplot>,
    PathParams(id, _): PathParams<Botplot, String>,
) -> Reply<SuccessOut> {
    ctx.app.delete_conversation(key.chatbot, id.parse()?).await?;
    Ok(Json(SuccessOut::DONE))
}
