//! A scripted AI backend: it answers each request with steps of bytes, so that every way in which a
//! stream can go wrong can be played, and remembers what it was sent.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::http::HeaderMap;
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Notify,
    task::JoinHandle,
};

/// What the backend does next.
#[derive(Debug, Clone)]
pub enum Step {
    /// Sends these bytes as they are: status line and headers too.
    Send(Vec<u8>),
    /// Waits until [`ScriptedBackend::release`] is called.
    Wait,
    /// Never continues; the client has to give up.
    Hang,
    /// Closes the connection.
    Close,
}

impl Step {
    /// Sends a text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Send(text.into().into_bytes())
    }
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct BackendRequest {
    /// Its path and query.
    pub target: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Value,
}

impl BackendRequest {
    /// A header's text; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

type Script = dyn Fn(usize, &BackendRequest) -> Vec<Step> + Send + Sync;

struct Shared {
    asked: Mutex<Vec<BackendRequest>>,
    number: AtomicUsize,
    script: Box<Script>,
    go: Notify,
}

/// The backend. It stops when it is dropped.
pub struct ScriptedBackend {
    /// Its address, without a path.
    pub url: String,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

impl Drop for ScriptedBackend {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl ScriptedBackend {
    /// Does with the request of each number, from 0, what `script` says.
    pub async fn start(
        script: impl Fn(usize, &BackendRequest) -> Vec<Step> + Send + Sync + 'static,
    ) -> Self {
        let shared = Arc::new(Shared {
            asked: Mutex::default(),
            number: AtomicUsize::new(0),
            script: Box::new(script),
            go: Notify::new(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let accepting = shared.clone();
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, accepting.clone()));
            }
        });
        Self { url, shared, server }
    }

    /// The requests that came, in order.
    pub fn asked(&self) -> Vec<BackendRequest> {
        self.shared.asked.lock().expect("no test panicked here").clone()
    }

    /// Lets one [`Step::Wait`] go on.
    pub fn release(&self) {
        self.shared.go.notify_one();
    }
}

async fn serve(mut stream: TcpStream, shared: Arc<Shared>) {
    let Some(asked) = read(&mut stream).await else { return };
    let number = shared.number.fetch_add(1, Ordering::SeqCst);
    let steps = (shared.script)(number, &asked);
    shared.asked.lock().expect("no test panicked here").push(asked);
    for step in steps {
        match step {
            Step::Send(bytes) => {
                if stream.write_all(&bytes).await.is_err() || stream.flush().await.is_err() {
                    return;
                }
            }
            Step::Wait => shared.go.notified().await,
            Step::Hang => {
                // Until the client has gone.
                let _ = stream.read(&mut [0; 1]).await;
                return;
            }
            Step::Close => return,
        }
    }
    let _ = stream.shutdown().await;
}

/// A request with a `content-length`.
async fn read(stream: &mut TcpStream) -> Option<BackendRequest> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        let mut piece = [0; 4096];
        match tokio::time::timeout(Duration::from_secs(60), stream.read(&mut piece)).await {
            Ok(Ok(read)) if read > 0 => bytes.extend_from_slice(&piece[..read]),
            _ => return None,
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let target = lines.next()?.split(' ').nth(1)?.to_owned();
    let mut headers = HeaderMap::new();
    for line in lines {
        let Some((name, value)) = line.split_once(':') else { continue };
        let name: axum::http::HeaderName = name.parse().ok()?;
        headers.append(name, value.trim().parse().ok()?);
    }
    let length: usize = headers.get("content-length")?.to_str().ok()?.parse().ok()?;
    while bytes.len() < end + length {
        let mut piece = [0; 4096];
        match stream.read(&mut piece).await {
            Ok(read) if read > 0 => bytes.extend_from_slice(&piece[..read]),
            _ => return None,
        }
    }
    let body = serde_json::from_slice(&bytes[end..end + length]).ok()?;
    Some(BackendRequest { target, headers, body })
}

/// The head of an answer that ends with its connection.
pub fn head(status: u16, content_type: &str) -> Step {
    Step::text(format!(
        "HTTP/1.1 {status} Whatever\r\ncontent-type: {content_type}\r\nconnection: close\r\n\r\n"
    ))
}

/// A whole answer.
pub fn whole(status: u16, content_type: &str, body: &str) -> Vec<Step> {
    vec![head(status, content_type), Step::text(body)]
}

/// One event of a stream.
pub fn data(value: &Value) -> Step {
    Step::text(format!("data: {value}\n\n"))
}

/// A stream of OpenAI's chunks that says `texts` and ends as it should.
pub fn openai_says(texts: &[&str]) -> Vec<Step> {
    use serde_json::json;
    let chunk = |delta: Value, reason: Value| {
        data(&json!({
            "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "fake",
            "choices": [{"index": 0, "delta": delta, "finish_reason": reason}], "usage": null,
        }))
    };
    let mut steps = vec![head(200, "text/event-stream")];
    steps.push(chunk(json!({"role": "assistant", "content": ""}), Value::Null));
    steps.extend(texts.iter().map(|text| chunk(json!({ "content": text }), Value::Null)));
    steps.push(chunk(json!({}), json!("stop")));
    steps.push(data(&json!({
        "id": "chatcmpl-1", "object": "chat.completion.chunk", "choices": [],
        "usage": {"prompt_tokens": 120, "completion_tokens": 9, "total_tokens": 129},
    })));
    steps.push(Step::text("data: [DONE]\n\n"));
    steps
}

/// A stream of Anthropic's events that says `texts` and ends as it should.
pub fn anthropic_says(texts: &[&str]) -> Vec<Step> {
    use serde_json::json;
    let event = |value: Value| {
        let kind = value["type"].as_str().expect("a type").to_owned();
        Step::text(format!("event: {kind}\ndata: {value}\n\n"))
    };
    let mut steps = vec![head(200, "text/event-stream")];
    steps.push(event(json!({"type": "message_start", "message": {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "fake", "content": [],
        "stop_reason": null, "usage": {"input_tokens": 100, "cache_read_input_tokens": 20,
            "output_tokens": 1},
    }})));
    let block = json!({"type": "text", "text": ""});
    steps.push(event(json!({"type": "content_block_start", "index": 0, "content_block": block})));
    steps.push(event(json!({"type": "ping"})));
    for text in texts {
        let delta = json!({"type": "text_delta", "text": text});
        steps.push(event(json!({"type": "content_block_delta", "index": 0, "delta": delta})));
    }
    steps.push(event(json!({"type": "content_block_stop", "index": 0})));
    let delta = json!({"stop_reason": "end_turn", "stop_sequence": null});
    let usage = json!({"output_tokens": 9});
    steps.push(event(json!({"type": "message_delta", "delta": delta, "usage": usage})));
    steps.push(event(json!({"type": "message_stop"})));
    steps
}

/// A stream of Bedrock's frames that says `texts` and ends as it should.
pub fn bedrock_says(texts: &[&str]) -> Vec<Step> {
    use aws_smithy_types::event_stream::{Header, HeaderValue, Message};
    use serde_json::json;
    let frame = |name: &str, payload: Value| {
        let header = |name: &'static str, value: &str| {
            Header::new(name, HeaderValue::String(value.to_owned().into()))
        };
        let message = Message::new(payload.to_string().into_bytes())
            .add_header(header(":message-type", "event"))
            .add_header(header(":event-type", name))
            .add_header(header(":content-type", "application/json"));
        let mut bytes = Vec::new();
        aws_smithy_eventstream::frame::write_message_to(&message, &mut bytes).expect("a frame");
        Step::Send(bytes)
    };
    let mut steps = vec![head(200, "application/vnd.amazon.eventstream")];
    steps.push(frame("messageStart", json!({"role": "assistant"})));
    steps.extend(texts.iter().map(|text| {
        let delta = json!({"contentBlockIndex": 0, "delta": {"text": text}});
        frame("contentBlockDelta", delta)
    }));
    steps.push(frame("contentBlockStop", json!({"contentBlockIndex": 0})));
    steps.push(frame("messageStop", json!({"stopReason": "end_turn"})));
    let usage = json!({"inputTokens": 120, "outputTokens": 9, "totalTokens": 129});
    steps.push(frame("metadata", json!({"usage": usage, "metrics": {"latencyMs": 5}})));
    steps
}
