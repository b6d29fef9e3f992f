//! What feeds a queue to its worker, as Lambda would: messages are received many at a time and handed over
//! in batches of the size that the template declares, and those that are done are deleted together.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use aws_sdk_sqs::{
    Client,
    error::DisplayErrorContext,
    types::{DeleteMessageBatchRequestEntry, Message, MessageSystemAttributeName},
};
use serde_json::{Map, Value, json};
use tokio::{
    sync::mpsc,
    task::JoinSet,
    time::{Instant, timeout_at},
};

use crate::{
    LocalError, Result,
    event_sources::{PAUSE, Stop, failures, stopped},
    invoke::Worker,
};

/// Batches of one queue that are worked on at the same time.
const BATCHES_AT_ONCE: usize = 32;
/// What SQS gives and deletes in a call.
const MAX_MESSAGES: usize = 10;
/// How long a message that is done waits for others to be deleted with it, where there are any.
const LINGER: Duration = Duration::from_millis(20);

/// A queue and its worker.
#[derive(Clone)]
struct Source {
    client: Client,
    url: String,
    worker: Worker,
    /// Batches at work.
    busy: Arc<AtomicUsize>,
    done: mpsc::Sender<String>,
}

/// Receives from a queue and hands batches to `worker` until `stop`. As in Lambda, a slow batch
/// does not hold up the next ones, up to a number of them.
pub async fn queue(client: Client, url: String, batch: usize, worker: Worker, stop: Stop) {
    let busy = Arc::new(AtomicUsize::new(0));
    let (done, to_delete) = mpsc::channel(BATCHES_AT_ONCE * MAX_MESSAGES);
    let deletes = tokio::spawn(delete_done(client.clone(), url.clone(), to_delete, busy.clone()));
    receive(&Source { client, url, worker, busy, done }, batch.clamp(1, MAX_MESSAGES), stop).await;
    if let Err(error) = deletes.await {
        tracing::error!(%error, "deleting messages did not end well");
    }
}

async fn receive(source: &Source, batch: usize, mut stop: Stop) {
    let mut at_work = JoinSet::new();
    while !*stop.borrow() {
        while at_work.len() >= BATCHES_AT_ONCE {
            tokio::select! {
                _ = at_work.join_next() => {}
                () = stopped(&mut stop) => return,
            }
        }
        while at_work.try_join_next().is_some() {}
        let room = (BATCHES_AT_ONCE - at_work.len()) * batch;
        let receive = source
            .client
            .receive_message()
            .queue_url(&source.url)
            .max_number_of_messages(i32::try_from(room.min(MAX_MESSAGES)).unwrap_or(1))
            .message_system_attribute_names(MessageSystemAttributeName::All)
            .wait_time_seconds(20)
            .send();
        let received = tokio::select! {
            received = receive => received,
            () = stopped(&mut stop) => return,
        };
        match received {
            Ok(received) => {
                let mut messages = received.messages.unwrap_or_default();
                while !messages.is_empty() {
                    let rest = messages.split_off(batch.min(messages.len()));
                    let messages = std::mem::replace(&mut messages, rest);
                    let source = source.clone();
                    at_work.spawn(async move { source.work_off(&messages).await });
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

/// Counts a batch as at work, until it is dropped.
struct Busy<'a>(&'a AtomicUsize);

impl<'a> Busy<'a> {
    fn begin(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Source {
    async fn work_off(&self, messages: &[Message]) {
        let busy = Busy::begin(&self.busy);
        let done = hand_over(&self.worker, messages).await;
        drop(busy);
        let is_done =
            |message: &Message| done.iter().any(|d| d.message_id() == message.message_id());
        for done in &done {
            let receipt = done.receipt_handle().unwrap_or_default().to_owned();
            // It takes all until the last batch has ended.
            let _ = self.done.send(receipt).await;
        }
        for failed in messages.iter().filter(|message| !is_done(message)) {
            show_again(&self.client, &self.url, failed).await;
        }
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

/// Deletes the messages that are `done`, together with those that are done soon after them, for as long as
/// there may be some.
async fn delete_done(
    client: Client,
    url: String,
    mut done: mpsc::Receiver<String>,
    busy: Arc<AtomicUsize>,
) {
    while let Some(first) = done.recv().await {
        let mut receipts = vec![first];
        let until = Instant::now() + LINGER;
        while receipts.len() < MAX_MESSAGES {
            let next = match busy.load(Ordering::Relaxed) {
                0 => done.try_recv().ok(),
                _ => timeout_at(until, done.recv()).await.ok().flatten(),
            };
            match next {
                Some(next) => receipts.push(next),
                None => break,
            }
        }
        if let Err(error) = delete(&client, &url, receipts).await {
            tracing::error!(%error, "deleting messages failed");
        }
    }
}

async fn delete(client: &Client, url: &str, receipts: Vec<String>) -> Result<()> {
    let mut entries = Vec::with_capacity(receipts.len());
    for (at, receipt) in receipts.into_iter().enumerate() {
        let entry = DeleteMessageBatchRequestEntry::builder().id(at.to_string());
        entries.push(entry.receipt_handle(receipt).build().map_err(LocalError::of)?);
    }
    let sent = client.delete_message_batch().queue_url(url).set_entries(Some(entries)).send().await;
    sent.map(drop).map_err(|e| LocalError(DisplayErrorContext(e).to_string()))
}
