use std::convert::Infallible;

use app::chat::turn::{ReplyMode, TurnEvent};
use axum::{
    Json,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Sse, sse::Event},
};
use colloquy_http::{Body, ChatKey, PathParams, Problem, SecretKey, StreamOutcome};
use dialects::botplot::{
    Botplot, SuccessOut,
    chat::{ChatIn, ChatOut, HandoffIn, RatingIn, StreamEventOut, StreamOut},
    traces::TraceOut,
};
use domain::{
    Dialect, Error, Principal,
    conversation::{self, ChatRequest, Handoff},
};
use futures::{StreamExt, stream};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Ctx, token};

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(stream_chat))
        .routes(routes!(rate_message))
        .routes(routes!(get_trace))
        .routes(routes!(hand_off))
}

pub async fn chat(
    ctx: Ctx,
    principal: Principal,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<impl IntoResponse, Problem<Botplot>> {
    let request = ChatRequest::try_from(colloquy_http::parse::<ChatIn>(body)?)?;
    let chatbot = principal.may_chat()?;
    let turn = ctx.chat.begin(principal, Dialect::Botplot, request, ReplyMode::Whole);
    let token = token::header(&ctx.tokens, chatbot, turn.conversation(), headers);
    let (turn, token) = tokio::join!(turn.collect(), token);
    Ok((token, Json(ChatOut::from(turn?))))
}

/// Stream a chat response
///
/// Sends a message; the answer comes as server-sent events, piece by piece. The last line is of
/// type `done`, or `error` with `code` and `error` if it broke off. A failure before the first
/// piece is an error response like any other.
#[utoipa::path(post, path = "/api/v1/chat/stream", tag = "botplot",
    security(("botplotPublic" = []), ("botplotSecret" = [])),
    request_body = ChatIn,
    responses((status = 200, content_type = "text/event-stream", body = StreamEventOut,
        example = "data: {\"type\":\"token\",\"content\":\"To\"}\n\n\
            data: {\"type\":\"token\",\"content\":\" get\"}\n\n\
            data: {\"type\":\"token\",\"content\":\" started\"}\n\n\
            data: {\"type\":\"done\",\"messageId\":\"...\",\"conversationId\":\"...\"}\n\n")))]
async fn stream_chat(
    State(ctx): State<Ctx>,
    key: ChatKey<Botplot>,
    headers: HeaderMap,
    Body(body, _): Body<Botplot, ChatIn>,
) -> Result<impl IntoResponse, Problem<Botplot>> {
    let request = ChatRequest::try_from(body)?;
    let mut turn = ctx.chat.begin(key.principal, Dialect::Botplot, request, ReplyMode::Streamed);
    let token = token::header(&ctx.tokens, key.chatbot, turn.conversation(), &headers);
    let (first, token) = tokio::join!(turn.next(), token);
    let first = match first {
        TurnEvent::Failed(error) => return Err(error.into()),
        first @ (TurnEvent::Delta(_) | TurnEvent::Completed(_)) => first,
    };
    let more = matches!(first, TurnEvent::Delta(_)).then(|| turn.into_stream());
    let outcome = StreamOutcome::default();
    let ended = outcome.clone();
    let events = stream::iter([first]).chain(stream::iter(more).flatten());
    let lines = events.map(move |event| Ok::<_, Infallible>(sse(line(event, &ended))));
    Ok((token, outcome, Sse::new(lines)))
}

/// Rate a message
///
/// What a visitor thinks of an answer; a new rating replaces the one before.
#[utoipa::path(post, path = "/api/v1/messages/{id}/rating", tag = "botplot",
    security(("botplotPublic" = []), ("botplotSecret" = [])),
    params(("id" = String, Path, format = "uuid", description = "An answer's message")),
    request_body = RatingIn,
    responses((status = 200, body = SuccessOut)))]
async fn rate_message(
    State(ctx): State<Ctx>,
    key: ChatKey<Botplot>,
    PathParams(id, _): PathParams<Botplot, String>,
    Body(RatingIn { rating }, _): Body<Botplot, RatingIn>,
) -> Result<Json<SuccessOut>, Problem<Botplot>> {
    let rating = conversation::rating(rating)?;
    ctx.app.rate(key.chatbot, id.parse()?, rating).await?;
    Ok(Json(SuccessOut::DONE))
}

/// Get what led to an answer
///
/// What was searched and found, with scores; which AI backend was asked what, and how long everything took.
/// It is kept for 30 days while the chatbot's setting `traces` is `true`. It holds no keys and no headers.
#[utoipa::path(get, path = "/api/v1/messages/{id}/trace", tag = "botplot",
    security(("botplotSecret" = [])),
    params(("id" = String, Path, format = "uuid", description = "An answer's message")),
    responses((status = 200, body = TraceOut)))]
async fn get_trace(
    State(ctx): State<Ctx>,
    key: SecretKey<Botplot>,
    PathParams(id, _): PathParams<Botplot, String>,
) -> Result<Json<TraceOut>, Problem<Botplot>> {
    // No answer, another chatbot's and one without a trace are all alike.
    let answer = id.parse().map_err(|_| Error::not_found("trace"))?;
    Ok(Json(ctx.app.trace(key.chatbot, answer).await?.into()))
}

/// Request human support
///
/// The chatbot is silent in the conversation from then on.
#[utoipa::path(post, path = "/api/v1/conversations/{id}/handoff", tag = "botplot",
    security(("botplotPublic" = []), ("botplotSecret" = [])),
    params(("id" = String, Path, format = "uuid", description = "The conversation")),
    request_body = HandoffIn,
    responses((status = 200, body = SuccessOut)))]
async fn hand_off(
    State(ctx): State<Ctx>,
    key: ChatKey<Botplot>,
    PathParams(id, _): PathParams<Botplot, String>,
    Body(HandoffIn { reason }, _): Body<Botplot, HandoffIn>,
) -> Result<Json<SuccessOut>, Problem<Botplot>> {
    let handoff = Handoff::because(Dialect::Botplot, reason.as_deref())?;
    ctx.app.hand_off(key.chatbot, id.parse()?, &handoff).await?;
    Ok(Json(SuccessOut::DONE))
}

/// What the client reads of a turn's event. `outcome` learns whether it was the end.
fn line(event: TurnEvent, outcome: &StreamOutcome) -> StreamOut {
    match event {
        TurnEvent::Delta(content) => StreamOut::Token { content },
        TurnEvent::Completed(turn) => {
            outcome.completed();
            StreamOut::from(&*turn)
        }
        TurnEvent::Failed(error) => {
            tracing::error!(%error, "a streamed answer broke off");
            StreamOut::from(&error)
        }
    }
}

fn sse(line: StreamOut) -> Event {
    // Strings in an enum always serialize.
    Event::default().data(serde_json::to_string(&line).unwrap_or_default())
}
