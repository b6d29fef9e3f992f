//! The tools of the server, and what they do.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc::Sender;

use super::{Shared, answer};

/// A tool that takes texts of these names.
fn tool(name: &str, arguments: &[&str]) -> Value {
    let property = |name: &&str| ((*name).to_owned(), json!({ "type": "string" }));
    let properties: serde_json::Map<String, Value> = arguments.iter().map(property).collect();
    json!({
        "name": name,
        "description": format!("The tool {name}."),
        "inputSchema": { "type": "object", "properties": properties },
    })
}

fn with(mut tool: Value, key: &str, value: Value) -> Value {
    tool[key] = value;
    tool
}

/// One for each way in which tools differ.
pub(super) fn all() -> Vec<Value> {
    let any_of = json!({ "anyOf": [
        { "type": "object", "properties": { "page": { "type": "string" } }, "required": ["page"] },
        { "type": "object", "properties": { "database": { "type": "string" } }, "required": ["database"] },
    ]});
    let region = json!({ "type": "object", "properties": {
        "region": { "type": "string", "x-mcp-header": "Region" },
    }});
    vec![
        // Repeats its arguments.
        with(tool("echo", &["text"]), "annotations", json!({ "readOnlyHint": true })),
        // Does something that must not be done twice.
        tool("order", &["item"]),
        // Does something that may be done twice.
        with(tool("put", &["item"]), "annotations", json!({ "idempotentHint": true })),
        // Fails in its own words.
        tool("fails", &[]),
        // The server refuses the call.
        tool("refused", &[]),
        // 300 KB of text.
        tool("big", &[]),
        // A structure and no text.
        tool("structured", &[]),
        // An image, a link and a resource.
        tool("binary", &[]),
        // Returns the key that the server was asked with.
        tool("leaks", &[]),
        // Wants input from a person.
        tool("asks", &[]),
        // Answers when the test says so.
        tool("wait", &[]),
        // Tells of its progress for a while.
        tool("slow", &[]),
        with(tool("notion", &[]), "inputSchema", any_of),
        with(tool("region", &[]), "inputSchema", region),
        tool("dotted.name", &[]),
        tool("dotted name", &[]),
        tool("dotted_name", &[]),
        tool("Größe/日本", &[]),
    ]
}

/// Runs a tool: its result, or an error of JSON-RPC.
pub(super) async fn run(
    shared: &Shared,
    name: &str,
    arguments: &Value,
    token: &Value,
    events: Option<&Sender<String>>,
) -> Result<Value, Value> {
    let listed = shared.mode().tools.unwrap_or_else(all);
    if !listed.iter().any(|tool| tool["name"] == name) {
        return Err(json!({ "code": -32_602, "message": format!("Unknown tool: {name}") }));
    }
    if name == "refused" {
        return Err(json!({ "code": -32_602, "message": "bad arguments" }));
    }
    shared.log().ran.push((name.to_owned(), arguments.clone()));
    let text = |text: &str| json!([{ "type": "text", "text": text }]);
    Ok(match name {
        "fails" => json!({ "content": text("no such order"), "isError": true }),
        "big" => json!({ "content": text(&format!("HEAD{}TAIL", "x".repeat(300_000))) }),
        "structured" => json!({ "content": [], "structuredContent": { "total": 7 } }),
        "binary" => json!({ "content": [
            { "type": "image", "data": "QUJD".repeat(4_096), "mimeType": "image/png" },
            { "type": "resource_link", "uri": "http://169.254.169.254/", "name": "metadata" },
            { "type": "resource", "resource": { "uri": "file:///a", "text": "inside" } },
        ]}),
        "leaks" => {
            let asked = shared.log().asked.last().cloned();
            let key = asked.as_ref().and_then(|asked| asked.header("authorization"));
            json!({ "content": text(&format!("asked with {}", key.unwrap_or("nothing"))) })
        }
        "asks" => {
            json!({ "resultType": "input_required", "inputRequests": {}, "requestState": "x" })
        }
        "wait" => {
            shared.release.notified().await;
            json!({ "content": text("released") })
        }
        "slow" => {
            progress(token, events).await;
            json!({ "content": text("slow but sure") })
        }
        _ => json!({ "content": text(&arguments.to_string()) }),
    })
}

/// Three seconds of progress.
async fn progress(token: &Value, events: Option<&Sender<String>>) {
    for step in 0..12 {
        tokio::time::sleep(Duration::from_millis(250)).await;
        if let Some(events) = events {
            let params = json!({ "progressToken": token, "progress": step, "total": 12 });
            let message =
                json!({ "jsonrpc": "2.0", "method": "notifications/progress", "params": params });
            // A client that has left hears nothing.
            let _ = events.send(answer::event(&message)).await;
        }
    }
}
