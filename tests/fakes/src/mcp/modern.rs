//! 2026-07-28: every request says all that it needs, and its headers repeat its body.

use std::sync::Arc;

use axum::{body::Body, http::Response};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use super::{
    McpAsked, McpMode, Shared,
    answer::{self, Outcome},
    legacy, tools,
};

const META: &str = "io.modelcontextprotocol/";

pub(super) async fn handle(
    shared: Arc<Shared>,
    mode: &McpMode,
    asked: &McpAsked,
) -> Response<Body> {
    let id = &asked.body["id"];
    let params = &asked.body["params"];
    if asked.header("mcp-session-id").is_some() {
        shared.complain("a session in a protocol that has none");
    }
    if let Some(mismatch) = mismatch(asked) {
        shared.complain(&mismatch);
        return answer::error(400, id, -32_020, &mismatch, &Value::Null);
    }
    if !mode.supported.iter().any(|version| version == "2026-07-28") {
        let data = json!({ "supported": mode.supported, "requested": "2026-07-28" });
        return answer::error(400, id, -32_022, "unsupported version", &data);
    }
    let outcome = match asked.method() {
        "server/discover" if !mode.no_discover => Outcome::Known(Ok(json!({
            "resultType": "complete",
            "supportedVersions": mode.supported,
            "capabilities": { "tools": {} },
            "instructions": mode.instructions,
            "ttlMs": 0,
            "cacheScope": "private",
        }))),
        "tools/list" => {
            let mut page = legacy::page(mode, params);
            page["resultType"] = json!("complete");
            page["ttlMs"] = json!(0);
            page["cacheScope"] = json!("private");
            Outcome::Known(Ok(page))
        }
        "tools/call" => {
            if let Some(missing) = missing_param(mode, asked) {
                return answer::error(400, id, -32_020, &missing, &Value::Null);
            }
            legacy::call(params)
        }
        method => {
            return answer::error(404, id, -32_601, &format!("no method {method}"), &Value::Null);
        }
    };
    answer::result(shared, mode, &asked.body, outcome).await
}

/// What the headers say that the body doesn't.
fn mismatch(asked: &McpAsked) -> Option<String> {
    let meta = &asked.body["params"]["_meta"];
    let version = meta[format!("{META}protocolVersion")].as_str();
    if version.is_none() || asked.header("mcp-protocol-version") != version {
        return Some("MCP-Protocol-Version is not that of the body".to_owned());
    }
    if !meta[format!("{META}clientCapabilities")].is_object() {
        return Some("no capabilities of the client".to_owned());
    }
    let info = &meta[format!("{META}clientInfo")];
    if !info["name"].is_string() || !info["version"].is_string() {
        return Some("no name or version of the client".to_owned());
    }
    if asked.header("mcp-method") != asked.body["method"].as_str() {
        return Some("Mcp-Method is not that of the body".to_owned());
    }
    let name = asked.header("mcp-name").map(unpacked);
    match (asked.method(), asked.body["params"]["name"].as_str()) {
        ("tools/call", called) if name.as_deref() != called => {
            Some("Mcp-Name is not that of the body".to_owned())
        }
        _ => None,
    }
}

/// The header of an argument that does not say what the argument says.
fn missing_param(mode: &McpMode, asked: &McpAsked) -> Option<String> {
    let params = &asked.body["params"];
    let listed = mode.tools.clone().unwrap_or_else(tools::all);
    let tool = listed.into_iter().find(|tool| tool["name"] == params["name"])?;
    let properties = tool["inputSchema"]["properties"].as_object()?;
    properties.iter().find_map(|(name, property)| {
        let header = property["x-mcp-header"].as_str()?;
        let expected = match &params["arguments"][name] {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        };
        let got = asked.header(&format!("mcp-param-{}", header.to_ascii_lowercase())).map(unpacked);
        (got != expected).then(|| format!("Mcp-Param-{header} is not that of the body"))
    })
}

fn unpacked(value: &str) -> String {
    let inner = value.strip_prefix("=?base64?").and_then(|rest| rest.strip_suffix("?="));
    let bytes = inner.and_then(|inner| BASE64_STANDARD.decode(inner).ok());
    let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
    text.unwrap_or_else(|| value.to_owned())
}
