//! 2025-03-26 to 2025-11-25: a handshake, maybe a session, and requests of the server's own.

use std::{future::pending, sync::Arc};

use axum::{body::Body, http::Response};
use serde_json::{Value, json};
use tokio::sync::mpsc::channel;

use super::{
    Closing, McpAsked, McpMode, ProbeAnswer, Shared,
    answer::{self, Outcome},
    tools,
};

/// What is said to a request of 2026-07-28.
pub(super) async fn refuse_probe(mode: &McpMode, asked: &McpAsked) -> Response<Body> {
    let id = &asked.body["id"];
    match mode.probe {
        ProbeAnswer::NotInitialized => {
            let message = "Bad Request: Server not initialized";
            answer::error(400, &Value::Null, -32_000, message, &Value::Null)
        }
        ProbeAnswer::MethodNotFound => {
            answer::error(200, id, -32_601, "Method not found", &Value::Null)
        }
        ProbeAnswer::Page => answer::plain(404, "<h1>Not Found</h1>"),
        ProbeAnswer::OddResult => {
            answer::json(200, &json!({ "jsonrpc": "2.0", "id": id, "result": { "ok": true } }))
        }
        ProbeAnswer::Silence => pending().await,
        ProbeAnswer::Failure => answer::plain(500, "Internal Server Error"),
    }
}

pub(super) async fn handle(
    shared: Arc<Shared>,
    mode: &McpMode,
    asked: &McpAsked,
) -> Response<Body> {
    let id = &asked.body["id"];
    if asked.method() == "initialize" {
        return initialize(shared, mode, asked).await;
    }
    if let Some(refusal) = refusal(&shared, mode, asked) {
        return refusal;
    }
    let session = asked.header("mcp-session-id").unwrap_or_default().to_owned();
    if asked.body["method"].is_null() {
        // An answer to a request of ours.
        shared.replied.notify_one();
        return answer::plain(mode.accepts, "");
    }
    if id.is_null() {
        if asked.method() == "notifications/initialized" {
            shared.log().initialized.insert(session);
        }
        return answer::plain(mode.accepts, "");
    }
    if !shared.log().initialized.contains(&session) {
        shared.complain("a request before notifications/initialized");
    }
    let params = &asked.body["params"];
    let outcome = match asked.method() {
        "ping" => Outcome::Known(Ok(json!({}))),
        "tools/list" => Outcome::Known(Ok(page(mode, params))),
        "tools/call" => call(params),
        method => Outcome::Known(Err(json!({
            "code": -32_601,
            "message": format!("Method not found: {method}"),
        }))),
    };
    answer::result(shared, mode, &asked.body, outcome).await
}

async fn initialize(shared: Arc<Shared>, mode: &McpMode, asked: &McpAsked) -> Response<Body> {
    let params = &asked.body["params"];
    for (name, is_there) in [
        ("protocolVersion", params["protocolVersion"].is_string()),
        ("capabilities", params["capabilities"].is_object()),
        ("clientInfo", params["clientInfo"]["name"].is_string()),
    ] {
        if !is_there {
            shared.complain(&format!("initialize without {name}"));
        }
    }
    if asked.header("mcp-session-id").is_some() {
        shared.complain("initialize with a session");
    }
    let result = json!({
        "protocolVersion": mode.version,
        "capabilities": { "tools": { "listChanged": true } },
        "serverInfo": { "name": "fake", "version": "1" },
        "instructions": mode.instructions,
    });
    let session = mode.sessions.then(|| {
        let mut log = shared.log();
        log.begun += 1;
        let session = format!("session-{}", log.begun);
        log.sessions.insert(session.clone(), mode.session_dies_after.unwrap_or(usize::MAX));
        session
    });
    // The answer to a handshake has no tricks but its form.
    let mode = McpMode { chatters: false, asks_back: false, ..mode.clone() };
    let outcome = Outcome::Known(Ok(result));
    let mut response = answer::result(shared, &mode, &asked.body, outcome).await;
    if let Some(session) = session.and_then(|session| session.parse().ok()) {
        response.headers_mut().insert("Mcp-Session-Id", session);
    }
    response
}

/// Refuses what comes without its session or its version.
fn refusal(shared: &Shared, mode: &McpMode, asked: &McpAsked) -> Option<Response<Body>> {
    let id = &asked.body["id"];
    let version = asked.header("mcp-protocol-version");
    let expected = (mode.version != "2025-03-26").then_some(mode.version.as_str());
    if version != expected {
        shared.complain(&format!("MCP-Protocol-Version {version:?} in place of {expected:?}"));
        return Some(answer::error(400, id, -32_000, "Bad Request: wrong version", &Value::Null));
    }
    let session = asked.header("mcp-session-id");
    if !mode.sessions {
        if session.is_some() {
            shared.complain("a session that no one has begun");
        }
        return None;
    }
    let Some(session) = session else {
        shared.complain("a request without its session");
        let message = "Bad Request: Mcp-Session-Id header is required";
        return Some(answer::error(400, id, -32_000, message, &Value::Null));
    };
    let is_request = !id.is_null() && asked.body["method"].is_string();
    let mut log = shared.log();
    match log.sessions.get_mut(session) {
        Some(0) | None => {
            log.sessions.remove(session);
            Some(match mode.gone_is_400 {
                true => {
                    let message = "Bad Request: No valid session ID provided";
                    answer::error(400, &Value::Null, -32_000, message, &Value::Null)
                }
                false => {
                    answer::error(404, &Value::Null, -32_001, "Session not found", &Value::Null)
                }
            })
        }
        Some(left) if is_request => {
            *left -= 1;
            None
        }
        Some(_) => None,
    }
}

/// A page of the tools.
pub(super) fn page(mode: &McpMode, params: &Value) -> Value {
    let tools = mode.tools.clone().unwrap_or_else(tools::all);
    let cursor = params["cursor"].as_str().and_then(|cursor| cursor.strip_prefix("page-"));
    let first: usize = cursor.and_then(|cursor| cursor.parse().ok()).unwrap_or(0);
    let next = first + mode.page_size;
    let page: Vec<&Value> = tools.iter().skip(first).take(mode.page_size).collect();
    let mut result = json!({ "tools": page });
    if next < tools.len() {
        result["nextCursor"] = json!(format!("page-{next}"));
    } else if mode.cursor_loops {
        result["nextCursor"] = json!(format!("page-{}", mode.page_size));
    }
    result
}

pub(super) fn call(params: &Value) -> Outcome {
    Outcome::Tool {
        name: params["name"].as_str().unwrap_or_default().to_owned(),
        arguments: params["arguments"].clone(),
        token: params["_meta"]["progressToken"].clone(),
    }
}

/// A stream is continued, if the mode has it so.
pub(super) fn resume(shared: &Shared, mode: &McpMode, asked: &McpAsked) -> Response<Body> {
    let Some(last) = asked.header("last-event-id") else {
        shared.complain("a standing stream");
        return answer::plain(405, "");
    };
    if asked.header("accept") != Some("text/event-stream") {
        shared.complain("a GET that takes something else than a stream");
    }
    let (events, body) = channel(2);
    match mode.closing {
        Closing::Resumable => {
            if let Some(answer) = shared.log().kept.remove(last) {
                // There is room for it.
                let _ = events.try_send(answer);
            }
            answer::streamed(body)
        }
        Closing::Always => {
            let again = format!("id: {last}\nretry: 10\ndata:\n\n");
            let _ = events.try_send(again);
            answer::streamed(body)
        }
        _ => answer::plain(405, ""),
    }
}

pub(super) fn delete(shared: &Shared, mode: &McpMode, asked: &McpAsked) -> Response<Body> {
    let session = asked.header("mcp-session-id").unwrap_or_default();
    match mode.sessions && shared.log().sessions.remove(session).is_some() {
        true => answer::plain(200, ""),
        false => answer::plain(405, ""),
    }
}
