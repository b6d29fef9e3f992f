//! Where all webhooks lead: it notes for each delivery, once, how long after its event it came. What hangs
//! hangs for good.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{Router, extract::State, http::HeaderMap, http::StatusCode, routing::post};
use domain::Timestamp;
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{BenchError, Result};

/// The header with a delivery's id, which stays when it is tried again.
const DELIVERY: &str = "x-botplot-delivery";

#[derive(Default)]
struct Arrived {
    ids: HashSet<String>,
    waits: Vec<i64>,
    /// Deliveries to the quiet chatbot's own address.
    quiet: u64,
}

/// The endpoint. It stops when it is dropped.
pub(crate) struct Sink {
    url: String,
    arrived: Arc<Mutex<Arrived>>,
    server: JoinHandle<()>,
}

impl Sink {
    pub async fn start() -> Result<Self> {
        let arrived: Arc<Mutex<Arrived>> = Arc::default();
        let routes = Router::new()
            .route("/all", post(all))
            .route("/quiet", post(quiet))
            .route("/hangs", post(hangs))
            .with_state(arrived.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(BenchError::of)?;
        let address = listener.local_addr().map_err(BenchError::of)?;
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, routes).await {
                eprintln!("the endpoint ended: {error}");
            }
        });
        Ok(Self { url: format!("http://{address}"), arrived, server })
    }

    /// Its address for `path`.
    pub fn at(&self, path: &str) -> String {
        format!("{}/{path}", self.url)
    }

    /// Forgets what has come.
    pub fn reset(&self) {
        *locked(&self.arrived) = Arrived::default();
    }

    /// How many deliveries have come, and after how many milliseconds each.
    pub fn arrived(&self) -> (u64, Vec<i64>) {
        let arrived = locked(&self.arrived);
        (arrived.ids.len() as u64, arrived.waits.clone())
    }

    /// Counts the deliveries for the quiet chatbot.
    pub fn quiet(&self) -> impl Fn() -> u64 + Send + Sync + 'static {
        let arrived = self.arrived.clone();
        move || locked(&arrived).quiet
    }

    /// Waits until `wanted` have come, for `most` at the longest.
    pub async fn until(&self, wanted: u64, most: Duration) {
        let begun = Instant::now();
        while begun.elapsed() < most && (locked(&self.arrived).ids.len() as u64) < wanted {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn locked(arrived: &Mutex<Arrived>) -> std::sync::MutexGuard<'_, Arrived> {
    arrived.lock().unwrap_or_else(PoisonError::into_inner)
}

fn note(arrived: &Mutex<Arrived>, headers: &HeaderMap, body: &str, is_quiet: bool) {
    let now = Timestamp::now();
    let id = headers.get(DELIVERY).and_then(|id| id.to_str().ok()).unwrap_or_default();
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    let mut arrived = locked(arrived);
    if !arrived.ids.insert(id.to_owned()) {
        return;
    }
    arrived.quiet += u64::from(is_quiet);
    if let Some(at) = body["timestamp"].as_str().and_then(Timestamp::parse) {
        arrived.waits.push(now.millis() - at.millis());
    }
}

async fn all(State(arrived): State<Arc<Mutex<Arrived>>>, headers: HeaderMap, body: String) {
    note(&arrived, &headers, &body, false);
}

async fn quiet(State(arrived): State<Arc<Mutex<Arrived>>>, headers: HeaderMap, body: String) {
    note(&arrived, &headers, &body, true);
}

async fn hangs() -> StatusCode {
    std::future::pending().await
}
