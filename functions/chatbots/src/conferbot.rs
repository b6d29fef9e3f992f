use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    routing::{get, post},
};
use colloquy_http::{Body, Conferbot, Ctx, Problem, Segments, WorkspaceKey};
use dialects::conferbot::{
    ChangedChatbotOut, ChatbotIn, ChatbotOut, ChatbotPatchIn, ChatbotRowOut, DataOut, MessageOut,
    NewChatbotOut,
};

type Reply<T> = Result<T, Problem<Conferbot>>;
type Key = WorkspaceKey<Conferbot>;

pub fn routes() -> Router<Ctx> {
    const CHATBOTS: &str = "/api/v1/external/v1/chatbots";
    Router::new()
        .route(CHATBOTS, get(list_chatbots).post(create_chatbot))
        .route(
            &format!("{CHATBOTS}/{{id}}"),
            get(get_chatbot).put(update_chatbot).delete(delete_chatbot),
        )
        .route(&format!("{CHATBOTS}/{{id}}/duplicate"), post(duplicate_chatbot))
}

async fn list_chatbots(
    State(ctx): State<Ctx>,
    key: Key,
) -> Reply<Json<DataOut<Vec<ChatbotRowOut>>>> {
    let chatbots = ctx.core.chatbots(key.0.workspace_id).await?;
    let counters = ctx.core.counters_of(&chatbots).await?;
    let rows = chatbots.iter().map(|chatbot| {
        let responses = counters.get(&chatbot.id).map_or(0, |counters| counters.conversations);
        ChatbotRowOut::new(chatbot, responses)
    });
    Ok(Json(DataOut { data: rows.collect() }))
}

async fn create_chatbot(
    State(ctx): State<Ctx>,
    key: Key,
    Body(body, _): Body<Conferbot, ChatbotIn>,
) -> Reply<(StatusCode, Json<DataOut<NewChatbotOut>>)> {
    let (chatbot, _) = ctx.core.create_chatbot(key.0.workspace_id, body.try_into()?).await?;
    Ok((StatusCode::CREATED, Json(DataOut { data: chatbot.into() })))
}

async fn get_chatbot(
    State(ctx): State<Ctx>,
    key: Key,
    Segments(id, _): Segments<Conferbot, String>,
) -> Reply<Json<DataOut<ChatbotOut>>> {
    let (chatbot, counters) =
        ctx.core.chatbot_with_counters(key.0.workspace_id, id.parse()?).await?;
    Ok(Json(DataOut { data: ChatbotOut::new(chatbot, counters.conversations) }))
}

async fn update_chatbot(
    State(ctx): State<Ctx>,
    key: Key,
    Segments(id, _): Segments<Conferbot, String>,
    Body(body, _): Body<Conferbot, ChatbotPatchIn>,
) -> Reply<Json<DataOut<ChangedChatbotOut>>> {
    let patch = body.try_into()?;
    let chatbot = ctx.core.update_chatbot(key.0.workspace_id, id.parse()?, patch).await?;
    Ok(Json(DataOut { data: chatbot.into() }))
}

async fn delete_chatbot(
    State(ctx): State<Ctx>,
    key: Key,
    Segments(id, _): Segments<Conferbot, String>,
) -> Reply<Json<MessageOut>> {
    ctx.core.delete_chatbot(key.0.workspace_id, id.parse()?).await?;
    Ok(Json(MessageOut { message: "Chatbot deleted" }))
}

async fn duplicate_chatbot(
    State(ctx): State<Ctx>,
    key: Key,
    Segments(id, _): Segments<Conferbot, String>,
) -> Reply<(StatusCode, Json<DataOut<NewChatbotOut>>)> {
    let copy = ctx.core.duplicate_chatbot(key.0.workspace_id, id.parse()?).await?;
    Ok((StatusCode::CREATED, Json(DataOut { data: copy.into() })))
}
