use std::collections::BTreeMap;

use app::{access::conversation_tokens::ConversationTokens, conversations::visitor::offers};
use axum::{
    Json,
    extract::{FromRef, State},
    http::{HeaderMap, StatusCode},
};
use colloquy_http::{Body, CONVERSATION_TOKEN, Ctx, Params, PathParams, Problem};
use dialects::{
    colloquy::{
        inbox::MessageIn,
        widget::{MessageOut, MessagesOut, SentOut},
    },
    openbat::Openbat,
};
use domain::{ChatbotId, ConversationId, Result as DomainResult, inbox::direct_text};
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

type Reply<T> = Result<T, Problem<Openbat>>;

/// What these routes need.
#[derive(Clone)]
pub struct VisitorCtx {
    pub http: Ctx,
    pub tokens: ConversationTokens,
}

impl FromRef<VisitorCtx> for Ctx {
    fn from_ref(ctx: &VisitorCtx) -> Self {
        ctx.http.clone()
    }
}

pub const MESSAGES: &str = "/api/v1/widget/conversations/{id}/messages";

pub fn routes() -> OpenApiRouter<VisitorCtx> {
    OpenApiRouter::new().routes(routes!(list_visitor_messages, send_visitor_message))
}

/// The parameters of the path by name: the router around this one has named them before, which any
/// other type takes for a second value.
type Named = BTreeMap<String, String>;

/// The conversation of the path, and its chatbot, if the request shows its token.
async fn opened(
    ctx: &VisitorCtx,
    path: &Named,
    headers: &HeaderMap,
) -> DomainResult<(ChatbotId, ConversationId)> {
    let id: ConversationId = path.get("id").map_or("", String::as_str).parse()?;
    let token = headers.get(&CONVERSATION_TOKEN).and_then(|value| value.to_str().ok());
    Ok((ctx.tokens.open(token, id).await?, id))
}

#[derive(Debug, Deserialize)]
struct AfterParams {
    after: Option<String>,
}

/// List a visitor's messages
///
/// What was said in a conversation after the message `after`, or its newest hundred messages. A key
/// is not needed; the token alone opens the conversation.
#[utoipa::path(get, path = "/api/v1/widget/conversations/{id}/messages", tag = "widget",
    security(("conversationToken" = [])),
    params(
        ("id" = String, Path, description = "The conversation"),
        ("after" = Option<String>, Query, format = "uuid", description = "The last message seen")),
    responses((status = 200, body = MessagesOut)))]
async fn list_visitor_messages(
    State(ctx): State<VisitorCtx>,
    PathParams(path, _): PathParams<Openbat, Named>,
    Params(AfterParams { after }, _): Params<Openbat, AfterParams>,
    headers: HeaderMap,
) -> Reply<Json<MessagesOut>> {
    let (chatbot, id) = opened(&ctx, &path, &headers).await?;
    let after = after.as_deref().map(str::parse).transpose()?;
    let (conversation, messages) = ctx.http.app.visitor_messages(chatbot, id, after).await?;
    let messages = messages.into_iter().map(|message| {
        let offers = offers(&message);
        (message, offers)
    });
    Ok(Json(MessagesOut::new(&conversation, messages)))
}

/// Write to the person who answers
///
/// For a conversation that is handed off; otherwise 409, and the chatbot is asked as ever.
#[utoipa::path(post, path = "/api/v1/widget/conversations/{id}/messages", tag = "widget",
    security(("conversationToken" = [])),
    params(("id" = String, Path, description = "The conversation")),
    request_body = MessageIn,
    responses((status = 201, body = SentOut)))]
async fn send_visitor_message(
    State(ctx): State<VisitorCtx>,
    PathParams(path, _): PathParams<Openbat, Named>,
    headers: HeaderMap,
    Body(MessageIn { content }, _): Body<Openbat, MessageIn>,
) -> Reply<(StatusCode, Json<SentOut>)> {
    let (chatbot, id) = opened(&ctx, &path, &headers).await?;
    let text = direct_text(content.as_deref())?;
    let message = ctx.http.app.visitor_message(chatbot, id, text).await?;
    let message = MessageOut::new(message.into(), Vec::new());
    Ok((StatusCode::CREATED, Json(SentOut { message })))
}
