//! A chatbot's knowledge as an MCP server over Streamable HTTP: JSON-RPC in a POST, in both eras of the
//! protocol. Versions up to 2025-11-25 begin with a handshake (no session is kept); 2026-07-28 names its
//! version in every request. No request is answered with a stream.

use serde_json::{Map, Value, json};

/// Versions with a handshake, newest first.
const LEGACY: [&str; 3] = ["2025-11-25", "2025-06-18", "2025-03-26"];
/// The version without one.
const MODERN: &str = "2026-07-28";
/// How long a list of tools stays as it is, in milliseconds.
const TTL_MS: u64 = 60 * 60 * 1_000;
/// The tool that searches.
pub const SEARCH_KNOWLEDGE: &str = "search_knowledge";
/// The tool that answers.
pub const ASK: &str = "ask";
/// What a model is told about the server.
const INSTRUCTIONS: &str = "Tools over the knowledge of one chatbot: search_knowledge returns passages, ask returns the \
    chatbot's own answer.";

const PARSE: i32 = -32_700;
const INVALID_REQUEST: i32 = -32_600;
const METHOD_NOT_FOUND: i32 = -32_601;
const INVALID_PARAMS: i32 = -32_602;
const HEADER_MISMATCH: i32 = -32_020;
const UNSUPPORTED_VERSION: i32 = -32_022;

/// What the head of a request says about it.
#[derive(Debug, Clone, Copy, Default)]
pub struct McpHead<'a> {
    /// `MCP-Protocol-Version`
    pub version: Option<&'a str>,
    /// `Mcp-Method`
    pub method: Option<&'a str>,
    /// `Mcp-Name`
    pub name: Option<&'a str>,
}

/// What a request asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum McpIn {
    /// Nothing that needs a use case: the status and the body of the response.
    Answered(u16, Value),
    /// A notification: accepted, without a body.
    Notified,
    /// A call of a tool.
    Called(McpCall),
}

/// A call of one of the tools.
#[derive(Debug, Clone, PartialEq)]
pub struct McpCall {
    id: Value,
    modern: bool,
    /// The tool.
    pub name: String,
    /// Its arguments.
    pub arguments: Map<String, Value>,
}

impl McpCall {
    /// The argument `name`, if it is a text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.arguments.get(name).and_then(Value::as_str)
    }

    /// The response that tells what the tool said; `structured` is the same for programs.
    pub fn answer(self, text: &str, structured: Option<Value>, is_error: bool) -> Value {
        let mut result = json!({
            "content": [{"type": "text", "text": text}], "isError": is_error,
        });
        if let Some(structured) = structured {
            result["structuredContent"] = structured;
        }
        done(&self.id, self.modern, result)
    }
}

fn done(id: &Value, modern: bool, mut result: Value) -> Value {
    if modern {
        result["resultType"] = json!("complete");
    }
    json!({"jsonrpc": "2.0", "id": id, "result": result})
}

fn error(id: &Value, code: i32, message: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}})
}

/// Reads a request.
pub fn read(head: McpHead<'_>, body: &[u8]) -> McpIn {
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        return McpIn::Answered(400, error(&Value::Null, PARSE, "the body must be JSON"));
    };
    let id = body.get("id").filter(|id| id.is_string() || id.is_number());
    let Some(method) = body.get("method").and_then(Value::as_str) else {
        let message = "the body must be one JSON-RPC request";
        return McpIn::Answered(400, error(&Value::Null, INVALID_REQUEST, message));
    };
    let Some(id) = id else { return McpIn::Notified };
    let none = Value::Object(Map::new());
    let params = body.get("params").unwrap_or(&none);
    let claimed = params["_meta"]["io.modelcontextprotocol/protocolVersion"].as_str();
    // Only the later era says its version in the body.
    match claimed {
        Some(version) => modern(head, id, method, params, version),
        None if head.version == Some(MODERN) => {
            McpIn::Answered(400, error(id, HEADER_MISMATCH, "params._meta must name the version"))
        }
        None => legacy(head, id, method, params),
    }
}

fn modern(head: McpHead<'_>, id: &Value, method: &str, params: &Value, version: &str) -> McpIn {
    if version != MODERN {
        let mut answer = error(id, UNSUPPORTED_VERSION, "unsupported protocol version");
        let supported: Vec<&str> = std::iter::once(MODERN).chain(LEGACY).collect();
        answer["error"]["data"] = json!({"supported": supported, "requested": version});
        return McpIn::Answered(400, answer);
    }
    let name = (method == "tools/call").then(|| params["name"].as_str()).flatten();
    let same = head.version == Some(version) && head.method == Some(method);
    if !same || (method == "tools/call" && head.name.map(decoded).as_deref() != name) {
        let message = "MCP-Protocol-Version, Mcp-Method and Mcp-Name must say what the body says";
        return McpIn::Answered(400, error(id, HEADER_MISMATCH, message));
    }
    let cached = |mut result: Value| {
        result["ttlMs"] = json!(TTL_MS);
        result["cacheScope"] = json!("public");
        McpIn::Answered(200, done(id, true, result))
    };
    match method {
        "server/discover" => cached(json!({
            "supportedVersions": [MODERN], "capabilities": {"tools": {}},
            "instructions": INSTRUCTIONS,
        })),
        "tools/list" => cached(json!({ "tools": tools() })),
        "tools/call" => call(id, params, true),
        _ => McpIn::Answered(404, error(id, METHOD_NOT_FOUND, "there is no such method")),
    }
}

/// A header's value as it was before it was encoded to be one.
fn decoded(value: &str) -> String {
    use base64::{Engine, engine::general_purpose::STANDARD};

    let encoded = value.strip_prefix("=?base64?").and_then(|rest| rest.strip_suffix("?="));
    let bytes = encoded.and_then(|encoded| STANDARD.decode(encoded).ok());
    bytes.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_else(|| value.to_owned())
}

fn legacy(head: McpHead<'_>, id: &Value, method: &str, params: &Value) -> McpIn {
    if method != "initialize" && head.version.is_some_and(|version| !LEGACY.contains(&version)) {
        let message = "unsupported MCP-Protocol-Version";
        return McpIn::Answered(400, error(id, INVALID_REQUEST, message));
    }
    let answer = |result| McpIn::Answered(200, done(id, false, result));
    match method {
        "initialize" => {
            let wanted = params["protocolVersion"].as_str().unwrap_or_default();
            let version = LEGACY.into_iter().find(|known| *known == wanted).unwrap_or(LEGACY[0]);
            answer(json!({
                "protocolVersion": version, "capabilities": {"tools": {}},
                "serverInfo": {"name": "colloquy", "version": env!("CARGO_PKG_VERSION")},
                "instructions": INSTRUCTIONS,
            }))
        }
        "ping" => answer(json!({})),
        "tools/list" => answer(json!({ "tools": tools() })),
        "tools/call" => call(id, params, false),
        _ => McpIn::Answered(200, error(id, METHOD_NOT_FOUND, "there is no such method")),
    }
}

fn call(id: &Value, params: &Value, modern: bool) -> McpIn {
    let name = params["name"].as_str().unwrap_or_default();
    let wrong = |message: &str| {
        let status = if modern { 400 } else { 200 };
        McpIn::Answered(status, error(id, INVALID_PARAMS, message))
    };
    if ![SEARCH_KNOWLEDGE, ASK].contains(&name) {
        return wrong("there is no such tool");
    }
    match params.get("arguments").cloned().unwrap_or_else(|| json!({})) {
        Value::Object(arguments) => {
            McpIn::Called(McpCall { id: id.clone(), modern, name: name.to_owned(), arguments })
        }
        _ => wrong("arguments must be an object"),
    }
}

fn tools() -> Value {
    let text = |about: &str| json!({"type": "string", "description": about});
    json!([
        {
            "name": ASK,
            "title": "Ask the chatbot",
            "description": "Answers a question as the chatbot does, from its knowledge, or says that it \
                doesn't know. Each call is a turn of a conversation, which is kept.",
            "inputSchema": {
                "type": "object",
                "properties": {
                    "question": text("The question, up to 4,000 characters"),
                    "conversationId": text("The conversation to continue, as an earlier call returned it"),
                },
                "required": ["question"],
            },
            "outputSchema": {
                "type": "object",
                "properties": {
                    "answer": {"type": "string"},
                    "answered": {"type": "boolean"},
                    "conversationId": {"type": "string"},
                    "sources": {"type": "array", "items": {
                        "type": "object",
                        "properties": {"title": {"type": "string"}, "url": {"type": ["string", "null"]}},
                        "required": ["title", "url"],
                    }},
                },
                "required": ["answer", "answered", "conversationId", "sources"],
            },
            "annotations": {"readOnlyHint": false, "destructiveHint": false, "openWorldHint": false},
        },
        {
            "name": SEARCH_KNOWLEDGE,
            "title": "Search the knowledge",
            "description": "Returns the passages of the knowledge that say most about the query.",
            "inputSchema": {
                "type": "object",
                "properties": {"query": text("A question or keywords")},
                "required": ["query"],
            },
            "annotations": {"readOnlyHint": true, "openWorldHint": false},
        },
    ])
}

/// What `ask` says of a turn, for programs.
pub fn asked(turn: &domain::Turn) -> Value {
    let sources =
        turn.citations.iter().map(|citation| json!({"title": citation.title, "url": citation.url}));
    json!({
        "answer": turn.answer, "answered": !turn.unanswered,
        "conversationId": turn.conversation_id.to_string(), "sources": sources.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modern_request(method: &str, params: Value) -> Value {
        let mut params = params;
        params["_meta"] = json!({"io.modelcontextprotocol/protocolVersion": MODERN});
        json!({"jsonrpc": "2.0", "id": 7, "method": method, "params": params})
    }

    fn answered(head: McpHead<'_>, body: &Value) -> (u16, Value) {
        match read(head, body.to_string().as_bytes()) {
            McpIn::Answered(status, body) => (status, body),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_handshake_settles_on_a_version_that_both_know() {
        for (wanted, version) in [
            ("2025-11-25", "2025-11-25"),
            ("2025-03-26", "2025-03-26"),
            ("2024-11-05", "2025-11-25"),
            ("2099-01-01", "2025-11-25"),
        ] {
            let body = json!({"jsonrpc": "2.0", "id": 1, "method": "initialize",
                "params": {"protocolVersion": wanted}});
            let (status, body) = answered(McpHead::default(), &body);
            assert_eq!((status, &body["result"]["protocolVersion"]), (200, &json!(version)));
        }
        let wrong = McpHead { version: Some("2024-11-05"), ..McpHead::default() };
        let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
        assert_eq!(answered(wrong, &list).0, 400);
    }

    #[test]
    fn the_later_era_s_head_has_to_say_what_its_body_says() {
        let head = McpHead { version: Some(MODERN), method: Some("tools/list"), name: None };
        let list = modern_request("tools/list", json!({}));
        let (status, body) = answered(head, &list);
        assert_eq!((status, &body["result"]["resultType"]), (200, &json!("complete")));
        assert!(body["result"]["ttlMs"].is_u64() && body["result"]["tools"][1]["name"].is_string());
        for wrong in [
            McpHead { version: None, ..head },
            McpHead { method: None, ..head },
            McpHead { method: Some("tools/call"), ..head },
        ] {
            let (status, body) = answered(wrong, &list);
            assert_eq!((status, &body["error"]["code"]), (400, &json!(HEADER_MISMATCH)));
        }
        let call =
            modern_request("tools/call", json!({"name": ASK, "arguments": {"question": "?"}}));
        let head = McpHead { method: Some("tools/call"), ..head };
        for (name, matches) in [(ASK, true), ("=?base64?YXNr?=", true), ("other", false)] {
            let read = read(McpHead { name: Some(name), ..head }, call.to_string().as_bytes());
            assert_eq!(matches!(read, McpIn::Called(_)), matches, "{name}");
        }
        let none = McpHead { method: Some("prompts/list"), ..head };
        let (status, body) = answered(none, &modern_request("prompts/list", json!({})));
        assert_eq!((status, &body["error"]["code"]), (404, &json!(METHOD_NOT_FOUND)));
        let mut other = list;
        other["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("2099-01-01");
        let (status, body) = answered(head, &other);
        assert_eq!((status, &body["error"]["code"]), (400, &json!(UNSUPPORTED_VERSION)));
        assert_eq!(body["error"]["data"]["supported"][0], MODERN);
    }

    #[test]
    fn notifications_are_accepted_and_what_is_no_request_is_400() {
        let notified = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
        assert_eq!(read(McpHead::default(), notified.to_string().as_bytes()), McpIn::Notified);
        for wrong in ["", "{", "[]", "1", "{}", r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#] {
            let McpIn::Answered(status, body) = read(McpHead::default(), wrong.as_bytes()) else {
                panic!("{wrong}")
            };
            assert_eq!((status, &body["id"]), (400, &Value::Null), "{wrong}");
        }
    }
}
