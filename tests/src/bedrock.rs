//! A model on this machine that takes Titan's requests: words that mean the same point the same way.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use axum::{Json, Router, extract::State, http::StatusCode, routing::post};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

/// Titan's model, by the setting that names it.
pub const TITAN: &str = "bedrock:amazon.titan-embed-text-v2:0";

const DIMENSIONS: usize = 512;
/// Words of one meaning. Each is a dimension of its own; other words share the rest.
const MEANINGS: &[&[&str]] = &[
    &["car", "cars", "automobile", "automobiles", "vehicle", "vehicles"],
    &["cost", "costs", "fee", "price"],
    &["cook", "pasta"],
];
/// Words that say nothing of what a text is about.
const SAYS_NOTHING: &[&str] =
    &["a", "an", "are", "at", "can", "do", "does", "i", "in", "is", "it", "may", "my", "the"];

#[derive(Default)]
struct Seen {
    texts: AtomicUsize,
    broken: AtomicBool,
}

/// The model. It ends when this is dropped.
pub struct Bedrock {
    /// Where it is.
    pub url: String,
    seen: Arc<Seen>,
    task: JoinHandle<()>,
}

impl Drop for Bedrock {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Bedrock {
    /// Starts it.
    pub async fn start() -> Self {
        let seen = Arc::new(Seen::default());
        let routes =
            Router::new().route("/model/{id}/invoke", post(invoke)).with_state(seen.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let url = format!("http://{}", listener.local_addr().expect("it is bound"));
        let task = tokio::spawn(async move {
            axum::serve(listener, routes).await.expect("it serves");
        });
        Self { url, seen, task }
    }

    /// How many texts it was given.
    pub fn texts(&self) -> usize {
        self.seen.texts.load(Ordering::SeqCst)
    }

    /// From now on it refuses everything, or nothing.
    pub fn breaks(&self, broken: bool) {
        self.seen.broken.store(broken, Ordering::SeqCst);
    }
}

async fn invoke(
    State(seen): State<Arc<Seen>>,
    Json(asked): Json<Value>,
) -> Result<Json<Value>, StatusCode> {
    seen.texts.fetch_add(1, Ordering::SeqCst);
    if seen.broken.load(Ordering::SeqCst) {
        return Err(StatusCode::BAD_REQUEST);
    }
    let text = asked["inputText"].as_str().ok_or(StatusCode::BAD_REQUEST)?.to_lowercase();
    let mut vector = vec![0.0; DIMENSIONS];
    vector[DIMENSIONS - 1] = 0.1;
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|w| !SAYS_NOTHING.contains(w)) {
        match MEANINGS.iter().position(|words| words.contains(&word)) {
            Some(meaning) => vector[meaning] = 3.0,
            None => {
                let mut hasher = DefaultHasher::new();
                word.hash(&mut hasher);
                let others = (DIMENSIONS - MEANINGS.len() - 1) as u64;
                let place = usize::try_from(hasher.finish() % others).expect("a small number");
                vector[MEANINGS.len() + place] += 0.4;
            }
        }
    }
    Ok(Json(json!({"embedding": vector, "inputTextTokenCount": 1})))
}
