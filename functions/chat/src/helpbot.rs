use axum::{Json, Router, extract::State, routing::post};
use colloquy_http::{Helpbot, Problem, SiteKey};
use dialects::helpbot::{ChatIn, ChatOut, FeedbackIn, HandoffIn, SuccessOut};
use domain::{
    Dialect, Error, Principal, bounds,
    conversation::{self, Ask, Handoff},
};

use crate::{Ctx, begin};

pub fn routes() -> Router<Ctx> {
    Router::new()
        .route("/api/v1/feedback", post(give_feedback))
        .route("/api/v1/handoff", post(hand_off))
}

pub async fn chat(
    ctx: Ctx,
    principal: Principal,
    body: &[u8],
) -> Result<Json<ChatOut>, Problem<Helpbot>> {
    let ask = Ask::try_from(colloquy_http::parse::<ChatIn>(body)?)?;
    let turn = begin(ctx, principal, Dialect::Helpbot, ask, None).await;
    Ok(Json(turn.map_err(Error::internal)??.into()))
}

async fn give_feedback(
    State(ctx): State<Ctx>,
    key: SiteKey,
) -> Result<Json<SuccessOut>, Problem<Helpbot>> {
    let FeedbackIn { conversation_id, helpful } = colloquy_http::parse(&key.body)?;
    let id = bounds::required("conversationId", conversation_id)?;
    let rating = conversation::helpful(helpful.as_deref())?;
    ctx.http.core.rate_conversation(key.chatbot, id.parse()?, rating).await?;
    Ok(Json(SuccessOut::DONE))
}

async fn hand_off(
    State(ctx): State<Ctx>,
    key: SiteKey,
) -> Result<Json<SuccessOut>, Problem<Helpbot>> {
    let HandoffIn { conversation_id, customer_email } = colloquy_http::parse(&key.body)?;
    let id = bounds::required("conversationId", conversation_id)?;
    let handoff = Handoff::answered_to(Dialect::Helpbot, customer_email.as_deref())?;
    ctx.http.core.hand_off(key.chatbot, id.parse()?, &handoff).await?;
    Ok(Json(SuccessOut::DONE))
}
