use std::convert::Infallible;

use axum::{
    Json,
    extract::State,
    response::{Sse, sse::Event},
};
use colloquy_http::{Body, ChatKey, PathParams, Problem};
use dialects::botplot::{
    Botplot, SuccessOut,
    chat::{ChatIn, ChatOut, HandoffIn, RatingIn, StreamEventOut, StreamOut},
    error::ErrorOut,
};
use domain::{
    Dialect, Error, Principal, Turn,
    conversation::{self, Ask, Handoff},
};
use futures::{Stream, StreamExt, stream};
use tokio::sync::mpsc;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Ctx, begin};

/// Pieces that wait for a slow client before the answer waits too.
const WAITING: usize = 64;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(stream_chat))
        .routes(routes!(rate_message))
        .routes(routes!(hand_off))
}

pub async fn chat(
    ctx: Ctx,
    principal: Principal,
    body: &[u8],
) -> Result<Json<ChatOut>, Problem<Botplot>> {
    let ask = Ask::try_from(colloquy_http::parse::<ChatIn>(body)?)?;
    let turn = begin(ctx, principal, Dialect::Botplot, ask, None).await;
    Ok(Json(turn.map_err(Error::internal)??.into()))
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
    Body(body, _): Body<Botplot, ChatIn>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem<Botplot>> {
    let ask = Ask::try_from(body)?;
    let (pieces, mut coming) = mpsc::channel(WAITING);
    let answer = begin(ctx, key.principal, Dialect::Botplot, ask, Some(pieces));
    let Some(first) = coming.recv().await else {
        let turn = answer.await.map_err(Error::internal)??;
        let lines = stream::iter([done(&turn)]).boxed();
        return Ok(Sse::new(lines.map(event).boxed()));
    };
    let tokens = stream::unfold(coming, |mut coming| async move {
        coming.recv().await.map(|piece| (token(piece), coming))
    });
    let end = stream::once(async move {
        match answer.await.map_err(Error::internal).and_then(|turn| turn) {
            Ok(turn) => done(&turn),
            Err(error) => broken(&error),
        }
    });
    let lines = stream::iter([token(first)]).chain(tokens).chain(end);
    Ok(Sse::new(lines.map(event).boxed()))
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
    ctx.http.core.rate(key.chatbot, id.parse()?, rating).await?;
    Ok(Json(SuccessOut::DONE))
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
    ctx.http.core.hand_off(key.chatbot, id.parse()?, &handoff).await?;
    Ok(Json(SuccessOut::DONE))
}

fn token(content: String) -> StreamOut {
    StreamOut::Token { content }
}

fn done(turn: &Turn) -> StreamOut {
    StreamOut::Done {
        message_id: turn.id.to_string(),
        conversation_id: turn.conversation_id.to_string(),
    }
}

fn broken(error: &Error) -> StreamOut {
    tracing::error!(%error, "a streamed answer broke off");
    let ErrorOut { code, error } = error.into();
    StreamOut::Error { code: code.to_owned(), error }
}

fn event(line: StreamOut) -> Result<Event, Infallible> {
    // Strings in an enum always serialize.
    Ok(Event::default().data(serde_json::to_string(&line).unwrap_or_default()))
}
