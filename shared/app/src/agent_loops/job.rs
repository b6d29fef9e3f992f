//! The job of the loop queue.

use domain::{AgentExecution, AgentLoopId, ExecutionId, Result, WorkspaceId};
use serde::{Deserialize, Serialize};

use super::worker::LoopWorker;
use crate::work_queue::{Job, WorkQueue};

/// Carry an execution out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RunLoop {
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The loop.
    pub agent_loop_id: AgentLoopId,
    /// The execution.
    pub execution_id: ExecutionId,
    /// How often it was deferred, since its workspace had as many executions running as it may have.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub deferrals: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

impl RunLoop {
    /// The job that carries `execution` out.
    pub fn of(execution: &AgentExecution) -> Self {
        Self {
            workspace_id: execution.workspace_id,
            agent_loop_id: execution.agent_loop_id,
            execution_id: execution.id,
            deferrals: 0,
        }
    }
}

impl Job for RunLoop {
    type Worker = LoopWorker;
    const QUEUE: WorkQueue =
        WorkQueue { name: "LoopQueue", worker: "loop-worker", setting: "LOOP_QUEUE_URL" };
    const VERSION: u8 = 1;

    fn group(&self) -> Option<String> {
        Some(self.workspace_id.to_string())
    }

    async fn run(self, worker: &LoopWorker) -> Result<()> {
        worker.handle(&self).await
    }
}
