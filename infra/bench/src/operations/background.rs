//! The work that a turn causes behind the stream, by how many turns a batch holds.

use domain::{ConversationId, Timestamp};
use local::{Code, LocalPlatform};
use serde_json::{Value, json};
use store::meter::{Meter, Units};

use super::{
    conversations::{Held, Random, With, held},
    seed,
};
use crate::{BenchError, Result};

/// The workers that read the stream.
const WORKERS: [&str; 2] = ["stats-worker", "event-fanout"];
/// Turns in a batch.
const BATCHES: [u32; 2] = [1, 100];
/// Between one turn and the next.
const APART_MILLIS: i64 = 1_000;

/// What a worker consumed for each turn of a batch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Background {
    /// The worker.
    pub worker: &'static str,
    /// Turns in the batch.
    pub turns: u32,
    /// Read units per turn.
    pub read: f64,
    /// Write units per turn.
    pub write: f64,
}

/// Measures with turns that open conversations, answered ones without a subscriber; no worker
/// may be attached yet. The conversations are left behind.
pub async fn background(
    platform: &LocalPlatform,
    with: With,
    now: Timestamp,
) -> Result<(Vec<Background>, Vec<ConversationId>)> {
    let (mut found, mut left) = (Vec::new(), Vec::new());
    let mut random = Random::new(7);
    for turns in BATCHES {
        platform.forget_changes().await.map_err(BenchError::of)?;
        let known = platform.changes(1).map_err(BenchError::of)?.len();
        for n in 0..turns {
            let at = now.millis() - APART_MILLIS * i64::from(turns - n);
            let one = answered(with, Timestamp::from_millis(at), &mut random);
            left.push(one.opened.id);
            seed::put(platform, &one).await.map_err(BenchError::of)?;
        }
        let records = platform.changes(1_000).map_err(BenchError::of)?;
        let records: Vec<Value> = records.into_iter().skip(known).collect();
        for worker in WORKERS {
            let Units { read, write, .. } = units(platform, worker, &records).await?;
            let per = f64::from(turns);
            found.push(Background { worker, turns, read: read / per, write: write / per });
        }
    }
    platform.forget_changes().await.map_err(BenchError::of)?;
    Ok((found, left))
}

/// A conversation of one answered turn.
fn answered(with: With, at: Timestamp, random: &mut Random) -> Held {
    loop {
        let mut one = held(with, at, random);
        one.turns.truncate(1);
        if one.turns.iter().all(|turn| !turn.unanswered) {
            return one;
        }
    }
}

async fn units(platform: &LocalPlatform, worker: &str, records: &[Value]) -> Result<Units> {
    let Some(Code::Worker(work)) = platform.function(worker) else {
        return Err(BenchError(format!("{worker} is no worker")));
    };
    // A shard that no stream has, so that the checkpoint of the one that is there stays.
    let event = json!({ "Records": records, "shardId": "bench", "state": {} });
    let meter = Meter::default();
    let answer = meter.scope(work(event)).await.map_err(BenchError::of)?;
    match answer["batchItemFailures"].as_array() {
        Some(failures) if failures.is_empty() => Ok(meter.units()),
        _ => Err(BenchError(format!("{worker} left records undone: {answer}"))),
    }
}
