//! Answers: plain ones, and those of JSON-RPC as JSON or as a stream.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::Response,
};
use futures::stream;
use serde_json::{Value, json};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use super::{Closing, McpMode, Shared, tools};

/// How long a stream waits for the client's answer to a request of ours.
const REPLY: Duration = Duration::from_secs(10);

pub(super) fn plain(status: u16, body: &str) -> Response<Body> {
    built(status, "text/html", Body::from(body.to_owned()))
}

pub(super) fn redirect(location: &str) -> Response<Body> {
    let mut response = plain(307, "");
    if let Ok(location) = location.parse() {
        response.headers_mut().insert("location", location);
    }
    response
}

pub(super) fn json(status: u16, body: &Value) -> Response<Body> {
    built(status, "application/json", Body::from(body.to_string()))
}

pub(super) fn error(
    status: u16,
    id: &Value,
    code: i64,
    message: &str,
    data: &Value,
) -> Response<Body> {
    let mut error = json!({ "code": code, "message": message });
    if !data.is_null() {
        error["data"] = data.clone();
    }
    json(status, &json!({ "jsonrpc": "2.0", "id": id, "error": error }))
}

fn built(status: u16, kind: &str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = axum::http::StatusCode::from_u16(status).unwrap_or_default();
    if let Ok(kind) = kind.parse() {
        response.headers_mut().insert("content-type", kind);
    }
    response
}

/// The answer to a request, as `mode` says.
pub(super) async fn result(
    shared: Arc<Shared>,
    mode: &McpMode,
    request: &Value,
    outcome: Outcome,
) -> Response<Body> {
    if !mode.sse {
        let message = message(&request["id"], outcome.resolved(&shared, None).await);
        let body = if mode.array { json!([message]) } else { message };
        return json(200, &body);
    }
    let (events, body) = channel(16);
    let script = Script { shared, mode: mode.clone(), events, request: request.clone() };
    tokio::spawn(script.play(outcome));
    streamed(body)
}

pub(super) fn streamed(events: Receiver<String>) -> Response<Body> {
    let events = stream::unfold(events, |mut events| async move {
        let text = events.recv().await?;
        Some((Ok::<_, Infallible>(Bytes::from(text)), events))
    });
    built(200, "text/event-stream; charset=utf-8", Body::from_stream(events))
}

/// What a request comes to.
pub(super) enum Outcome {
    /// Known already.
    Known(Result<Value, Value>),
    /// A tool has to run.
    Tool { name: String, arguments: Value, token: Value },
}

impl Outcome {
    async fn resolved(
        self,
        shared: &Shared,
        events: Option<&Sender<String>>,
    ) -> Result<Value, Value> {
        match self {
            Self::Known(outcome) => outcome,
            Self::Tool { name, arguments, token } => {
                tools::run(shared, &name, &arguments, &token, events).await
            }
        }
    }
}

fn message(id: &Value, outcome: Result<Value, Value>) -> Value {
    match outcome {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Err(error) => json!({ "jsonrpc": "2.0", "id": id, "error": error }),
    }
}

pub(super) fn event(message: &Value) -> String {
    format!("event: message\ndata: {message}\n\n")
}

/// What is sent in a stream, step by step.
struct Script {
    shared: Arc<Shared>,
    mode: McpMode,
    events: Sender<String>,
    request: Value,
}

impl Script {
    async fn play(self, outcome: Outcome) {
        let is_call = matches!(outcome, Outcome::Tool { .. });
        let closing = if is_call { self.mode.closing } else { Closing::Answered };
        let id = self.next_id();
        let has_id = self.mode.primed || !matches!(closing, Closing::Answered | Closing::WithoutId);
        if has_id {
            self.say(format!("id: {id}\nretry: 10\ndata:\n\n")).await;
        }
        if self.mode.chatters {
            self.chatter().await;
        }
        if self.mode.asks_back {
            self.ask_back("ping").await;
            self.ask_back("roots/list").await;
        }
        let outcome = tokio::select! {
            outcome = outcome.resolved(&self.shared, Some(&self.events)) => outcome,
            () = self.events.closed() => {
                self.shared.log().abandoned += 1;
                return;
            }
        };
        let answer = event(&message(&self.request["id"], outcome));
        if closing == Closing::Answered {
            self.say(answer).await;
        } else {
            self.shared.log().kept.insert(id, answer);
        }
    }

    fn next_id(&self) -> String {
        let mut log = self.shared.log();
        log.events += 1;
        format!("event-{}", log.events)
    }

    async fn say(&self, text: String) {
        // A client that has left hears nothing.
        let _ = self.events.send(text).await;
    }

    async fn chatter(&self) {
        self.say(": keep-alive\n\n".to_owned()).await;
        let log = json!({ "level": "info", "data": "working" });
        for message in [
            json!({ "jsonrpc": "2.0", "method": "notifications/message", "params": log }),
            json!({ "jsonrpc": "2.0", "id": 999_999, "result": { "content": [] } }),
            json!({ "jsonrpc": "2.0", "id": "stranger", "error": { "code": 1, "message": "no" } }),
        ] {
            self.say(event(&message)).await;
        }
    }

    /// Sends a request of our own, and waits for what the client says to it.
    async fn ask_back(&self, method: &str) {
        let request = json!({ "jsonrpc": "2.0", "id": format!("own-{method}"), "method": method });
        let replied = self.shared.replied.notified();
        self.say(event(&request)).await;
        if tokio::time::timeout(REPLY, replied).await.is_err() {
            self.shared.complain(&format!("no answer to {method}"));
        }
    }
}
