//! Subscriber of the channel queue: a message that came in is answered, a reply is sent, and the platform
//! of a deleted channel is told.

use domain::Result;
use store::Change;

use crate::{channels::job::ChannelJob, jobs::JobQueue};

/// Sends a job for each entry, and for each channel that was deleted.
#[derive(Debug, Clone)]
pub(super) struct ChannelSubscriber {
    queue: JobQueue<ChannelJob>,
}

impl ChannelSubscriber {
    pub fn new(queue: JobQueue<ChannelJob>) -> Self {
        Self { queue }
    }

    pub async fn on(&self, change: &Change) -> Result<()> {
        let job = match change {
            Change::EntryAdded(entry) => ChannelJob::of(entry),
            Change::ChannelBuried(channel) => ChannelJob::removal(channel.workspace_id, channel.id),
            _ => return Ok(()),
        };
        self.queue.send_all(&[job]).await
    }
}
