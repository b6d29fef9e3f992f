//! Chat and streamed chat, ratings and handoffs: what a visitor does. One router for all: the
//! `chat` function answers whole, `chat-stream` as the answer comes; the template says which route
//! goes where.

mod botplot;
mod colloquy;
mod helpbot;
mod mcp;
mod token;

use std::sync::Arc;

use ai::Builtin;
use app::{App, access::conversation_tokens::ConversationTokens, chat::turn::Chat};
use axum::{
    Router,
    extract::{FromRef, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use colloquy_http::SharedRoute;
use dialects::botplot_or_helpbot::{ChatIn, ChatOut, ErrorOut, Failures};
use domain::{KeyKind, Result};
use runtime::{Aws, Env};
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What this function needs.
#[derive(Clone)]
pub struct Ctx {
    http: colloquy_http::Ctx,
    app: App,
    chat: Chat,
    tokens: ConversationTokens,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        let mut http = colloquy_http::Ctx::new(env, aws).await?;
        http.app = http.app.with_semantics(aws.semantics(env)?);
        let chat =
            Chat::new(http.app.clone(), Arc::new(Builtin), aws.integrations(env, http.app.clone()));
        Ok(Self { app: http.app.clone(), http, chat, tokens: aws.conversation_tokens(env) })
    }
}

impl FromRef<Ctx> for colloquy_http::Ctx {
    fn from_ref(ctx: &Ctx) -> Self {
        ctx.http.clone()
    }
}

fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .merge(botplot::routes())
        .merge(helpbot::routes())
        .merge(colloquy::routes())
        .merge(mcp::routes())
        .routes(routes!(chat))
}

/// The routes of this function.
pub fn router(ctx: Ctx) -> Router {
    let http = ctx.http.clone();
    let (routes, _) = routes().split_for_parts();
    colloquy_http::open_to_browsers(colloquy_http::finish(routes.with_state(ctx), &http))
}

/// What its routes take and answer.
pub fn openapi() -> OpenApi {
    routes().into_openapi()
}

/// Send a message, or ask a question
///
/// Documented in two dialects: the key decides which one it is. With a chatbot's public key, a
/// message is answered in its conversation, or in a new one. With a site's key, a question is
/// answered from its sources; it takes a credit of the month. The header `x-conversation-token` of an
/// answer that opens a conversation lets its visitor read it again.
#[utoipa::path(post, path = "/api/v1/chat", tags = ["botplot", "helpbot"],
    security(
        ("botplotPublic" = []),
        ("botplotSecret" = []),
        ("helpbot" = []),
        ("helpbotQuery" = []),
    ),
    request_body(content = ChatIn, examples(
        ("botplot" = (value = json!({"message": "What is your return policy?"}))),
        ("helpbot" = (value = json!({"question": "How do I get started?"}))),
    )),
    responses((status = 200, body = ChatOut, examples(
        ("botplot" = (value = json!({
            "response": "Our return policy allows returns within 30 days of purchase...",
            "conversationId": "550e8400-e29b-41d4-a716-446655440000",
            "messageId": "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
            "sources": 3,
        }))),
        ("helpbot" = (value = json!({
            "answer": "Open an account, then add the address of your FAQ.",
            "sources": ["https://example.com/faq"],
            "conversationId": "550e8400-e29b-41d4-a716-446655440000",
        }))),
    )), (status = 400, description = "The request breaks a rule.", body = ErrorOut), Failures))]
async fn chat(
    State(ctx): State<Ctx>,
    headers: HeaderMap,
    SharedRoute { principal, body }: SharedRoute,
) -> Response {
    match principal.kind {
        KeyKind::Site | KeyKind::Widget => {
            helpbot::chat(ctx, principal, &headers, &body).await.into_response()
        }
        // An openbat key speaks botplot here; keys of a workspace are refused before.
        KeyKind::Public | KeyKind::Secret | KeyKind::Workspace => {
            botplot::chat(ctx, principal, &headers, &body).await.into_response()
        }
    }
}
