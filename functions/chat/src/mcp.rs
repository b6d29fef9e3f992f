use app::chat::turn::ReplyMode;
use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header::ORIGIN},
    response::{IntoResponse, Response},
};
use colloquy_http::{Problem, SecretKey};
use dialects::{
    botplot::Botplot,
    colloquy::mcp::{self, McpCall, McpHead, McpIn, SEARCH_KNOWLEDGE},
};
use domain::{Dialect, Error, ErrorKind, Principal, Result, conversation::ChatRequest};
use serde_json::Value;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Ctx;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(serve_mcp))
}

/// Serve knowledge over MCP
///
/// An MCP server over Streamable HTTP, in the versions 2025-03-26 to 2025-11-25 and 2026-07-28, for any agent
/// that speaks it. With a chatbot's secret key it has two tools: `search_knowledge` returns passages of what
/// the chatbot knows, `ask` its answer, in a conversation that is kept. It keeps no session and answers no
/// request with a stream. A request that names an `Origin` is refused.
#[utoipa::path(post, path = "/mcp", tag = "botplot",
    security(("botplotSecret" = [])),
    request_body(content = Object, description = "A JSON-RPC request or notification",
        example = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})),
    responses(
        (status = 200, body = Object, description = "A JSON-RPC response"),
        (status = 400, body = Object,
            description = "A JSON-RPC error: no request of this protocol"),
        (status = 404, body = Object, description = "A JSON-RPC error: no such method")))]
async fn serve_mcp(
    State(ctx): State<Ctx>,
    key: SecretKey<Botplot>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem<Botplot>> {
    // No page of any origin has a reason to call it.
    if headers.contains_key(ORIGIN) {
        let message = "a request to the MCP server must not come from a page";
        return Err(Error::new(ErrorKind::Forbidden, message).into());
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let head = McpHead {
        version: text("mcp-protocol-version"),
        method: text("mcp-method"),
        name: text("mcp-name"),
    };
    Ok(match mcp::read(head, &body) {
        McpIn::Answered(status, body) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
            (status, Json(body)).into_response()
        }
        McpIn::Notified => StatusCode::ACCEPTED.into_response(),
        McpIn::Called(call) => Json(called(&ctx, key.principal, call).await?).into_response(),
    })
}

/// What a tool says. What is wrong with its arguments is a result that a model can correct itself by.
async fn called(ctx: &Ctx, principal: Principal, call: McpCall) -> Result<Value> {
    let said = match call.name.as_str() {
        SEARCH_KNOWLEDGE => {
            let query = call.text("query").unwrap_or_default();
            ctx.chat.search(&principal, query).await.map(|text| (text, None))
        }
        _ => ask(ctx, principal, &call).await,
    };
    match said {
        Ok((text, structured)) => Ok(call.answer(&text, structured, false)),
        Err(error) if error.kind == ErrorKind::Internal => Err(error),
        Err(error) => Ok(call.answer(&error.message, None, true)),
    }
}

async fn ask(ctx: &Ctx, principal: Principal, call: &McpCall) -> Result<(String, Option<Value>)> {
    let conversation = call.text("conversationId").filter(|id| !id.is_empty());
    let question = call.text("question").unwrap_or_default();
    let request = ChatRequest::new(Some(question), conversation, None)?;
    let turn = ctx.chat.begin(principal, Dialect::Botplot, request, ReplyMode::Whole);
    let turn = turn.collect().await?;
    Ok((turn.answer.clone(), Some(mcp::asked(&turn))))
}
