//! An endpoint that takes webhooks, and answers them as it is told.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

/// How to answer a delivery.
#[derive(Debug, Clone, Copy)]
pub enum Answer {
    /// With this status.
    Status(u16),
    /// Never.
    Never,
}

/// A delivery as it came.
#[derive(Debug, Clone)]
pub struct Received {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its exact bytes.
    pub body: String,
}

impl Received {
    /// A header's text; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    /// Its body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }
}

type Script = dyn Fn(usize) -> Answer + Send + Sync;

#[derive(Clone)]
struct Shared {
    received: Arc<Mutex<Vec<Received>>>,
    script: Arc<Script>,
}

/// The endpoint. It stops when it is dropped.
pub struct Receiver {
    /// Where deliveries go.
    pub url: String,
    shared: Shared,
    server: JoinHandle<()>,
}

impl Receiver {
    /// Answers 200 to everything.
    pub async fn start() -> Self {
        Self::answering(|_| Answer::Status(200)).await
    }

    /// Answers delivery number n (from 0) with `script(n)`.
    pub async fn answering(script: impl Fn(usize) -> Answer + Send + Sync + 'static) -> Self {
        let shared = Shared { received: Arc::default(), script: Arc::new(script) };
        let routes = Router::new().fallback(take).with_state(shared.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let server = tokio::spawn(async move {
            axum::serve(listener, routes).await.expect("the receiver serves");
        });
        Self { url, shared, server }
    }

    /// Everything that came so far.
    pub fn received(&self) -> Vec<Received> {
        self.shared.received.lock().expect("not poisoned").clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn take(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let number = {
        let mut received = shared.received.lock().expect("not poisoned");
        received.push(Received { headers, body: String::from_utf8_lossy(&body).into_owned() });
        received.len() - 1
    };
    match (shared.script)(number) {
        Answer::Status(status) => {
            (StatusCode::from_u16(status).expect("a status"), "taken").into_response()
        }
        Answer::Never => std::future::pending().await,
    }
}
