//! Heat: a proxy before the table that adds up the units of each partition key, as DynamoDB's
//! limits do: 1,000 write units and 3,000 read units a second for one key, however large the table is.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use reqwest::Client;
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::forward::Forwarded;

/// Write units a second that a partition key takes.
pub const MAX_WRITE: f64 = 1_000.0;
/// Read units a second that a partition key takes.
pub const MAX_READ: f64 = 3_000.0;

/// Units of one partition key.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct KeyUnits {
    /// Read.
    pub read: f64,
    /// Written.
    pub write: f64,
}

/// A proxy before the table. It stops when it is dropped.
pub struct Heat {
    /// Where it listens, in place of the table.
    pub endpoint: String,
    keys: Arc<Mutex<HashMap<String, KeyUnits>>>,
    server: JoinHandle<()>,
}

#[derive(Clone)]
struct Shared {
    service: String,
    http: Client,
    keys: Arc<Mutex<HashMap<String, KeyUnits>>>,
}

impl Heat {
    /// Lets everything through to the table at `service`.
    pub async fn start(service: &str) -> Self {
        let keys: Arc<Mutex<HashMap<String, KeyUnits>>> = Arc::default();
        let http = crate::plain_http().build().expect("a client");
        let shared = Shared { service: service.to_owned(), http, keys: keys.clone() };
        let routes = Router::new().fallback(pass).with_state(shared);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let server = tokio::spawn(async move {
            axum::serve(listener, routes).await.expect("it serves");
        });
        Self { endpoint, keys, server }
    }

    /// The units of each partition key, the most written first.
    pub fn keys(&self) -> Vec<(String, KeyUnits)> {
        let keys = self.keys.lock().expect("not poisoned").clone();
        let mut keys: Vec<_> = keys.into_iter().collect();
        keys.sort_by(|a, b| b.1.write.total_cmp(&a.1.write));
        keys
    }

    /// Begins again.
    pub fn reset(&self) {
        self.keys.lock().expect("not poisoned").clear();
    }
}

impl Drop for Heat {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// The partition keys that a request names, each as often as it names it.
fn named(body: &Value, found: &mut Vec<String>) {
    match body {
        Value::Object(fields) => {
            for (name, value) in fields {
                match (name.as_str(), value) {
                    ("Key" | "Item", Value::Object(item)) => {
                        found.extend(item["pk"]["S"].as_str().map(str::to_owned));
                    }
                    ("Keys", Value::Array(keys)) => {
                        let keys = keys.iter().filter_map(|key| key["pk"]["S"].as_str());
                        found.extend(keys.map(str::to_owned));
                    }
                    ("ExpressionAttributeValues", values) => {
                        found.extend(values[":p"]["S"].as_str().map(str::to_owned));
                    }
                    (_, value) => named(value, found),
                }
            }
        }
        Value::Array(parts) => parts.iter().for_each(|part| named(part, found)),
        _ => {}
    }
}

fn consumed(answer: &Value) -> f64 {
    let units = |of: &Value| of["CapacityUnits"].as_f64().unwrap_or(0.0);
    match &answer["ConsumedCapacity"] {
        Value::Array(all) => all.iter().map(units).sum(),
        one => units(one),
    }
}

async fn pass(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let operation = headers.get("x-amz-target").and_then(|v| v.to_str().ok()).unwrap_or_default();
    let reads = ["GetItem", "Query", "BatchGetItem"].iter().any(|of| operation.ends_with(of));
    let asked: Value = serde_json::from_slice(&body).unwrap_or_default();
    let answer = Forwarded::post(&shared.http, &shared.service, &headers, body).await;
    let units = consumed(&serde_json::from_slice(&answer.body).unwrap_or_default());
    let mut keys = Vec::new();
    named(&asked, &mut keys);
    // What a call of several keys took is shared among them.
    let each = units / keys.len().max(1) as f64;
    {
        let mut all = shared.keys.lock().expect("not poisoned");
        for key in keys {
            let of = all.entry(key).or_default();
            match reads {
                true => of.read += each,
                false => of.write += each,
            }
        }
    }
    answer.into_response()
}
