use axum::{
    Json, Router,
    extract::State,
    routing::{get, post},
};
use colloquy_http::{Body, Ctx, Openbat, Problem, Segments, SignedIn};
use dialects::openbat::{ChatbotIn, ChatbotOut, ChatbotPatchIn, ChatbotWithKeyOut, OkOut};

type Reply<T> = Result<Json<T>, Problem<Openbat>>;

pub fn routes() -> Router<Ctx> {
    Router::new()
        .route("/api/v1/chatbots", get(list_chatbots).post(create_chatbot))
        .route(
            "/api/v1/chatbots/{id}",
            get(get_chatbot).patch(update_chatbot).delete(delete_chatbot),
        )
        .route("/api/v1/chatbots/{id}/rotate-key", post(rotate_key))
}

async fn list_chatbots(
    State(ctx): State<Ctx>,
    SignedIn(member): SignedIn,
) -> Reply<Vec<ChatbotOut>> {
    let chatbots = ctx.core.chatbots(member.workspace_id).await?;
    Ok(Json(chatbots.into_iter().map(ChatbotOut::from).collect()))
}

async fn create_chatbot(
    State(ctx): State<Ctx>,
    SignedIn(member): SignedIn,
    Body(body, _): Body<Openbat, ChatbotIn>,
) -> Reply<ChatbotWithKeyOut> {
    let (chatbot, key) = ctx.core.create_chatbot(member.workspace_id, body.try_into()?).await?;
    Ok(Json(ChatbotWithKeyOut::new(chatbot, key)))
}

async fn get_chatbot(
    State(ctx): State<Ctx>,
    SignedIn(member): SignedIn,
    Segments(id, _): Segments<Openbat, String>,
) -> Reply<ChatbotOut> {
    Ok(Json(ctx.core.chatbot(member.workspace_id, id.parse()?).await?.into()))
}

async fn update_chatbot(
    State(ctx): State<Ctx>,
    SignedIn(member): SignedIn,
    Segments(id, _): Segments<Openbat, String>,
    Body(body, _): Body<Openbat, ChatbotPatchIn>,
) -> Reply<ChatbotOut> {
    let patch = body.try_into()?;
    let chatbot = ctx.core.update_chatbot(member.workspace_id, id.parse()?, patch).await?;
    Ok(Json(chatbot.into()))
}

async fn delete_chatbot(
    State(ctx): State<Ctx>,
    SignedIn(member): SignedIn,
    Segments(id, _): Segments<Openbat, String>,
) -> Reply<OkOut> {
    ctx.core.delete_chatbot(member.workspace_id, id.parse()?).await?;
    Ok(Json(OkOut::DONE))
}

async fn rotate_key(
    State(ctx): State<Ctx>,
    SignedIn(member): SignedIn,
    Segments(id, _): Segments<Openbat, String>,
) -> Reply<ChatbotWithKeyOut> {
    let (chatbot, key) = ctx.core.rotate_key(member.workspace_id, id.parse()?).await?;
    Ok(Json(ChatbotWithKeyOut::new(chatbot, key)))
}
