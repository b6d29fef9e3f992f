//! An endpoint that takes webhooks, and answers them as it is told.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    serve::ListenerExt,
};
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

/// How to answer a delivery.
#[derive(Debug, Clone, Copy)]
pub enum Answer {
    /// With this status.
    Status(u16),
    /// With 200, after this long.
    After(Duration),
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
    /// When.
    pub at: Instant,
    /// What it was answered with; `None` if it never was.
    pub answered: Option<u16>,
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

type Script = dyn Fn(usize, &Received) -> Answer + Send + Sync;

#[derive(Clone)]
struct Shared {
    received: Arc<Mutex<Vec<Received>>>,
    script: Arc<Script>,
    connections: Arc<AtomicUsize>,
    accepted: Arc<AtomicUsize>,
    /// Requests that are being answered, and the most that were at one time.
    open: Arc<AtomicUsize>,
    most_open: Arc<AtomicUsize>,
}

/// A request counts for as long as its connection wants an answer.
struct Open(Arc<AtomicUsize>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
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
        Self::reading(move |n, _| script(n)).await
    }

    /// Answers delivery number n (from 0) with what `script` says of it.
    pub async fn reading(
        script: impl Fn(usize, &Received) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let shared = Shared {
            received: Arc::default(),
            script: Arc::new(script),
            connections: Arc::default(),
            accepted: Arc::default(),
            open: Arc::default(),
            most_open: Arc::default(),
        };
        let routes = Router::new().fallback(take).with_state(shared.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
        let connections = shared.connections.clone();
        let listener = listener.tap_io(move |_| {
            connections.fetch_add(1, Ordering::SeqCst);
        });
        let server = tokio::spawn(async move {
            axum::serve(listener, routes).await.expect("the receiver serves");
        });
        Self { url, shared, server }
    }

    /// Everything that came so far.
    pub fn received(&self) -> Vec<Received> {
        self.shared.received.lock().expect("not poisoned").clone()
    }

    /// How many deliveries came so far.
    pub fn count(&self) -> usize {
        self.shared.received.lock().expect("not poisoned").len()
    }

    /// How many of them were accepted so far, those that came twice included.
    pub fn accepted(&self) -> usize {
        self.shared.accepted.load(Ordering::SeqCst)
    }

    /// How many connections were made.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// How many deliveries were being answered at one time, at most.
    pub fn most_at_once(&self) -> usize {
        self.shared.most_open.load(Ordering::SeqCst)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn take(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let open = Open(shared.open.clone());
    shared.most_open.fetch_max(1 + shared.open.fetch_add(1, Ordering::SeqCst), Ordering::SeqCst);
    let body = String::from_utf8_lossy(&body).into_owned();
    let mut one = Received { headers, body, at: Instant::now(), answered: None };
    let (number, answer) = {
        let mut received = shared.received.lock().expect("not poisoned");
        let answer = (shared.script)(received.len(), &one);
        one.answered = match answer {
            Answer::Status(status) => Some(status),
            Answer::After(_) | Answer::Never => None,
        };
        received.push(one);
        (received.len() - 1, answer)
    };
    let status = match answer {
        Answer::Status(status) => status,
        Answer::After(time) => {
            tokio::time::sleep(time).await;
            shared.received.lock().expect("not poisoned")[number].answered = Some(200);
            200
        }
        Answer::Never => std::future::pending().await,
    };
    drop(open);
    shared.accepted.fetch_add(usize::from(status == 200), Ordering::SeqCst);
    (StatusCode::from_u16(status).expect("a status"), "taken").into_response()
}
