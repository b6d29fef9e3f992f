//! The job of the channel queue.

use domain::{ChannelEntry, ChannelId, PeerKey, Result, WorkspaceId};
use serde::{Deserialize, Serialize};

use super::worker::ChannelWorker;
use crate::work_queue::{Job, WorkQueue};

/// Work on an entry of a channel's peer, or tell the platform of a channel that was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChannelJob {
    /// Whose channel it is.
    pub workspace_id: WorkspaceId,
    /// The channel.
    pub channel_id: ChannelId,
    /// What is to be done.
    #[serde(flatten)]
    pub task: ChannelTask,
}

/// See [`ChannelJob`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "task", rename_all = "camelCase")]
pub enum ChannelTask {
    /// The entries of a peer up to and beyond one are to be settled.
    Entry {
        /// The peer.
        peer: PeerKey,
        /// The entry's place.
        place: String,
        /// How often this was deferred, since another worker had the peer.
        #[serde(default, skip_serializing_if = "is_zero")]
        deferrals: u32,
    },
    /// The platform of a deleted channel is to deliver no more.
    Removal,
    /// The platform of a connected channel is asked whether it still is one.
    Check,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl ChannelJob {
    /// The job of `entry`.
    pub fn of(entry: &ChannelEntry) -> Self {
        Self {
            workspace_id: entry.workspace_id,
            channel_id: entry.channel_id,
            task: ChannelTask::Entry {
                peer: entry.peer.clone(),
                place: entry.place.clone(),
                deferrals: 0,
            },
        }
    }

    /// The check of a connected channel.
    pub fn check(workspace_id: WorkspaceId, channel_id: ChannelId) -> Self {
        Self { workspace_id, channel_id, task: ChannelTask::Check }
    }

    /// The job of a deleted channel.
    pub fn removal(workspace_id: WorkspaceId, channel_id: ChannelId) -> Self {
        Self { workspace_id, channel_id, task: ChannelTask::Removal }
    }
}

impl Job for ChannelJob {
    type Worker = ChannelWorker;
    const QUEUE: WorkQueue =
        WorkQueue { name: "ChannelQueue", worker: "channel-worker", setting: "CHANNEL_QUEUE_URL" };
    const VERSION: u8 = 1;

    fn group(&self) -> Option<String> {
        Some(self.workspace_id.to_string())
    }

    async fn run(self, worker: &ChannelWorker) -> Result<()> {
        worker.handle(&self).await
    }
}
