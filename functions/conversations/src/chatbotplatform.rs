use axum::{Json, extract::State};
use colloquy_http::{Ctx, Params, PathParams, Problem, WorkspaceKey};
use dialects::chatbotplatform::{
    ChatbotPlatform, ConversationQuery, DataOut, DeletedOut, ListIn, ListOut, MessageQuery,
    conversations::{ConversationOut, MessageOut},
};
use domain::ConversationId;
use utoipa_axum::{router::OpenApiRouter, routes};

type Reply<T> = Result<Json<T>, Problem<ChatbotPlatform>>;
type Key = WorkspaceKey<ChatbotPlatform>;

pub fn routes() -> OpenApiRouter<Ctx> {
    // `{id}` and not `{bot_id}`: next to `/v1/bots/{id}` a gateway takes no other name.
    OpenApiRouter::new()
        .routes(routes!(list_conversations))
        .routes(routes!(get_conversation, delete_conversation))
        .routes(routes!(list_messages))
}

/// List conversations
///
/// Newest first.
#[utoipa::path(get, path = "/v1/bots/{id}/conversations", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(("id" = String, Path, description = "Bot ID"), ConversationQuery),
    responses((status = 200, body = ListOut<ConversationOut>)))]
async fn list_conversations(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(bot, _): PathParams<ChatbotPlatform, String>,
    Params(query, _): Params<ChatbotPlatform, ListIn>,
) -> Reply<ListOut<ConversationOut>> {
    let (filter, page) = query.conversations()?;
    let workspace = key.0.workspace_id;
    let (conversations, total) =
        ctx.app.conversations_page(workspace, bot.parse()?, &filter, page).await?;
    Ok(Json(ListOut::new(conversations, total, page)))
}

/// Get conversation details
#[utoipa::path(get, path = "/v1/conversations/{id}", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(("id" = String, Path, description = "Conversation ID")),
    responses((status = 200, body = DataOut<ConversationOut>)))]
async fn get_conversation(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(id, _): PathParams<ChatbotPlatform, String>,
) -> Reply<DataOut<ConversationOut>> {
    let conversation = ctx.app.conversation_of(key.0.workspace_id, id.parse()?).await?;
    Ok(Json(DataOut::new(conversation)))
}

/// Get messages
///
/// Oldest first.
#[utoipa::path(get, path = "/v1/conversations/{id}/messages", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(("id" = String, Path, description = "Conversation ID"), MessageQuery),
    responses((status = 200, body = ListOut<MessageOut>)))]
async fn list_messages(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(id, _): PathParams<ChatbotPlatform, String>,
    Params(query, _): Params<ChatbotPlatform, ListIn>,
) -> Reply<ListOut<MessageOut>> {
    let wanted = query.messages()?;
    let (conversation, said) =
        ctx.app.transcript_of(key.0.workspace_id, id.parse()?, wanted.turns()).await?;
    Ok(Json(wanted.of(conversation.message_count, said)))
}

/// Delete conversation
///
/// With its messages.
#[utoipa::path(delete, path = "/v1/conversations/{id}", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(("id" = String, Path, description = "Conversation ID")),
    responses((status = 200, body = DataOut<DeletedOut>)))]
async fn delete_conversation(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(id, _): PathParams<ChatbotPlatform, String>,
) -> Reply<DataOut<DeletedOut>> {
    let id: ConversationId = id.parse()?;
    ctx.app.delete_conversation_of(key.0.workspace_id, id).await?;
    Ok(Json(DeletedOut::new(id)))
}
