use app::chat::turn::ReplyMode;
use axum::{Json, extract::State, http::HeaderMap, response::IntoResponse};
use colloquy_http::{Problem, SiteKey};
use dialects::helpbot::{
    Helpbot, SuccessOut,
    chat::{ChatIn, ChatOut, FeedbackIn, HandoffIn},
};
use domain::{
    Dialect, Principal, bounds,
    conversation::{self, ChatRequest, Handoff},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Ctx, token};

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(give_feedback)).routes(routes!(hand_off))
}

pub async fn chat(
    ctx: Ctx,
    principal: Principal,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<impl IntoResponse, Problem<Helpbot>> {
    let request = ChatRequest::try_from(colloquy_http::parse::<ChatIn>(body)?)?;
    let chatbot = principal.may_chat()?;
    let turn = ctx.chat.begin(principal, Dialect::Helpbot, request, ReplyMode::Whole);
    let token = token::header(&ctx.tokens, chatbot, turn.conversation(), headers);
    let (turn, token) = tokio::join!(turn.collect(), token);
    Ok((token, Json(ChatOut::from(turn?))))
}

/// Submit feedback
///
/// Record whether the AI answer was helpful.
#[utoipa::path(post, path = "/api/v1/feedback", tag = "helpbot",
    security(("helpbot" = []), ("helpbotQuery" = [])),
    request_body = FeedbackIn,
    responses((status = 200, body = SuccessOut)))]
async fn give_feedback(
    State(ctx): State<Ctx>,
    key: SiteKey,
) -> Result<Json<SuccessOut>, Problem<Helpbot>> {
    let FeedbackIn { conversation_id, helpful, api_key: _ } = colloquy_http::parse(&key.body)?;
    let id = bounds::required("conversationId", conversation_id)?;
    let rating = conversation::helpful(helpful.as_deref())?;
    ctx.app.rate_conversation(key.chatbot, id.parse()?, rating).await?;
    Ok(Json(SuccessOut::DONE))
}

/// Request human handoff
///
/// Marks the conversation as handed off and sends an e-mail to the site's owner.
#[utoipa::path(post, path = "/api/v1/handoff", tag = "helpbot",
    security(("helpbot" = []), ("helpbotQuery" = [])),
    request_body = HandoffIn,
    responses((status = 200, body = SuccessOut)))]
async fn hand_off(
    State(ctx): State<Ctx>,
    key: SiteKey,
) -> Result<Json<SuccessOut>, Problem<Helpbot>> {
    let HandoffIn { conversation_id, customer_email, api_key: _ } =
        colloquy_http::parse(&key.body)?;
    let id = bounds::required("conversationId", conversation_id)?;
    let handoff = Handoff::answered_to(Dialect::Helpbot, customer_email.as_deref())?;
    ctx.app.hand_off(key.chatbot, id.parse()?, &handoff).await?;
    Ok(Json(SuccessOut::DONE))
}
