//! Executions as the owner of their loop begins, lists, reads and cancels them.

use domain::{
    AgentExecution, AgentLoopId, Error, ErrorKind, ExecutionEnd, ExecutionFilter, ExecutionId,
    ExecutionResult, ExecutionStatus, ExecutionStep, ExecutionTrigger, ListPage, Result,
    WorkspaceId,
};

use super::{loop_::AgentLoops, schedule::pending};

/// Bytes of what all executions of a page said and called: the page fits a response.
const PAGE_BYTES: usize = 1024 * 1024;
/// How often a cancellation that met a change is tried again.
const ATTEMPTS: u32 = 4;
/// What an execution says that its owner cancelled.
pub(super) const CANCELLED: &str = "cancelled";

/// An execution with what it said and called.
#[derive(Debug, Clone, PartialEq)]
pub struct Execution {
    /// The execution.
    pub execution: AgentExecution,
    /// What it said and called; nothing while it runs.
    pub result: ExecutionResult,
}

/// All that is known about an execution.
#[derive(Debug, Clone, PartialEq)]
pub struct ExecutionRecord {
    /// The execution.
    pub execution: Execution,
    /// Its steps, as far as it has come.
    pub steps: Vec<ExecutionStep>,
}

impl AgentLoops {
    /// Queues an execution of a loop.
    pub async fn run(&self, workspace: WorkspaceId, id: AgentLoopId) -> Result<Execution> {
        let agent_loop = self.get(workspace, id).await?;
        let now = self.app.now();
        let trigger = ExecutionTrigger::Manual;
        let execution = pending(&agent_loop, ExecutionId::at(now), trigger, None, now);
        match self.app.store.queue_execution(&execution).await? {
            true => Ok(Execution { execution, result: ExecutionResult::default() }),
            false => Err(Error::not_found("agent loop")),
        }
    }

    /// A page of a loop's executions that `filter` wants, newest first, with how many it wants of those
    /// that a list looks at. The more there are on a page, the shorter is what each said.
    pub async fn executions(
        &self,
        workspace: WorkspaceId,
        id: AgentLoopId,
        filter: &ExecutionFilter,
        page: ListPage,
    ) -> Result<(Vec<Execution>, u64)> {
        let (_, mut found) = tokio::try_join!(
            self.get(workspace, id),
            self.app.store.executions(id, self.app.now())
        )?;
        found.retain(|execution| filter.matches(execution));
        let total = found.len() as u64;
        let rows = page.of(found);
        let ended = rows.iter().filter(|execution| execution.status.is_final());
        let mut results = self.app.store.execution_results(ended.map(|found| found.id)).await?;
        let each = PAGE_BYTES / rows.len().max(1);
        let shown = rows.into_iter().map(|execution| {
            let result = results.remove(&execution.id).unwrap_or_default().within(each);
            Execution { execution, result }
        });
        Ok((shown.collect(), total))
    }

    /// An execution of a loop with its record.
    pub async fn execution(
        &self,
        workspace: WorkspaceId,
        id: AgentLoopId,
        execution: ExecutionId,
    ) -> Result<ExecutionRecord> {
        let found = self.find(workspace, id, execution).await?;
        let (steps, result) = tokio::try_join!(
            self.app.store.execution_steps(execution),
            self.app.store.execution_result(execution)
        )?;
        let result = result.unwrap_or_default();
        Ok(ExecutionRecord { execution: Execution { execution: found, result }, steps })
    }

    async fn find(
        &self,
        workspace: WorkspaceId,
        id: AgentLoopId,
        execution: ExecutionId,
    ) -> Result<AgentExecution> {
        let (_, found) =
            tokio::try_join!(self.get(workspace, id), self.app.store.execution(id, execution))?;
        found.ok_or_else(|| Error::not_found("execution"))
    }

    /// Cancels an execution: one that waits ends at once, one that runs as soon as its worker notices,
    /// before its next model or tool call at the latest.
    pub async fn cancel(
        &self,
        workspace: WorkspaceId,
        id: AgentLoopId,
        execution: ExecutionId,
    ) -> Result<Execution> {
        for _ in 0..ATTEMPTS {
            let found = self.find(workspace, id, execution).await?;
            let now = self.app.now();
            let shown = |execution| Execution { execution, result: ExecutionResult::default() };
            match found.status {
                ExecutionStatus::Pending => {
                    let end = ExecutionEnd {
                        status: ExecutionStatus::Failed,
                        error: Some(CANCELLED.to_owned()),
                        iterations_used: 0,
                        tokens_used: 0,
                        model: None,
                        result: ExecutionResult::default(),
                    };
                    if let Some(ended) = self.app.store.end_execution(&found, end, now).await? {
                        return Ok(shown(ended));
                    }
                }
                ExecutionStatus::Running if found.cancelled_at.is_some() => {
                    return Ok(shown(found));
                }
                ExecutionStatus::Running => {
                    if self.app.store.cancel_execution(&found, now).await? {
                        return Ok(shown(AgentExecution { cancelled_at: Some(now), ..found }));
                    }
                }
                ExecutionStatus::Completed | ExecutionStatus::Failed | ExecutionStatus::Timeout => {
                    let message = format!("the execution has ended: it is {}", found.status.name());
                    return Err(Error::new(ErrorKind::Conflict, message));
                }
            }
        }
        Err(Error::new(ErrorKind::Conflict, "the execution is changing"))
    }
}
