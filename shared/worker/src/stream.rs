//! Batches of records of the table's stream.

use std::future::Future;

use aws_lambda_events::dynamodb::{Event, EventRecord};
use domain::{Error, Result};
use serde_json::{Value, json};
use store::{Change, StreamImage, StreamItem};

/// The shard a batch is from. Only a mapping with a tumbling window says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shard(pub String);

/// A record with what it means.
#[derive(Debug)]
pub struct Record {
    /// Its place in the shard; what a failure names.
    pub sequence: String,
    /// What changed, if anybody waits for it.
    pub change: Option<Change>,
}

/// The shard that `event` is from.
pub fn shard_of(event: &Value) -> Result<Shard> {
    match event.get("shardId").and_then(Value::as_str) {
        Some(id) => Ok(Shard(id.to_owned())),
        None => Err(Error::internal("the event has no shardId: set TumblingWindowInSeconds")),
    }
}

/// Reads `event` and hands its records to `handle` in order. `handle` says how many it finished;
/// the first one after those is what comes again, with all that follow it.
///
/// The answer has a `state` too, which a mapping with a tumbling window asks for.
pub async fn records<F>(event: Value, handle: impl FnOnce(Vec<Record>) -> F) -> Result<Value>
where
    F: Future<Output = usize>,
{
    if event.get("Records").is_none() {
        // The last call of a window brings none.
        return Ok(json!({ "batchItemFailures": [], "state": {} }));
    }
    let event: Event = serde_json::from_value(event).map_err(Error::internal)?;
    let mut readable = Vec::with_capacity(event.records.len());
    let mut sequences = Vec::with_capacity(event.records.len());
    for record in event.records {
        let sequence = record.change.sequence_number.clone().unwrap_or_default();
        sequences.push(sequence.clone());
        match change(record) {
            Ok(change) => readable.push(Record { sequence, change }),
            Err(error) => {
                tracing::error!(%error, sequence, "a stream record can't be read");
                break;
            }
        }
    }
    let done = handle(readable).await;
    let failures: Vec<Value> = sequences
        .get(done)
        .map(|sequence| json!({ "itemIdentifier": sequence }))
        .into_iter()
        .collect();
    Ok(json!({ "batchItemFailures": failures, "state": {} }))
}

fn change(record: EventRecord) -> Result<Option<Change>> {
    let image = |item: StreamItem| (!item.is_empty()).then_some(item);
    StreamImage { old: image(record.change.old_image), new: image(record.change.new_image) }
        .change()
}
