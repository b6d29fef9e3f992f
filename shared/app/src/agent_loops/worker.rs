//! The loop worker: one execution a message. The row is the truth; a message only says that it is time
//! to look.

use std::time::Duration;

use domain::{
    AgentExecution, ExecutionEnd, ExecutionResult, ExecutionStatus, Result, Timestamp,
    ToolCallRecord,
};
use store::{LeaseRenewal, PENDING_LEASE, Store};

use super::{executions::CANCELLED, job::RunLoop, run::Run};
use crate::{
    App, adapters::random, integrations::Integrations, knowledge::indexes::Indexes,
    work_queue::JobQueue,
};

/// A worker that has not renewed its lease for this long is taken for dead.
pub const LEASE: Duration = Duration::from_secs(60);
/// How often it renews it, and looks whether the owner cancelled the execution.
const HEARTBEAT: Duration = Duration::from_secs(10);
/// Executions of one workspace that run at once; those of others run beside them.
pub const MAX_RUNNING: u8 = 4;
/// How often an execution is begun whose workers died before they called a tool.
const MAX_ATTEMPTS: u32 = 3;
/// What an execution says whose worker died after it called a tool.
const INTERRUPTED: &str =
    "interrupted: its worker died after it had called tools, which are not called twice";
/// The shortest and the longest wait for a slot.
const SLOT_DELAY: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(20));

/// Carries executions out: what `loop-worker` needs beyond [`App`].
#[derive(Clone)]
pub struct LoopWorker {
    pub(super) app: App,
    pub(super) integrations: Integrations,
    pub(super) indexes: Indexes,
    store: Store,
    queue: JobQueue<RunLoop>,
}

/// How a run ended for its worker.
enum Ran {
    /// It came to an end of its own.
    Ended(ExecutionEnd),
    /// The execution is no longer this worker's.
    Lost,
}

impl LoopWorker {
    /// A worker whose models and secrets are those of `integrations`; executions that have to wait go
    /// back to `queue`.
    pub fn new(integrations: Integrations, queue: JobQueue<RunLoop>) -> Self {
        let app = integrations.app().clone();
        Self { store: app.store.clone(), app, integrations, indexes: Indexes::default(), queue }
    }

    /// Handles one message: carries its execution out, unless that has ended or another worker has it.
    pub async fn handle(&self, job: &RunLoop) -> Result<()> {
        let found = self.store.execution(job.agent_loop_id, job.execution_id).await?;
        let Some(seen) = found.filter(|found| !found.status.is_final()) else { return Ok(()) };
        let now = self.app.now();
        if seen.status == ExecutionStatus::Running {
            if seen.lease_until.is_some_and(|until| until > now) {
                // Should its worker die, the row comes up in the due index when the lease ends.
                return Ok(());
            }
            if seen.acted || seen.attempt >= MAX_ATTEMPTS {
                return self.interrupt(&seen, now).await;
            }
        }
        let Some(slot) = self.take_slot(&seen, now).await? else {
            return self.defer(job, &seen).await;
        };
        let done = self.carry_out(&seen, slot).await;
        self.store.leave_execution_slot(seen.workspace_id, slot, seen.id).await?;
        done
    }

    /// A slot of the workspace, if one is free.
    async fn take_slot(&self, seen: &AgentExecution, now: Timestamp) -> Result<Option<u8>> {
        let first = (seen.id.uuid().as_u128() % u128::from(MAX_RUNNING)) as u8;
        for at in 0..MAX_RUNNING {
            let slot = (first + at) % MAX_RUNNING;
            let (workspace, until) = (seen.workspace_id, now.plus(LEASE));
            if self.store.take_execution_slot(workspace, slot, seen.id, until, now).await? {
                return Ok(Some(slot));
            }
        }
        Ok(None)
    }

    /// Sends the message again, since the workspace has as many executions running as it may have.
    async fn defer(&self, job: &RunLoop, seen: &AgentExecution) -> Result<()> {
        let (shortest, longest) = SLOT_DELAY;
        let delay = (shortest * (1 << job.deferrals.min(4))).min(longest);
        let delay = delay.mul_f64(0.75 + random::fraction() / 2.0);
        let delay = delay / self.app.clock.retry_time_scale().max(1);
        // Should the message be lost, the ticker finds the row.
        self.store.defer_execution(seen, self.app.now().plus(delay + PENDING_LEASE)).await?;
        let later = RunLoop { deferrals: job.deferrals.saturating_add(1), ..job.clone() };
        self.queue.send(&later, delay).await
    }

    async fn carry_out(&self, seen: &AgentExecution, slot: u8) -> Result<()> {
        let now = self.app.now();
        let Some(claimed) = self.store.claim_execution(seen, now, now.plus(LEASE)).await? else {
            return Ok(());
        };
        let agent_loop = self.store.agent_loop(claimed.workspace_id, claimed.agent_loop_id).await?;
        // One whose loop is gone goes with it.
        let Some(agent_loop) = agent_loop else { return Ok(()) };
        let mut run = Run::new(self, &agent_loop, claimed.clone());
        let ran = tokio::select! {
            ended = run.go() => ended?.map_or(Ran::Lost, Ran::Ended),
            lost = self.renew(&claimed, slot) => lost?,
        };
        match ran {
            Ran::Lost => Ok(()),
            Ran::Ended(end) => self.end(&claimed, end).await,
        }
    }

    /// Renews lease and slot until the execution is cancelled, or no longer this worker's.
    async fn renew(&self, claimed: &AgentExecution, slot: u8) -> Result<Ran> {
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            let now = self.app.now();
            let until = now.plus(LEASE);
            match self.store.renew_execution(claimed, until).await? {
                LeaseRenewal::Renewed => {}
                LeaseRenewal::Cancelled => {
                    return Ok(Ran::Ended(self.cut_short(claimed, CANCELLED).await?));
                }
                LeaseRenewal::Lost => return Ok(Ran::Lost),
            }
            let workspace = claimed.workspace_id;
            self.store.take_execution_slot(workspace, slot, claimed.id, until, now).await?;
        }
    }

    /// The end of an execution whose worker stopped midway: failed, with what its record says that it did.
    async fn cut_short(&self, seen: &AgentExecution, why: &str) -> Result<ExecutionEnd> {
        let steps = self.store.execution_steps(seen.id).await?;
        let iterations_used = steps.iter().filter(|step| !step.model_call.closing).count();
        let tokens = steps.iter().map(|s| s.model_call.input_tokens + s.model_call.output_tokens);
        let tokens_used = tokens.sum();
        let output = steps.iter().rev().find_map(|step| step.model_call.text.clone());
        let unfinished = |call: ToolCallRecord| match call.result {
            Some(_) => call,
            None => ToolCallRecord { error: call.error.or(Some(why.to_owned())), ..call },
        };
        let tool_calls = steps.into_iter().flat_map(|step| step.tool_calls).map(unfinished);
        Ok(ExecutionEnd {
            status: ExecutionStatus::Failed,
            error: Some(why.to_owned()),
            iterations_used: u32::try_from(iterations_used).unwrap_or(u32::MAX),
            tokens_used,
            model: seen.model.clone(),
            result: ExecutionResult {
                output,
                tool_calls: tool_calls.collect(),
                warnings: Vec::new(),
            },
        })
    }

    async fn interrupt(&self, seen: &AgentExecution, now: Timestamp) -> Result<()> {
        tracing::warn!(execution = %seen.id, attempt = seen.attempt, "an execution was interrupted");
        let end = self.cut_short(seen, INTERRUPTED).await?;
        self.store.end_execution(seen, end, now).await.map(drop)
    }

    async fn end(&self, claimed: &AgentExecution, end: ExecutionEnd) -> Result<()> {
        let (status, tokens) = (end.status.name(), end.tokens_used);
        let ended = self.store.end_execution(claimed, end, self.app.now()).await?;
        if ended.is_some() {
            tracing::info!(execution = %claimed.id, status, tokens, "an execution ended");
        }
        Ok(())
    }
}
