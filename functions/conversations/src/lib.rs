//! Conversations, in every dialect that has them; a team's inbox, and a visitor's way back.

mod botplot;
mod chatbotplatform;
mod colloquy;
mod conferbot;
mod erasures;
mod helpbot;

use app::access::conversation_tokens::ConversationTokens;
use axum::{
    Router,
    extract::State,
    http::Uri,
    response::{IntoResponse, Response},
    routing::any_service,
};
use colloquy_http::SharedManagement;
use dialects::{
    botplot::conversations::Status,
    botplot_or_helpbot::{ConversationsOut, ErrorOut, Failures},
    helpbot::{
        analytics::Range,
        conversations::{Filter, Sort},
    },
};
use domain::{KeyKind, Result};
use runtime::{Aws, Env};
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What this function needs.
#[derive(Clone)]
pub struct Ctx {
    http: colloquy_http::Ctx,
    tokens: ConversationTokens,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        let http = colloquy_http::Ctx::new(env, aws).await?;
        Ok(Self { http, tokens: aws.conversation_tokens(env) })
    }
}

fn routes() -> OpenApiRouter<colloquy_http::Ctx> {
    OpenApiRouter::new()
        .merge(botplot::routes())
        .merge(chatbotplatform::routes())
        .merge(conferbot::routes())
        .merge(erasures::routes())
        .merge(colloquy::inbox::routes())
        .merge(colloquy::retention::routes())
        .merge(colloquy::visitors::routes())
        .routes(routes!(list_conversations))
}

/// The routes of this function. What a visitor reads is read from any page; nothing else here is.
pub fn router(ctx: Ctx) -> Router {
    let Ctx { http, tokens } = ctx;
    let (visitor, _) = colloquy::visitor::routes().split_for_parts();
    let visitor = visitor.with_state(colloquy::visitor::VisitorCtx { http: http.clone(), tokens });
    let visitor = colloquy_http::open_to_browsers(colloquy_http::finish(visitor, &http));
    let (routes, _) = routes().split_for_parts();
    // Beside the other router and not merged with it: what opens the one must not open the other.
    colloquy_http::finish(routes.with_state(http.clone()), &http)
        .route(colloquy::visitor::MESSAGES, any_service(visitor))
}

/// What its routes take and answer.
pub fn openapi() -> OpenApi {
    let mut all = routes().into_openapi();
    all.merge(colloquy::visitor::routes().into_openapi());
    all
}

/// List conversations
///
/// Documented in two dialects: the key decides which one it is. What the other one takes is
/// ignored. With a site's key it requires the pro plan (Growth).
#[utoipa::path(get, path = "/api/v1/conversations", tags = ["botplot", "helpbot"],
    security(("botplotSecret" = []), ("helpbot" = []), ("helpbotQuery" = [])),
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100, description = "default 20"),
        ("offset" = Option<u32>, Query, maximum = 10000000,
            description = "botplot: how many to skip; 10000 at most with a status"),
        ("status" = inline(Option<Status>), Query, description = "botplot: only those"),
        ("range" = inline(Option<Range>), Query,
            description = "helpbot: the last days, today included; default `30d`"),
        ("page" = Option<u32>, Query, minimum = 1, description = "helpbot: default 1"),
        ("filter" = inline(Option<Filter>), Query, description = "helpbot: only those"),
        ("search" = Option<String>, Query, max_length = 100,
            description = "helpbot: what the question or the answer contains"),
        ("sessionId" = Option<String>, Query, min_length = 1, max_length = 128, pattern = r"\S",
            description = "helpbot: only those of the session"),
        ("sort" = inline(Option<Sort>), Query, description = "helpbot: default `newest`"),
    ),
    responses((status = 200, body = ConversationsOut, examples(
        ("botplot" = (value = json!({
            "conversations": [{
                "id": "550e8400-e29b-41d4-a716-446655440000",
                "visitorId": "visitor_abc",
                "status": "active",
                "overallRating": 1,
                "handoffStatus": "none",
                "messageCount": 4,
                "firstMessage": "Hi, I have a question...",
                "createdAt": "2026-02-15T10:30:00.000Z",
            }],
            "total": 42,
        }))),
        ("helpbot" = (value = json!({
            "conversations": [{
                "id": "550e8400-e29b-41d4-a716-446655440000",
                "sessionId": "session_abc",
                "question": "How do I get started?",
                "answer": "Open an account, then add the address of your FAQ.",
                "sources": ["https://example.com/faq"],
                "helpful": "yes",
                "handoff": false,
                "unanswered": false,
                "createdAt": "2026-02-15T10:30:00.000Z",
            }],
            "totalDocs": 42,
            "page": 1,
            "totalPages": 3,
            "limit": 20,
        }))),
    )), (status = 400, description = "The request breaks a rule.", body = ErrorOut), Failures))]
async fn list_conversations(
    State(ctx): State<colloquy_http::Ctx>,
    uri: Uri,
    SharedManagement(principal): SharedManagement,
) -> Response {
    match principal.kind {
        KeyKind::Site | KeyKind::Widget => {
            helpbot::list_conversations(ctx, principal, &uri).await.into_response()
        }
        // An openbat key speaks botplot here; keys of a workspace are refused before.
        KeyKind::Public | KeyKind::Secret | KeyKind::Workspace => {
            botplot::list_conversations(ctx, principal, &uri).await.into_response()
        }
    }
}
