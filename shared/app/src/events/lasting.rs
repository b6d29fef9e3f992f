//! Failures that last and failures that pass. A record of the stream that fails holds up all records
//! of its shard, whatever tenant they are of: that is right while the cause passes, as an outage
//! does, and wrong for a record that fails for what is in it.

use std::time::Duration;

use domain::Result;
use store::Store;

use crate::{App, adapters::clock::SharedClock};

/// A record that has failed so often…
const MIN_FAILURES: u32 = 10;
/// … over this time always will.
const MIN_TIME: Duration = Duration::from_secs(15 * 60);

/// Counts the failures of one consumer's records. Where they can't be counted, as in an outage of the
/// table, none is taken for lasting.
#[derive(Debug, Clone)]
pub struct LastingFailures {
    store: Store,
    clock: SharedClock,
    consumer: &'static str,
}

impl LastingFailures {
    /// Those of `consumer`.
    pub fn new(app: &App, consumer: &'static str) -> Self {
        Self { store: app.store.clone(), clock: app.clock.clone(), consumer }
    }

    /// Counts a failure of the record at `sequence`; whether it will always fail.
    pub async fn is_lasting(&self, sequence: &str) -> Result<bool> {
        let now = self.clock.now();
        let (failures, first) = self.store.count_failure(self.consumer, sequence, now).await?;
        Ok(failures >= MIN_FAILURES && now.since(first) >= MIN_TIME)
    }
}
