use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use colloquy_http::{Body, ChatbotPlatform, Ctx, Params, Problem, Segments, WorkspaceKey};
use dialects::chatbotplatform::{BotIn, BotOut, BotPatchIn, DataOut, DeletedOut, ListIn, ListOut};
use domain::ChatbotId;

type Reply<T> = Result<T, Problem<ChatbotPlatform>>;
type Key = WorkspaceKey<ChatbotPlatform>;

pub fn routes() -> Router<Ctx> {
    Router::new()
        .route("/v1/bots", get(list_bots).post(create_bot))
        .route("/v1/bots/{id}", get(get_bot).patch(update_bot).delete(delete_bot))
}

async fn list_bots(
    State(ctx): State<Ctx>,
    key: Key,
    Params(query, _): Params<ChatbotPlatform, ListIn>,
) -> Reply<Json<ListOut<BotOut>>> {
    let (filter, page) = query.bots()?;
    let (bots, total) = ctx.core.chatbots_page(key.0.workspace_id, &filter, page).await?;
    Ok(Json(ListOut::new(bots, total, page)))
}

async fn create_bot(
    State(ctx): State<Ctx>,
    key: Key,
    Body(body, _): Body<ChatbotPlatform, BotIn>,
) -> Reply<(StatusCode, Json<DataOut<BotOut>>)> {
    let (bot, _) = ctx.core.create_chatbot(key.0.workspace_id, body.try_into()?).await?;
    Ok((StatusCode::CREATED, Json(DataOut::new(bot))))
}

async fn get_bot(
    State(ctx): State<Ctx>,
    key: Key,
    Segments(id, _): Segments<ChatbotPlatform, String>,
) -> Reply<Json<DataOut<BotOut>>> {
    let bot = ctx.core.chatbot(key.0.workspace_id, id.parse()?).await?;
    Ok(Json(DataOut::new(bot)))
}

async fn update_bot(
    State(ctx): State<Ctx>,
    key: Key,
    Segments(id, _): Segments<ChatbotPlatform, String>,
    Body(body, _): Body<ChatbotPlatform, BotPatchIn>,
) -> Reply<Json<DataOut<BotOut>>> {
    let patch = body.try_into()?;
    let bot = ctx.core.update_chatbot(key.0.workspace_id, id.parse()?, patch).await?;
    Ok(Json(DataOut::new(bot)))
}

async fn delete_bot(
    State(ctx): State<Ctx>,
    key: Key,
    Segments(id, _): Segments<ChatbotPlatform, String>,
) -> Reply<Json<DataOut<DeletedOut>>> {
    let id: ChatbotId = id.parse()?;
    ctx.core.delete_chatbot(key.0.workspace_id, id).await?;
    Ok(Json(DeletedOut::new(id)))
}
