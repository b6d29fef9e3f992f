//! What feeds queues, stream and schedule to the workers, as AWS would: in the same batches, with
//! the same event shapes, and with the same reading of what a worker answers.

use std::{
    collections::HashSet,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use aws_sdk_sqs::{
    Client,
    error::DisplayErrorContext,
    types::{DeleteMessageBatchRequestEntry, Message, MessageSystemAttributeName},
};
use serde_json::{Map, Value, json};
use tokio::{sync::watch, task::JoinSet};

use crate::{LocalError, Result, engine::StreamReader, invoke::Worker};

/// Batches of one queue that are worked on at the same time.
const BATCHES_AT_ONCE: usize = 32;
/// A pause after something failed.
const PAUSE: Duration = Duration::from_millis(200);

/// Turns true when everything has to stop.
pub type Stop = watch::Receiver<bool>;

async fn stopped(stop: &mut Stop) {
    // A sender that is gone has stopped too.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// Receives from a queue and hands batches to `worker` until `stop`. As in Lambda, a slow batch
/// does not hold up the next ones, up to a number of them.
pub async fn queue(client: Client, url: String, batch: usize, worker: Worker, mut stop: Stop) {
    let mut at_work = JoinSet::new();
    while !*stop.borrow() {
        while at_work.len() >= BATCHES_AT_ONCE {
            tokio::select! {
                _ = at_work.join_next() => {}
                () = stopped(&mut stop) => return,
            }
        }
        while at_work.try_join_next().is_some() {}
        let receive = client
            .receive_message()
            .queue_url(&url)
            .max_number_of_messages(i32::try_from(batch.min(10)).unwrap_or(10))
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .wait_time_seconds(20)
            .send();
        let received = tokio::select! {
            received = receive => received,
            () = stopped(&mut stop) => return,
        };
        match received {
            Ok(received) => {
                let messages = received.messages.unwrap_or_default();
                if !messages.is_empty() {
                    let (client, url, worker) = (client.clone(), url.clone(), worker.clone());
                    at_work.spawn(async move { work_off(&client, &url, &worker, &messages).await });
                }
            }
            Err(error) => {
                if !*stop.borrow() {
                    let error = DisplayErrorContext(error);
                    tracing::error!(%error, "receiving failed");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }
}

async fn work_off(client: &Client, url: &str, worker: &Worker, messages: &[Message]) {
    let done = hand_over(worker, messages).await;
    if let Err(error) = delete(client, url, &done).await {
        tracing::error!(%error, "deleting messages failed");
    }
    let is_done = |message: &Message| done.iter().any(|d| d.message_id() == message.message_id());
    for failed in messages.iter().filter(|message| !is_done(message)) {
        show_again(client, url, failed).await;
    }
}

/// In AWS a message that failed comes again when its visibility ends, after minutes. Whoever sits
/// before this machine doesn't wait as long: a little, and a little more each time.
async fn show_again(client: &Client, url: &str, failed: &Message) {
    let received = failed
        .attributes()
        .and_then(|all| all.get(&MessageSystemAttributeName::ApproximateReceiveCount))
        .and_then(|count| count.parse().ok())
        .unwrap_or(1);
    tokio::time::sleep(PAUSE * received).await;
    let shown = client
        .change_message_visibility()
        .queue_url(url)
        .receipt_handle(failed.receipt_handle().unwrap_or_default())
        .visibility_timeout(0);
    if let Err(error) = shown.send().await {
        let error = DisplayErrorContext(error);
        tracing::warn!(%error, "a message that failed comes again only later");
    }
}

/// The messages that are done. A worker that can't be called at all is tried until it can: its
/// process may be starting.
async fn hand_over<'a>(worker: &Worker, messages: &'a [Message]) -> Vec<&'a Message> {
    let records: Vec<Value> = messages.iter().map(record).collect();
    let event = json!({ "Records": records });
    let answer = match worker {
        Worker::Here(_) | Worker::Faulty(..) => worker.call(event).await,
        Worker::Watched { .. } => loop {
            match worker.call(event.clone()).await {
                Ok(answer) => break Ok(answer),
                Err(error) => {
                    tracing::warn!(%error, "the worker could not be called, trying again");
                    tokio::time::sleep(PAUSE * 5).await;
                }
            }
        },
    };
    match answer {
        Ok(answer) => {
            let failed = failures(&answer);
            messages
                .iter()
                .filter(|m| !failed.contains(m.message_id().unwrap_or_default()))
                .collect()
        }
        Err(error) => {
            tracing::error!(%error, "a batch failed and will come again");
            Vec::new()
        }
    }
}

fn failures(answer: &Value) -> HashSet<&str> {
    let list = answer["batchItemFailures"].as_array();
    list.into_iter().flatten().filter_map(|f| f["itemIdentifier"].as_str()).collect()
}

fn record(message: &Message) -> Value {
    let attributes: Map<String, Value> = message
        .attributes()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.as_str().to_owned(), json!(value)))
        .collect();
    json!({
        "messageId": message.message_id(),
        "receiptHandle": message.receipt_handle(),
        "body": message.body(),
        "md5OfBody": message.md5_of_body(),
        "attributes": attributes,
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "awsRegion": "us-east-1",
    })
}

async fn delete(client: &Client, url: &str, done: &[&Message]) -> Result<()> {
    if done.is_empty() {
        return Ok(());
    }
    let mut entries = Vec::with_capacity(done.len());
    for (at, message) in done.iter().enumerate() {
        let entry = DeleteMessageBatchRequestEntry::builder()
            .id(at.to_string())
            .receipt_handle(message.receipt_handle().unwrap_or_default());
        entries.push(entry.build().map_err(LocalError::of)?);
    }
    client
        .delete_message_batch()
        .queue_url(url)
        .set_entries(Some(entries))
        .send()
        .await
        .map_err(|e| LocalError(DisplayErrorContext(e).to_string()))?;
    Ok(())
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
#[derive(Debug, Clone, Copy)]
pub struct StreamFeed {
    /// Records in a call.
    pub batch: usize,
    /// Whether calls say their shard.
    pub windowed: bool,
    /// How often a record is tried again before it fails for good.
    pub retries: u32,
    /// Whether a batch comes again after it was done.
    pub twice: bool,
}

/// Reads the stream and hands batches to `worker` until `stop`.
pub async fn stream(
    mut reader: StreamReader,
    feed: StreamFeed,
    worker: Worker,
    progress: Arc<Progress>,
    mut stop: Stop,
) {
    while !*stop.borrow() {
        progress.working.store(true, Ordering::SeqCst);
        match reader.next(feed.batch) {
            Ok(records) if records.is_empty() => {
                progress.working.store(false, Ordering::SeqCst);
                tokio::select! {
                    _ = reader.wait(Duration::from_secs(5)) => {}
                    () = stopped(&mut stop) => return,
                }
            }
            Ok(records) => {
                let shard = reader.shard_id().to_owned();
                tokio::select! {
                    () = feed_records(records, &shard, feed, &worker, &progress) => {}
                    () = stopped(&mut stop) => return,
                }
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
    feed: StreamFeed,
    worker: &Worker,
    progress: &Progress,
) {
    let mut tries = 0;
    while let Some(last) = records.last().map(|r| sequence(r).to_owned()) {
        let mut event = json!({ "Records": records });
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
