//! Executions of agent loops, from the row that queues them to their end. Each write is conditional on
//! the state it leads away from and on the worker's attempt, so that of two workers one continues.

use std::time::Duration;

use domain::{
    AgentExecution, AgentLoopId, ChatbotId, ExecutionEnd, ExecutionId, ExecutionStatus,
    ExecutionTrigger, Result, Timestamp, WorkspaceId,
    agent_loops::{EXECUTION_KEPT_FOR, MAX_LISTED_EXECUTIONS},
};
use serde::{Deserialize, Serialize};

use crate::{
    agent_loops::record::put_result,
    keys::{self, Key},
    table::client::{Range, Store},
    table::conversions::item_conversions,
    table::write::Write,
};

/// An execution that waits for longer than this may have lost its message.
pub const PENDING_LEASE: Duration = Duration::from_secs(60);

#[derive(Serialize, Deserialize)]
pub(crate) struct ExecutionItem {
    id: ExecutionId,
    workspace_id: WorkspaceId,
    agent_loop_id: AgentLoopId,
    agent_loop_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chatbot_id: Option<ChatbotId>,
    trigger: ExecutionTrigger,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    planned_at: Option<Timestamp>,
    status: ExecutionStatus,
    #[serde(default)]
    attempt: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lease_until: Option<Timestamp>,
    #[serde(default)]
    acted: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cancelled_at: Option<Timestamp>,
    #[serde(default)]
    iterations_used: u32,
    #[serde(default)]
    tokens_used: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    started_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    completed_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    created_at: Timestamp,
    /// Seconds; the table sweeps it some time after.
    expires_at: i64,
}

item_conversions!(
    ExecutionItem,
    AgentExecution {
        id,
        workspace_id,
        agent_loop_id,
        agent_loop_name,
        chatbot_id,
        trigger,
        planned_at,
        status,
        attempt,
        lease_until,
        acted,
        cancelled_at,
        iterations_used,
        tokens_used,
        model,
        started_at,
        completed_at,
        error,
        created_at,
    } + from { expires_at: expiry(from.created_at) }
);

/// When what belongs to an execution made at `created_at` expires.
pub(super) fn expiry(created_at: Timestamp) -> i64 {
    created_at.plus(EXECUTION_KEPT_FOR).seconds()
}

fn key_of(execution: &AgentExecution) -> Key {
    keys::execution(execution.agent_loop_id, execution.id)
}

/// Puts a pending execution.
pub(super) fn put_execution(execution: &AgentExecution) -> Result<Write> {
    let key = key_of(execution);
    Ok(Write::put(key.clone(), &ExecutionItem::from(execution))?
        .with("due_pk", keys::due_partition_of(&key))
        .with("due_at", execution.created_at.plus(PENDING_LEASE).to_string()))
}

/// What a worker's renewal of its lease found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaseRenewal {
    /// It is renewed.
    Renewed,
    /// It is renewed, and the owner cancelled the execution.
    Cancelled,
    /// The execution has ended, belongs to another worker, or is gone.
    Lost,
}

/// Who works on an execution, and since when as far as it knows.
fn by(write: Write, execution: &AgentExecution) -> Result<Write> {
    write
        .name("status", "status")
        .value("was", execution.status)?
        .value("attempt_was", execution.attempt)
        .map(|write| {
            write.when("attribute_exists(pk) AND #status = :was AND attempt = :attempt_was")
        })
}

impl Store {
    /// Queues an execution, if its loop is there; whether it is.
    pub async fn queue_execution(&self, execution: &AgentExecution) -> Result<bool> {
        let owner = keys::agent_loop(execution.workspace_id, execution.agent_loop_id);
        let writes = vec![Write::check(owner).if_present(), put_execution(execution)?.if_absent()];
        Ok(self.transact(writes).await?.is_done())
    }

    /// An execution of a loop.
    pub async fn execution(
        &self,
        agent_loop: AgentLoopId,
        id: ExecutionId,
    ) -> Result<Option<AgentExecution>> {
        self.execution_at(&keys::execution(agent_loop, id)).await
    }

    /// The execution under `key`.
    pub async fn execution_at(&self, key: &Key) -> Result<Option<AgentExecution>> {
        let found: Option<ExecutionItem> = self.get(key, true).await?;
        Ok(found.map(Into::into))
    }

    /// The executions of a loop, newest first: [`MAX_LISTED_EXECUTIONS`] at most, and none that is
    /// expired at `now`.
    pub async fn executions(
        &self,
        agent_loop: AgentLoopId,
        now: Timestamp,
    ) -> Result<Vec<AgentExecution>> {
        let range = Range::prefix(keys::executions_partition(agent_loop), keys::EXECUTION);
        let items: Vec<ExecutionItem> =
            self.query(range.backwards().limit(MAX_LISTED_EXECUTIONS)).await?;
        let kept = items.into_iter().filter(|item| item.expires_at > now.seconds());
        Ok(kept.map(Into::into).collect())
    }

    /// Takes an execution on as it was `seen`: the next attempt, running from `now` under a lease until
    /// `lease_until`. `None` if another worker was faster, or it ended.
    pub async fn claim_execution(
        &self,
        seen: &AgentExecution,
        now: Timestamp,
        lease_until: Timestamp,
    ) -> Result<Option<AgentExecution>> {
        let started_at = seen.started_at.unwrap_or(now);
        let write = Write::update(
            key_of(seen),
            "SET #status = :running, attempt = :attempt, started_at = :started, \
             lease_until = :until, due_at = :due",
        )
        .value("running", ExecutionStatus::Running)?
        .value("attempt", seen.attempt + 1)?
        .value("started", started_at)?
        .value("until", lease_until)?
        .value("due", lease_until.to_string())?;
        let claimed = self.write(by(write, seen)?).await?.is_done();
        Ok(claimed.then(|| AgentExecution {
            status: ExecutionStatus::Running,
            attempt: seen.attempt + 1,
            started_at: Some(started_at),
            lease_until: Some(lease_until),
            ..seen.clone()
        }))
    }

    /// Renews the lease of the worker whose attempt `execution` is.
    pub async fn renew_execution(
        &self,
        execution: &AgentExecution,
        lease_until: Timestamp,
    ) -> Result<LeaseRenewal> {
        let write = Write::update(key_of(execution), "SET lease_until = :until, due_at = :due")
            .value("until", lease_until)?
            .value("due", lease_until.to_string())?;
        if !self.write(by(write, execution)?).await?.is_done() {
            return Ok(LeaseRenewal::Lost);
        }
        let now = self.execution_at(&key_of(execution)).await?;
        Ok(match now {
            Some(now) if now.cancelled_at.is_some() => LeaseRenewal::Cancelled,
            _ => LeaseRenewal::Renewed,
        })
    }

    /// Lets an execution that waits come up in the due index at `until`, since its message is on its way
    /// until then.
    pub async fn defer_execution(&self, seen: &AgentExecution, until: Timestamp) -> Result<()> {
        let write =
            Write::update(key_of(seen), "SET due_at = :until").value("until", until.to_string())?;
        self.write(by(write, seen)?).await.map(drop)
    }

    /// Takes a due execution on: it is due again at `until`, should its message be lost. `false` if
    /// another ticker was faster, or it has ended.
    pub async fn lease_execution(&self, key: &Key, due_at: &str, until: Timestamp) -> Result<bool> {
        let write = Write::update(key.clone(), "SET due_at = :until")
            .value("until", until.to_string())?
            .value("seen", due_at)?
            .when("attribute_exists(pk) AND due_at = :seen");
        Ok(self.write(write).await?.is_done())
    }

    /// Notes that the owner wants a running execution to end; whether it was running and not cancelled.
    pub async fn cancel_execution(&self, seen: &AgentExecution, now: Timestamp) -> Result<bool> {
        let write = Write::update(key_of(seen), "SET cancelled_at = :now")
            .name("status", "status")
            .value("now", now)?
            .value("running", ExecutionStatus::Running)?
            .when("attribute_exists(pk) AND #status = :running AND attribute_not_exists(cancelled_at)");
        Ok(self.write(write).await?.is_done())
    }

    /// Ends an execution as it was `seen`, with what it said and called; `None` if it has ended already,
    /// or belongs to another worker.
    pub async fn end_execution(
        &self,
        seen: &AgentExecution,
        end: ExecutionEnd,
        now: Timestamp,
    ) -> Result<Option<AgentExecution>> {
        let ExecutionEnd { status, error, iterations_used, tokens_used, model, result } = end;
        let ended = AgentExecution {
            status,
            error,
            iterations_used,
            tokens_used,
            model,
            completed_at: Some(now),
            lease_until: None,
            ..seen.clone()
        };
        let mut set = vec![
            "#status = :status",
            "iterations_used = :iterations",
            "tokens_used = :tokens",
            "completed_at = :now",
        ];
        if ended.error.is_some() {
            set.push("#error = :error");
        }
        if ended.model.is_some() {
            set.push("model = :model");
        }
        let expression = format!("SET {} REMOVE lease_until, due_pk, due_at", set.join(", "));
        let mut write = Write::update(key_of(seen), expression)
            .value("status", status)?
            .value("iterations", iterations_used)?
            .value("tokens", tokens_used)?
            .value("now", now)?;
        if let Some(error) = &ended.error {
            write = write.name("error", "error").value("error", error)?;
        }
        if let Some(model) = &ended.model {
            write = write.value("model", model)?;
        }
        let writes = vec![by(write, seen)?, put_result(seen, &result.kept())?];
        Ok(self.transact(writes).await?.is_done().then_some(ended))
    }
}
