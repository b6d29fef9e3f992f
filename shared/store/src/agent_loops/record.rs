//! What an execution did: its steps while it runs, and its result once it has ended.

use std::collections::HashMap;

use domain::{AgentExecution, ExecutionId, ExecutionResult, ExecutionStep, Result};
use serde::{Deserialize, Serialize};

use crate::{
    agent_loops::executions::expiry,
    keys,
    table::client::{Range, Store, read},
    table::write::Write,
};

#[derive(Serialize, Deserialize)]
struct ResultItem {
    execution_id: ExecutionId,
    #[serde(flatten)]
    result: ExecutionResult,
    expires_at: i64,
}

#[derive(Serialize, Deserialize)]
struct StepItem {
    #[serde(flatten)]
    step: ExecutionStep,
    expires_at: i64,
}

/// Puts what an execution said and called.
pub(super) fn put_result(execution: &AgentExecution, result: &ExecutionResult) -> Result<Write> {
    let (execution_id, expires_at) = (execution.id, expiry(execution.created_at));
    let item = ResultItem { execution_id, result: result.clone(), expires_at };
    Write::put(keys::execution_result(execution_id), &item)
}

fn put_step(execution: &AgentExecution, step: &ExecutionStep) -> Result<Write> {
    let item = StepItem { step: step.clone(), expires_at: expiry(execution.created_at) };
    Write::put(keys::execution_step(execution.id, step.number), &item)
}

impl Store {
    /// Writes down a step whose tool calls are about to be made, and that the execution acts from now
    /// on: should its worker die, it is not begun again. `false` if the execution has ended or belongs to
    /// another worker.
    pub async fn begin_step(
        &self,
        execution: &AgentExecution,
        step: &ExecutionStep,
    ) -> Result<bool> {
        let acts = Write::update(
            keys::execution(execution.agent_loop_id, execution.id),
            "SET acted = :acted, iterations_used = :iterations, tokens_used = :tokens",
        )
        .name("status", "status")
        .value("acted", execution.acted)?
        .value("iterations", execution.iterations_used)?
        .value("tokens", execution.tokens_used)?
        .value("was", execution.status)?
        .value("attempt_was", execution.attempt)?
        .when("attribute_exists(pk) AND #status = :was AND attempt = :attempt_was");
        Ok(self.transact(vec![acts, put_step(execution, step)?]).await?.is_done())
    }

    /// Writes down what came of a step.
    pub async fn end_step(&self, execution: &AgentExecution, step: &ExecutionStep) -> Result<()> {
        self.write(put_step(execution, step)?).await.map(drop)
    }

    /// The steps of an execution, in order.
    pub async fn execution_steps(&self, id: ExecutionId) -> Result<Vec<ExecutionStep>> {
        let range = Range::prefix(keys::execution_partition(id), keys::STEP);
        let items: Vec<StepItem> = self.query(range).await?;
        Ok(items.into_iter().map(|item| item.step).collect())
    }

    /// What an execution said and called, once it has ended.
    pub async fn execution_result(&self, id: ExecutionId) -> Result<Option<ExecutionResult>> {
        let found: Option<ResultItem> = self.get(&keys::execution_result(id), true).await?;
        Ok(found.map(|item| item.result))
    }

    /// What executions said and called, as far as they have ended.
    pub async fn execution_results(
        &self,
        ids: impl Iterator<Item = ExecutionId>,
    ) -> Result<HashMap<ExecutionId, ExecutionResult>> {
        let keys: Vec<_> = ids.map(keys::execution_result).collect();
        let items = self.batch_get(&keys, true).await?.into_iter();
        items
            .map(|item| read::<ResultItem>(item).map(|item| (item.execution_id, item.result)))
            .collect()
    }
}
