//! Clearing away what hung on something that was deleted.

use std::time::{Duration, Instant};

use domain::{ChatbotId, Result, WorkspaceId};
use serde::{Deserialize, Serialize};
use store::{PurgeTarget, Store};

use crate::{
    App,
    adapters::clock::SharedClock,
    adapters::files::{FileKey, Files},
    work_queue::{Job, JobQueue, WorkQueue},
};

/// A message works for this long, then hands the rest to another one.
const SLICE: Duration = Duration::from_secs(20);

/// Remove what depended on something that was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Purge {
    /// What is to be removed.
    pub target: PurgeTarget,
}

impl Job for Purge {
    type Worker = Purging;
    const QUEUE: WorkQueue =
        WorkQueue { name: "PurgeQueue", worker: "purge-worker", setting: "PURGE_QUEUE_URL" };
    const VERSION: u8 = 1;

    async fn run(self, worker: &Purging) -> Result<()> {
        worker.handle(&self).await
    }
}

/// Purging: what `purge-worker` needs beyond [`App`].
#[derive(Debug, Clone)]
pub struct Purging {
    pub(super) store: Store,
    files: Files,
    queue: JobQueue<Purge>,
    pub(super) clock: SharedClock,
}

/// Whether what a message is about has come to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// Nothing is left.
    Done,
    /// The rest is for another message, after this time.
    Later(Duration),
}

impl Purging {
    /// Purging over `app` and `files`; what is left over goes through `queue`.
    pub fn new(app: App, files: Files, queue: JobQueue<Purge>) -> Self {
        let App { store, clock, .. } = app;
        Self { store, files, queue, clock }
    }

    /// Handles one message.
    pub async fn handle(&self, job: &Purge) -> Result<()> {
        let begun = Instant::now();
        match job.target {
            PurgeTarget::Visitor { .. } => {
                return match self.erase_visitor(&job.target, || begun.elapsed() > SLICE).await? {
                    Progress::Done => Ok(()),
                    Progress::Later(delay) => self.queue.send(job, delay).await,
                };
            }
            PurgeTarget::Expired { chatbot } => {
                return match self.expire(chatbot, || begun.elapsed() > SLICE).await? {
                    Progress::Done => Ok(()),
                    Progress::Later(delay) => self.queue.send(job, delay).await,
                };
            }
            PurgeTarget::File { chatbot, id } => {
                self.files.remove(FileKey { chatbot, source: id }).await?;
            }
            // Deliveries expire by themselves, and one that is not settled is still owed.
            PurgeTarget::Conversation { id }
                if self.store.expired_among(&[id]).await?.contains(&id) => {}
            PurgeTarget::Conversation { id } => self.store.purge_deliveries_of(id).await?,
            // Those too whose sources never came to be.
            PurgeTarget::Chatbot { id, workspace } => self.purge_outside(workspace, id).await?,
            PurgeTarget::Workspace { id } if !self.purge_chatbots(id, begun).await? => {
                return self.queue.send(job, Duration::ZERO).await;
            }
            _ => {}
        }
        while !self.store.purge_some(&job.target).await? {
            if begun.elapsed() > SLICE {
                return self.queue.send(job, Duration::ZERO).await;
            }
        }
        self.store.end_tombstone(&job.target, self.clock.now()).await
    }

    /// Deletes what a chatbot has outside its own partitions: files, and keys in its workspace's list.
    async fn purge_outside(&self, workspace: WorkspaceId, chatbot: ChatbotId) -> Result<()> {
        self.files.remove_all(chatbot).await?;
        self.store.delete_api_keys_of(workspace, chatbot, self.clock.now()).await
    }

    /// Deletes the chatbots of a workspace that was closed, with all that is theirs; whether that was
    /// done in time. One that is cut short has a tombstone of its own.
    async fn purge_chatbots(&self, workspace: WorkspaceId, begun: Instant) -> Result<bool> {
        for chatbot in self.store.chatbots(workspace).await? {
            let id = chatbot.id;
            if !self.store.delete_chatbot(workspace, id, self.clock.now()).await? {
                continue;
            }
            self.purge_outside(workspace, id).await?;
            let target = PurgeTarget::Chatbot { id, workspace };
            while !self.store.purge_some(&target).await? {
                if begun.elapsed() > SLICE {
                    return Ok(false);
                }
            }
            self.store.end_tombstone(&target, self.clock.now()).await?;
        }
        Ok(true)
    }
}
