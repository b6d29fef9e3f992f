//! Batches of records of the table's stream.

use std::future::Future;

use aws_lambda_events::streams::{DynamoDbBatchItemFailure, DynamoDbEventResponse};
use domain::{Error, Result, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use store::{Change, StreamImage, StreamItem};

/// The shard a batch is from. Only a mapping with a tumbling window says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shard(pub String);

/// A record with what it means.
#[derive(Debug)]
pub struct Record {
    /// Its place in the shard; what a failure names.
    pub sequence: String,
    /// The keys of the item it is about.
    pub keys: Value,
    /// When it was written, to the second.
    pub written_at: Option<Timestamp>,
    /// What changed, if anybody waits for it.
    pub change: Option<Change>,
    /// Why nothing can be said of it, if that is so.
    pub unreadable: Option<Unreadable>,
}

/// A record that can't be read. The item it is about is in the table, so its effects can
/// be derived again.
#[derive(Debug, Clone, PartialEq)]
pub struct Unreadable {
    /// The item's keys.
    pub keys: Value,
    /// What is wrong.
    pub reason: String,
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
pub async fn records<F>(
    mut event: Value,
    handle: impl FnOnce(Vec<Record>) -> F,
) -> Result<StreamResponse>
where
    F: Future<Output = usize>,
{
    // The last call of a window brings no records.
    let records = match event.get_mut("Records").map(Value::take) {
        Some(Value::Array(records)) => records,
        _ => Vec::new(),
    };
    let mut readable = Vec::with_capacity(records.len());
    let mut sequences = Vec::with_capacity(records.len());
    for record in records {
        // Without a sequence number there is nothing that an answer could name.
        let sequence = match record["dynamodb"]["SequenceNumber"].as_str() {
            Some(sequence) => sequence.to_owned(),
            None => return Err(Error::internal("a stream record without a sequence number")),
        };
        sequences.push(sequence.clone());
        let keys = record["dynamodb"]["Keys"].clone();
        let seconds = record["dynamodb"]["ApproximateCreationDateTime"].as_f64();
        let written_at = seconds.map(|seconds| Timestamp::from_millis((seconds * 1e3) as i64));
        readable.push(match change(record) {
            Ok(change) => Record { sequence, keys, written_at, change, unreadable: None },
            Err(error) => {
                tracing::error!(%error, sequence, "a stream record can't be read");
                let unreadable = Some(Unreadable { keys: keys.clone(), reason: error.to_string() });
                Record { sequence, keys, written_at, change: None, unreadable }
            }
        });
    }
    let done = handle(readable).await;
    let mut response = StreamResponse::default();
    if let Some(sequence) = sequences.get(done) {
        let mut failure = DynamoDbBatchItemFailure::default();
        failure.item_identifier = Some(sequence.clone());
        response.failures.batch_item_failures.push(failure);
    }
    Ok(response)
}

/// What a worker answers to a batch of records.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize)]
pub struct StreamResponse {
    /// The first record that is not done, if there is one.
    #[serde(flatten)]
    pub failures: DynamoDbEventResponse,
    /// What the next batch of the same window is handed: nothing. A mapping with a tumbling window
    /// refuses an answer without it.
    pub state: Map<String, Value>,
}

/// A record, as far as anybody here looks at it.
#[derive(Deserialize)]
struct StreamRecord {
    dynamodb: Images,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Images {
    old_image: Option<StreamItem>,
    new_image: Option<StreamItem>,
}

fn change(record: Value) -> Result<Option<Change>> {
    let StreamRecord { dynamodb: Images { old_image, new_image } } =
        serde_json::from_value(record).map_err(Error::internal)?;
    StreamImage { old: old_image, new: new_image }.change()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    async fn answer<F: Future<Output = usize>>(
        event: Value,
        handle: impl FnOnce(Vec<Record>) -> F,
    ) -> Value {
        serde_json::to_value(records(event, handle).await.unwrap()).unwrap()
    }

    fn event(keys: &[&str]) -> Value {
        let records: Vec<Value> = keys
            .iter()
            .enumerate()
            .map(|(n, pk)| {
                let image = json!({"pk": {"S": pk}, "sk": {"S": "CONV#x"}});
                json!({"eventName": "INSERT", "dynamodb": {
                "SequenceNumber": n.to_string(), "NewImage": image, "Keys": image
                                }})
            })
            .collect();
        json!({ "Records": records })
    }

    #[tokio::test]
    async fn the_first_that_is_not_done_comes_again() {
        let none = json!({"batchItemFailures": [], "state": {}});
        let second = answer(event(&["A#1", "A#2", "A#3"]), async |_| 1).await;
        let failures = json!([{"itemIdentifier": "1"}]);
        assert_eq!(second, json!({"batchItemFailures": failures, "state": {}}));
        assert_eq!(answer(event(&["A#1"]), async |records| records.len()).await, none);
        let last = json!({"isFinalInvokeForWindow": true, "state": {}});
        assert_eq!(answer(last, async |_| 0).await, none);
    }

    #[tokio::test]
    async fn a_record_that_cannot_be_read_does_not_stop_its_shard() {
        // A conversation that lacks everything.
        let seen = async |records: Vec<Record>| {
            assert!(records.iter().all(|record| record.change.is_none()));
            let unreadable: Vec<_> = records.iter().map(|r| r.unreadable.is_some()).collect();
            assert_eq!(unreadable, [false, true, false]);
            records.len()
        };
        let answer = answer(event(&["A#1", "BOT#1", "A#3"]), seen).await;
        assert_eq!(answer["batchItemFailures"], json!([]));
    }
}
