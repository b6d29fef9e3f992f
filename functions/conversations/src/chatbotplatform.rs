use axum::{Json, Router, extract::State, routing::get};
use colloquy_http::{ChatbotPlatform, Ctx, Params, Problem, Segments, WorkspaceKey};
use dialects::chatbotplatform::{
    ConversationOut, DataOut, DeletedOut, ListIn, ListOut, MessageOut,
};
use domain::ConversationId;

type Reply<T> = Result<Json<T>, Problem<ChatbotPlatform>>;
type Key = WorkspaceKey<ChatbotPlatform>;

pub fn routes() -> Router<Ctx> {
    Router::new()
        // `{id}` and not `{bot_id}`: next to `/v1/bots/{id}` a gateway takes no other name.
        .route("/v1/bots/{id}/conversations", get(list_conversations))
        .route("/v1/conversations/{id}", get(get_conversation).delete(delete_conversation))
        .route("/v1/conversations/{id}/messages", get(list_messages))
}

async fn list_conversations(
    State(ctx): State<Ctx>,
    key: Key,
    Segments(bot, _): Segments<ChatbotPlatform, String>,
    Params(query, _): Params<ChatbotPlatform, ListIn>,
) -> Reply<ListOut<ConversationOut>> {
    let (filter, page) = query.conversations()?;
    let workspace = key.0.workspace_id;
    let (conversations, total) =
        ctx.core.conversations_page(workspace, bot.parse()?, &filter, page).await?;
    Ok(Json(ListOut::new(conversations, total, page)))
}

async fn get_conversation(
    State(ctx): State<Ctx>,
    key: Key,
    Segments(id, _): Segments<ChatbotPlatform, String>,
) -> Reply<DataOut<ConversationOut>> {
    let conversation = ctx.core.conversation_of(key.0.workspace_id, id.parse()?).await?;
    Ok(Json(DataOut::new(conversation)))
}

async fn list_messages(
    State(ctx): State<Ctx>,
    key: Key,
    Segments(id, _): Segments<ChatbotPlatform, String>,
    Params(query, _): Params<ChatbotPlatform, ListIn>,
) -> Reply<ListOut<MessageOut>> {
    let wanted = query.messages()?;
    let (conversation, turns) =
        ctx.core.turns_of(key.0.workspace_id, id.parse()?, wanted.turns()).await?;
    Ok(Json(wanted.of(conversation.message_count, turns)))
}

async fn delete_conversation(
    State(ctx): State<Ctx>,
    key: Key,
    Segments(id, _): Segments<ChatbotPlatform, String>,
) -> Reply<DataOut<DeletedOut>> {
    let id: ConversationId = id.parse()?;
    ctx.core.delete_conversation_of(key.0.workspace_id, id).await?;
    Ok(Json(DeletedOut::new(id)))
}
