//! Clearing away what hung on something that was deleted.

use std::time::{Duration, Instant};

use domain::{Error, Result};
use store::Store;

use crate::{
    Core,
    queue::{Purge, Queue, VERSION},
};

/// A message works for this long, then hands the rest to another one.
const SLICE: Duration = Duration::from_secs(20);

/// Purging: what `purge-worker` needs beyond [`Core`].
#[derive(Debug, Clone)]
pub struct Purging {
    store: Store,
    queue: Queue,
}

impl Purging {
    /// Purging over `core`; what is left over goes through `queue`.
    pub fn new(core: Core, queue: Queue) -> Self {
        Self { store: core.store, queue }
    }

    /// Handles one message.
    pub async fn handle(&self, job: &Purge) -> Result<()> {
        if job.v != VERSION {
            return Err(Error::internal(format!("purge message of version {}", job.v)));
        }
        let begun = Instant::now();
        while !self.store.purge_some(&job.target).await? {
            if begun.elapsed() > SLICE {
                return self.queue.send(job, Duration::ZERO).await;
            }
        }
        Ok(())
    }
}
