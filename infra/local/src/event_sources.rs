//! What feeds stream and schedule to the workers, as AWS would: in the same batches, with the same event
//! shapes, and with the same reading of what a worker answers. Queues are in [`crate::queue_source`].

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{sync::watch, time::Instant};

use crate::{
    engine::{StreamBatch, StreamReader},
    filter::RecordFilter,
    invoke::Worker,
};

/// A pause after something failed.
pub(crate) const PAUSE: Duration = Duration::from_millis(200);

/// A stream whose last records were handed over so lately is busy…
const BUSY: Duration = Duration::from_millis(50);
/// … and more records are waited for this long.
const LINGER: Duration = Duration::from_millis(10);

/// Turns true when everything has to stop.
pub type Stop = watch::Receiver<bool>;

pub(crate) async fn stopped(stop: &mut Stop) {
    // A sender that is gone has stopped too.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// The records or messages that an answer names as failed.
pub(crate) fn failures(answer: &Value) -> HashSet<&str> {
    let list = answer["batchItemFailures"].as_array();
    list.into_iter().flatten().filter_map(|f| f["itemIdentifier"].as_str()).collect()
}

/// How far a consumer of the stream has come.
#[derive(Debug, Default)]
pub struct Progress {
    sequence: Mutex<Option<String>>,
    working: AtomicBool,
}

impl Progress {
    /// Begins after `sequence`.
    pub fn after(sequence: Option<String>) -> Arc<Self> {
        Arc::new(Self { sequence: Mutex::new(sequence), working: AtomicBool::new(false) })
    }

    /// The last record that is done.
    pub fn sequence(&self) -> Option<String> {
        self.sequence.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether a batch is being worked on.
    pub fn is_working(&self) -> bool {
        self.working.load(Ordering::SeqCst)
    }

    fn done(&self, sequence: &str) {
        *self.sequence.lock().unwrap_or_else(PoisonError::into_inner) = Some(sequence.to_owned());
    }
}

/// How a worker is fed with the stream.
#[derive(Debug, Clone)]
pub struct StreamFeed {
    /// Records in a call.
    pub batch: usize,
    /// Whether calls say their shard.
    pub windowed: bool,
    /// How often a record is tried again before it fails for good.
    pub retries: u32,
    /// Whether a batch comes again after it was done.
    pub twice: bool,
    /// The records that the worker is called with.
    pub filter: RecordFilter,
}

/// Reads the stream and hands batches to `worker` until `stop`.
pub async fn stream(
    mut reader: StreamReader,
    feed: StreamFeed,
    worker: Worker,
    progress: Arc<Progress>,
    mut stop: Stop,
) {
    let mut handed_over: Option<Instant> = None;
    while !*stop.borrow() {
        // While much is written, a call has many records and not one or two.
        if handed_over.is_some_and(|at| at.elapsed() < BUSY) {
            tokio::time::sleep(LINGER).await;
        }
        progress.working.store(true, Ordering::SeqCst);
        match reader.next_of(feed.batch, |keys| feed.filter.passes(keys)) {
            Ok(StreamBatch { last: None, .. }) => {
                progress.working.store(false, Ordering::SeqCst);
                tokio::select! {
                    _ = reader.wait(Duration::from_secs(5)) => {}
                    () = stopped(&mut stop) => return,
                }
            }
            Ok(StreamBatch { records, last: Some(last) }) => {
                let shard = reader.shard_id().to_owned();
                tokio::select! {
                    () = feed_records(records, &shard, &feed, &worker, &progress) => {}
                    () = stopped(&mut stop) => return,
                }
                handed_over = Some(Instant::now());
                // Those behind the last one that the worker was called with are not for it.
                progress.done(&last);
            }
            Err(error) => {
                tracing::error!(%error, "reading the stream failed");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

fn sequence(record: &Value) -> &str {
    record["dynamodb"]["SequenceNumber"].as_str().unwrap_or_default()
}

async fn feed_records(
    mut records: Vec<Value>,
    shard: &str,
    feed: &StreamFeed,
    worker: &Worker,
    progress: &Progress,
) {
    let mut tries = 0;
    while let Some(last) = records.last().map(|r| sequence(r).to_owned()) {
        let mut event = json!({});
        event["Records"] = Value::Array(records.clone());
        if feed.windowed {
            event["shardId"] = json!(shard);
            event["state"] = json!({});
        }
        if feed.twice
            && let Err(error) = worker.call(event.clone()).await
        {
            tracing::warn!(%error, "a batch of the stream failed");
        }
        let failed = match worker.call(event).await {
            Ok(answer) => failures(&answer).into_iter().min().map(str::to_owned),
            Err(error) => {
                tracing::warn!(%error, "a batch of the stream failed");
                if matches!(worker, Worker::Watched { .. }) {
                    tokio::time::sleep(PAUSE * 5).await;
                    continue;
                }
                records.first().map(|r| sequence(r).to_owned())
            }
        };
        let Some(failed) = failed else {
            progress.done(&last);
            return;
        };
        let before = records.len();
        records.retain(|record| sequence(record) >= failed.as_str());
        // Whatever went well before it restarts the count.
        tries = if records.len() < before { 0 } else { tries + 1 };
        if tries > feed.retries {
            tracing::error!(sequence = failed, "a record of the stream failed for good");
            progress.done(&failed);
            records.remove(0);
            tries = 0;
        } else {
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Calls `worker` every `period` until `stop`.
pub async fn schedule(period: Duration, worker: Worker, mut stop: Stop) {
    let mut ticks = tokio::time::interval(period);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = stopped(&mut stop) => return,
        }
        let event =
            json!({ "source": "aws.events", "detail-type": "Scheduled Event", "detail": {} });
        if let Err(error) = worker.call(event).await {
            tracing::warn!(%error, "a scheduled call failed");
        }
    }
}
