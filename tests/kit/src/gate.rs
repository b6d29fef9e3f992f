//! Something between a worker and the service it calls, at which the worker can be killed: before
//! a request gets there, or after it was carried out and before the answer comes back. Or that answer
//! alone gets lost, once, and whoever waits for it sends the request again.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use local::Code;
use reqwest::Client;
use serde_json::Value;
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use crate::forward::Forwarded;

/// When the worker is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kill {
    /// Before the request gets there, nor any that was sent beside it.
    Before,
    /// After it was carried out.
    After,
    /// No worker is killed: after it was carried out, its answer gets lost once.
    Answer,
}

/// The gate. It closes when it is dropped.
pub struct Gate {
    /// Where it listens, in place of the service.
    pub endpoint: String,
    tripped: watch::Receiver<bool>,
    server: JoinHandle<()>,
}

#[derive(Clone)]
struct Shared {
    service: String,
    http: Client,
    /// The operation, how many more of it pass, and what comes then.
    at: Arc<Mutex<(String, usize, Kill)>>,
    trip: watch::Sender<bool>,
}

impl Gate {
    /// Lets everything through to `service` until request number `number` (from 0) of `operation`,
    /// such as `PutItem`.
    pub async fn start(service: &str, operation: &str, number: usize, kill: Kill) -> Self {
        let (trip, tripped) = watch::channel(false);
        let shared = Shared {
            service: service.to_owned(),
            http: crate::plain_http().build().expect("a client"),
            at: Arc::new(Mutex::new((operation.to_owned(), number, kill))),
            trip,
        };
        let routes = Router::new().fallback(pass).with_state(shared);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let server = tokio::spawn(async move {
            axum::serve(listener, routes).await.expect("the gate serves");
        });
        Self { endpoint, tripped, server }
    }

    /// Whether that request has come.
    pub fn has_tripped(&self) -> bool {
        *self.tripped.borrow()
    }

    /// Hands `event` to the worker behind `code` and kills it at the gate.
    pub async fn kill(&self, code: &Code, event: Value) {
        let Code::Worker(work) = code else { panic!("not a worker") };
        let mut tripped = self.tripped.clone();
        let killed = tripped.wait_for(|tripped| *tripped);
        tokio::select! {
            done = work(event) => panic!("it was not killed: {done:?}"),
            killed = tokio::time::timeout(crate::DEADLINE, killed) => {
                killed.expect("in time").expect("the gate is there");
            }
        }
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn pass(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let operation = headers.get("x-amz-target").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let kill = {
        let mut at = shared.at.lock().expect("not poisoned");
        let is_it = operation.ends_with(&format!(".{}", at.0));
        let kill = (is_it && at.1 == 0).then_some(at.2);
        // One that is never answered leaves the count where it is.
        if is_it && at.1 > 0 {
            at.1 -= 1;
        } else if kill == Some(Kill::Answer) {
            at.1 = usize::MAX;
        }
        kill
    };
    if kill == Some(Kill::Before) {
        shared.trip.send_replace(true);
        return std::future::pending().await;
    }
    let answer = Forwarded::post(&shared.http, &shared.service, &headers, body).await;
    if kill == Some(Kill::After) {
        shared.trip.send_replace(true);
        return std::future::pending().await;
    }
    if kill == Some(Kill::Answer) {
        shared.trip.send_replace(true);
        return StatusCode::BAD_GATEWAY.into_response();
    }
    answer.into_response()
}
