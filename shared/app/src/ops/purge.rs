//! Clearing away what hung on something that was deleted.

use std::time::{Duration, Instant};

use domain::{Error, Result};
use store::{PurgeTarget, Store};

use crate::{
    Core,
    adapters::files::{FileOf, Files},
    adapters::sqs::{Purge, Queue, VERSION},
};

/// A message works for this long, then hands the rest to another one.
const SLICE: Duration = Duration::from_secs(20);

/// Purging: what `purge-worker` needs beyond [`Core`].
#[derive(Debug, Clone)]
pub struct Purging {
    store: Store,
    files: Files,
    queue: Queue,
}

impl Purging {
    /// Purging over `core` and `files`; what is left over goes through `queue`.
    pub fn new(core: Core, files: Files, queue: Queue) -> Self {
        Self { store: core.store, files, queue }
    }

    /// Handles one message.
    pub async fn handle(&self, job: &Purge) -> Result<()> {
        if job.v != VERSION {
            return Err(Error::internal(format!("purge message of version {}", job.v)));
        }
        let begun = Instant::now();
        match job.target {
            PurgeTarget::File { chatbot, id } => {
                self.files.remove(FileOf { chatbot, source: id }).await?;
            }
            // Those too whose sources never came to be.
            PurgeTarget::Chatbot { id, .. } => self.files.remove_all(id).await?,
            _ => {}
        }
        while !self.store.purge_some(&job.target).await? {
            if begun.elapsed() > SLICE {
                return self.queue.send(job, Duration::ZERO).await;
            }
        }
        Ok(())
    }
}
