//! How often records of the stream have failed.

use std::time::Duration;

use domain::{Result, Timestamp};
use serde::Deserialize;

use crate::{keys, table::client::Store, table::write::Write};

/// How long a count is kept: longer than the stream keeps a record.
const KEPT: Duration = Duration::from_secs(2 * 24 * 60 * 60);

#[derive(Deserialize)]
struct FailureItem {
    failures: u32,
    first_at: Timestamp,
}

impl Store {
    /// Counts a failure of the record at `sequence`; how many there were with it, and when the first
    /// was.
    pub async fn count_failure(
        &self,
        consumer: &str,
        sequence: &str,
        now: Timestamp,
    ) -> Result<(u32, Timestamp)> {
        let write = Write::update(
            keys::failure(consumer, sequence),
            "SET first_at = if_not_exists(first_at, :now), expires_at = :expires ADD failures :one",
        )
        .value("now", now)?
        .value("expires", now.plus(KEPT).seconds())?
        .value("one", 1)?;
        let item = self.update_returning::<FailureItem>(write).await?;
        Ok(item.map_or((1, now), |item| (item.failures, item.first_at)))
    }
}
