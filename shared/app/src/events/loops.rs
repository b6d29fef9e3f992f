//! Subscriber of the loop queue: an execution that waits is carried out.

use domain::Result;
use store::Change;

use crate::{agent_loops::job::RunLoop, work_queue::JobQueue};

/// Sends a job for each execution that is queued.
#[derive(Debug, Clone)]
pub(super) struct LoopSubscriber {
    queue: JobQueue<RunLoop>,
}

impl LoopSubscriber {
    pub fn new(queue: JobQueue<RunLoop>) -> Self {
        Self { queue }
    }

    pub async fn on(&self, change: &Change) -> Result<()> {
        match change {
            Change::ExecutionQueued(execution) => {
                self.queue.send_all(&[RunLoop::of(execution)]).await
            }
            _ => Ok(()),
        }
    }
}
