//! JSON-RPC 2.0: what is sent, and what a message that comes is.

use std::fmt;

use serde_json::{Value, json};

/// An error of JSON-RPC.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RpcError {
    pub(super) code: i64,
    pub(super) message: String,
    pub(super) data: Value,
}

impl RpcError {
    pub(super) fn of(error: &Value) -> Option<Self> {
        let code = error["code"].as_i64()?;
        let message = error["message"].as_str().unwrap_or_default().to_owned();
        Some(Self { code, message, data: error["data"].clone() })
    }
}

impl fmt::Display for RpcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.message.is_empty() {
            true => write!(f, "error {}", self.code),
            false => write!(f, "{} (error {})", self.message, self.code),
        }
    }
}

/// A message from a server.
#[derive(Debug, PartialEq)]
pub(super) enum Incoming {
    /// The result of a request of ours.
    Answer {
        id: Value,
        outcome: Result<Value, RpcError>,
    },
    /// A request of the server's own.
    Request {
        id: Value,
        method: String,
    },
    Notification {
        method: String,
        params: Value,
    },
}

/// The messages of a body or an event: one, or an array of them as in 2025-03-26. What is none is skipped.
pub(super) fn incoming(body: Value) -> Vec<Incoming> {
    match body {
        Value::Array(all) => all.into_iter().filter_map(message).collect(),
        one => message(one).into_iter().collect(),
    }
}

fn message(mut value: Value) -> Option<Incoming> {
    let id = value.get("id").cloned().unwrap_or_default();
    if let Some(method) = value["method"].as_str().map(str::to_owned) {
        return Some(match id {
            Value::Null => Incoming::Notification { method, params: value["params"].take() },
            id => Incoming::Request { id, method },
        });
    }
    if let Some(error) = RpcError::of(&value["error"]) {
        return Some(Incoming::Answer { id, outcome: Err(error) });
    }
    let result = value.get_mut("result")?.take();
    Some(Incoming::Answer { id, outcome: Ok(result) })
}

pub(super) fn request(id: u64, method: &str, params: &Value) -> String {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string()
}

pub(super) fn notification(method: &str, params: Option<Value>) -> String {
    let mut body = json!({ "jsonrpc": "2.0", "method": method });
    if let Some(params) = params {
        body["params"] = params;
    }
    body.to_string()
}

/// The answer to a server's own request: a ping is answered, nothing else was offered.
pub(super) fn reply(id: &Value, method: &str) -> String {
    match method {
        "ping" => json!({ "jsonrpc": "2.0", "id": id, "result": {} }),
        _ => {
            let error = json!({ "code": -32_601, "message": "this client does not offer that" });
            json!({ "jsonrpc": "2.0", "id": id, "error": error })
        }
    }
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_told_apart() {
        let read = |text: &str| incoming(serde_json::from_str(text).unwrap());
        let answer = |id: u64, result| Incoming::Answer { id: json!(id), outcome: Ok(result) };
        assert_eq!(
            read(r#"{"jsonrpc":"2.0","id":1,"result":{"a":1}}"#),
            [answer(1, json!({ "a": 1 }))]
        );
        assert_eq!(
            read(
                r#"[{"id":1,"result":{}},7,{"method":"x","params":{"y":1}},{"id":"a","method":"ping"}]"#
            ),
            [
                answer(1, json!({})),
                Incoming::Notification { method: "x".to_owned(), params: json!({ "y": 1 }) },
                Incoming::Request { id: json!("a"), method: "ping".to_owned() },
            ]
        );
        let [Incoming::Answer { outcome: Err(error), .. }] =
            &read(r#"{"id":1,"error":{"code":-32602,"message":"a\n b","data":{"x":1}}}"#)[..]
        else {
            panic!("an error")
        };
        assert_eq!(error.to_string(), "a\n b (error -32602)");
        assert_eq!(error.data, json!({ "x": 1 }));
        for none in ["7", "null", "[]", "{}", r#"{"id":1}"#, r#"{"id":1,"error":{"message":"x"}}"#]
        {
            assert_eq!(read(none), [], "{none}");
        }
    }

    #[test]
    fn a_servers_own_requests_are_answered() {
        let ping: Value = serde_json::from_str(&reply(&json!("p"), "ping")).unwrap();
        assert_eq!(ping, json!({ "jsonrpc": "2.0", "id": "p", "result": {} }));
        let other: Value = serde_json::from_str(&reply(&json!(4), "roots/list")).unwrap();
        assert_eq!((&other["id"], &other["error"]["code"]), (&json!(4), &json!(-32_601)));
    }
}
