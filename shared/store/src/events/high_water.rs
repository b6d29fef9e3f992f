//! High-water marks: how far event-fanout has come on each shard of the stream, in time. After an
//! outage they say from when on events are missing.

use std::time::Duration;

use domain::{Result, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    keys,
    table::client::{Range, Store, key_in, read},
    table::write::Write,
};

/// How long a mark is kept after a shard's last record: as long as events can be replayed.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Up to when the records of a shard were handled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HighWater {
    /// The shard.
    pub shard: String,
    /// When the last record was written that was handled.
    pub at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct HighWaterItem {
    at: Timestamp,
}

impl Store {
    /// Moves the mark of `consumer` on `shard` to `at`, unless it is beyond that.
    pub async fn raise_high_water(&self, consumer: &str, shard: &str, at: Timestamp) -> Result<()> {
        let write = Write::update(
            keys::checkpoint(consumer, shard),
            "SET #at = :at, expires_at = :expires",
        )
        .name("at", "at")
        .value("at", at)?
        .value("expires", at.plus(KEPT).seconds())?
        .when("attribute_not_exists(#at) OR #at < :at");
        self.write(write).await.map(drop)
    }

    /// The marks of `consumer`, the latest first. Those of shards that have been closed stay where
    /// they are.
    pub async fn high_water(&self, consumer: &str) -> Result<Vec<HighWater>> {
        let range = Range::prefix(keys::checkpoints_partition(consumer), keys::SHARD);
        let mut marks = Vec::new();
        for item in self.query_items(range).await? {
            let shard = key_in(&item)?.sk.trim_start_matches(keys::SHARD).to_owned();
            marks.push(HighWater { shard, at: read::<HighWaterItem>(item)?.at });
        }
        marks.sort_by_key(|mark| std::cmp::Reverse(mark.at));
        Ok(marks)
    }
}
