//! Schedules: from a planned time to one execution, however many tickers look at it.

use std::time::Duration;

use domain::{
    AgentExecution, AgentLoop, AgentLoopStatus, Error, ExecutionId, ExecutionStatus,
    ExecutionTrigger, Result, Timestamp, agent_loops::schedule::Schedule,
};
use store::{DueItem, PlannedRun};

use crate::App;

/// When the schedule runs `agent_loop` for the first time after `now`; `None` if it has none, or is off.
pub(super) fn next_run(agent_loop: &AgentLoop, now: Timestamp) -> Result<Option<Timestamp>> {
    let Some(text) = agent_loop.schedule.as_deref() else { return Ok(None) };
    let schedule = parsed(text)?;
    let next = schedule.next_after(agent_loop.scheduled_since, now);
    let next = next.ok_or_else(|| Error::field("schedule", "has no time in the next 10 years"))?;
    Ok(Some(next).filter(|_| agent_loop.status == AgentLoopStatus::Active))
}

/// Refuses a schedule that may run `agent_loop` more often than every `least` minutes, which its plan allows.
pub(super) fn check_gap(agent_loop: &AgentLoop, least: Option<u32>, now: Timestamp) -> Result<()> {
    let (Some(text), Some(least)) = (agent_loop.schedule.as_deref(), least) else { return Ok(()) };
    let gap = parsed(text)?.shortest_gap(now);
    if gap.is_none_or(|gap| gap >= Duration::from_secs(60 * u64::from(least))) {
        return Ok(());
    }
    let message = format!("must leave at least {least} minutes between two runs on this plan");
    Err(Error::field("schedule", message))
}

fn parsed(text: &str) -> Result<Schedule> {
    Schedule::parse(text).map_err(|why| Error::field("schedule", why))
}

/// An execution of `agent_loop` that waits for a worker.
pub(super) fn pending(
    agent_loop: &AgentLoop,
    id: ExecutionId,
    trigger: ExecutionTrigger,
    planned_at: Option<Timestamp>,
    now: Timestamp,
) -> AgentExecution {
    AgentExecution {
        id,
        workspace_id: agent_loop.workspace_id,
        agent_loop_id: agent_loop.id,
        agent_loop_name: agent_loop.name.clone(),
        chatbot_id: agent_loop.chatbot_id,
        trigger,
        planned_at,
        status: ExecutionStatus::Pending,
        attempt: 0,
        lease_until: None,
        acted: false,
        cancelled_at: None,
        iterations_used: 0,
        tokens_used: 0,
        model: None,
        started_at: None,
        completed_at: None,
        error: None,
        created_at: now,
    }
}

impl App {
    /// Does what a loop's planned time `due` leads to: one execution for the latest time that has come,
    /// unless the last scheduled one is not over. Whether there is an execution that this call made.
    pub(crate) async fn run_planned(&self, due: &DueItem, now: Timestamp) -> Result<bool> {
        let Some(agent_loop) = self.store.agent_loop_at(&due.key).await? else { return Ok(false) };
        let (Some(text), Some(planned)) = (&agent_loop.schedule, agent_loop.next_run_at) else {
            return Ok(false);
        };
        let schedule = parsed(text)?;
        let since = agent_loop.scheduled_since;
        // Times that were missed are one: the latest.
        let at = schedule.latest_until(since, planned, now).unwrap_or(planned);
        let next = schedule.next_after(since, at.max(now));
        let run = match self.is_under_way(&agent_loop).await? {
            true => PlannedRun::Skip,
            false => {
                let id = ExecutionId::planned(agent_loop.id, at);
                let trigger = ExecutionTrigger::Schedule;
                PlannedRun::Begin(Box::new(pending(&agent_loop, id, trigger, Some(at), now)))
            }
        };
        let claimed = self.store.claim_planned_run(&agent_loop, &due.due_at, next, &run).await?;
        if claimed && run == PlannedRun::Skip {
            tracing::info!(agent_loop = %agent_loop.id, "a run was skipped, since the last one is not over");
        }
        Ok(claimed && run != PlannedRun::Skip)
    }

    /// Whether the last scheduled execution of `agent_loop` is not over.
    async fn is_under_way(&self, agent_loop: &AgentLoop) -> Result<bool> {
        let Some(last) = agent_loop.last_scheduled else { return Ok(false) };
        let last = self.store.execution(agent_loop.id, last).await?;
        Ok(last.is_some_and(|last| !last.status.is_final()))
    }
}
