//! High-water marks of a consumer of the stream: up to when it has handled the records of each shard.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::Timestamp;
use store::Store;

use crate::App;

/// A mark is moved once it is this far behind, so that it costs no write a batch.
const STEP: Duration = Duration::from_secs(60);

/// The marks of one consumer.
#[derive(Debug, Clone)]
pub struct HighWaterMarks {
    store: Store,
    consumer: &'static str,
    /// What this process wrote; a process reads few shards at a time.
    written: Arc<Mutex<HashMap<String, Timestamp>>>,
}

impl HighWaterMarks {
    /// Those of `consumer`.
    pub fn new(app: &App, consumer: &'static str) -> Self {
        Self { store: app.store.clone(), consumer, written: Arc::default() }
    }

    /// The records of `shard` are handled up to those written `at`. A mark that can't be moved is moved
    /// with a later batch: it may be behind, and never ahead.
    pub async fn reached(&self, shard: &str, at: Timestamp) {
        let lock = || self.written.lock().unwrap_or_else(PoisonError::into_inner);
        if lock().get(shard).is_some_and(|written| at.since(*written) < STEP) {
            return;
        }
        match self.store.raise_high_water(self.consumer, shard, at).await {
            Ok(()) => {
                let mut written = lock();
                written.retain(|_, seen| at.since(*seen) < STEP * 60);
                written.insert(shard.to_owned(), at);
            }
            Err(error) => tracing::warn!(%error, shard, "a high-water mark was not moved"),
        }
    }
}
