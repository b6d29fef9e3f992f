//! Chat and streamed chat, ratings and handoffs: what a visitor does. One router for all: the
//! `chat` function answers whole, `chat-stream` as the answer comes; the template says which route
//! goes where.

mod botplot;
mod helpbot;

use std::sync::Arc;

use ai::Extractive;
use app::chat::{Chat, Pieces};
use axum::{
    Router,
    extract::{FromRef, State},
    response::{IntoResponse, Response},
    routing::post,
};
use colloquy_http::SharedRoute;
use domain::{Dialect, Principal, Result, Turn, conversation::Ask};
use runtime::{Aws, Env};
use store::meter::Meter;
use tokio::task::JoinHandle;
use tracing::Instrument;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// What this function needs.
#[derive(Clone)]
pub struct Ctx {
    http: colloquy_http::Ctx,
    chat: Chat,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        let http = colloquy_http::Ctx::new(env, aws).await?;
        let chat = Chat::new(http.core.clone(), Arc::new(Extractive));
        Ok(Self { http, chat })
    }
}

impl FromRef<Ctx> for colloquy_http::Ctx {
    fn from_ref(ctx: &Ctx) -> Self {
        ctx.http.clone()
    }
}

fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .merge(botplot::routes().into())
        .merge(helpbot::routes().into())
        .route("/api/v1/chat", post(chat))
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

/// Documented twice, with different shapes: a key speaks one dialect, and that decides.
async fn chat(State(ctx): State<Ctx>, SharedRoute { principal, body }: SharedRoute) -> Response {
    match principal.dialect {
        Dialect::Helpbot => helpbot::chat(ctx, principal, &body).await.into_response(),
        _ => botplot::chat(ctx, principal, &body).await.into_response(),
    }
}

/// Answers on a task of its own: a client that goes away takes only its connection along, the
/// answer is stored all the same.
fn begin(
    ctx: Ctx,
    principal: Principal,
    dialect: Dialect,
    ask: Ask,
    pieces: Option<Pieces>,
) -> JoinHandle<Result<Turn>> {
    let meter = Meter::current();
    let span = tracing::Span::current();
    let work = async move { ctx.chat.ask(&principal, dialect, ask, pieces.as_ref()).await };
    tokio::spawn(async move { meter.scope(work).await }.instrument(span))
}
