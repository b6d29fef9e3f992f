//! Agent loops. The `due` entry of one is the time for which its schedule plans the next execution.

use domain::{
    AgentExecution, AgentLoop, AgentLoopId, AgentLoopStatus, BuiltinTool, ChatbotId, ExecutionId,
    IntegrationId, Result, Scope, SealedHeader, Timestamp, ToolServer, ToolServerEra, Webhook,
    WorkspaceId, agent_loops::MAX_AGENT_LOOPS,
};
use serde::{Deserialize, Serialize};

use crate::{
    agent_loops::executions::put_execution,
    keys::{self, Key},
    table::client::{Range, Store},
    table::conversions::item_conversions,
    table::write::Write,
    webhooks::subscriptions::WebhookItem,
};

/// The attribute of the workspace that counts its loops.
const COUNTER: &str = "agent_loops";

#[derive(Serialize, Deserialize)]
pub(crate) struct AgentLoopItem {
    id: AgentLoopId,
    workspace_id: WorkspaceId,
    name: String,
    system_prompt: String,
    user_message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    integration_id: Option<IntegrationId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chatbot_id: Option<ChatbotId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tools: Vec<BuiltinTool>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    mcp_servers: Vec<ToolServer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    callback_url: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    callback_headers: Vec<SealedHeader>,
    max_iterations: u32,
    timeout_seconds: u32,
    max_tokens: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    schedule: Option<String>,
    scheduled_since: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next_run_at: Option<Timestamp>,
    status: AgentLoopStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_scheduled: Option<ExecutionId>,
    #[serde(default)]
    skipped_runs: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tools_fingerprint: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tool_server_eras: Vec<ToolServerEra>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

item_conversions!(
    AgentLoopItem,
    AgentLoop {
        id,
        workspace_id,
        name,
        system_prompt,
        user_message,
        integration_id,
        chatbot_id,
        tools,
        mcp_servers,
        callback_url,
        callback_headers,
        max_iterations,
        timeout_seconds,
        max_tokens,
        schedule,
        scheduled_since,
        next_run_at,
        status,
        last_scheduled,
        skipped_runs,
        tools_fingerprint,
        tool_server_eras,
        created_at,
        updated_at,
    }
);

/// What became of a loop that was put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutAgentLoop {
    /// It is stored.
    Added,
    /// The workspace has as many as it may have.
    Full,
    /// The workspace is gone.
    Gone,
}

/// What a planned time leads to.
#[derive(Debug, Clone, PartialEq)]
pub enum PlannedRun {
    /// This execution.
    Begin(Box<AgentExecution>),
    /// None, since the last one is not over.
    Skip,
}

fn key_of(agent_loop: &AgentLoop) -> Key {
    keys::agent_loop(agent_loop.workspace_id, agent_loop.id)
}

fn callback_key(id: AgentLoopId) -> Key {
    keys::webhook(Scope::AgentLoop(id), Webhook::callback_of(id))
}

fn put(agent_loop: &AgentLoop) -> Result<Write> {
    let key = key_of(agent_loop);
    let put = Write::put(key.clone(), &AgentLoopItem::from(agent_loop))?;
    Ok(match agent_loop.next_run_at {
        Some(at) => put.with("due_pk", keys::due_partition_of(&key)).with("due_at", at.to_string()),
        None => put,
    })
}

/// Sets the loop's callback, or takes it away.
fn put_callback(agent_loop: AgentLoopId, callback: Option<&Webhook>) -> Result<Write> {
    let key = callback_key(agent_loop);
    match callback {
        Some(callback) => Write::put(key, &WebhookItem::from(callback)),
        None => Ok(Write::delete(key)),
    }
}

impl Store {
    /// Stores a new loop with its callback, if its workspace has fewer than [`MAX_AGENT_LOOPS`].
    pub async fn put_agent_loop(
        &self,
        agent_loop: &AgentLoop,
        callback: Option<&Webhook>,
    ) -> Result<PutAgentLoop> {
        let owner = keys::workspace(agent_loop.workspace_id);
        let room = Write::update(owner.clone(), "ADD #count :one")
            .name("count", COUNTER)
            .value("one", 1)?
            .when("attribute_exists(pk) AND (attribute_not_exists(#count) OR #count < :max)")
            .value("max", MAX_AGENT_LOOPS)?;
        let mut writes = vec![room, put(agent_loop)?.if_absent()];
        if callback.is_some() {
            writes.push(put_callback(agent_loop.id, callback)?);
        }
        if self.transact(writes).await?.is_done() {
            return Ok(PutAgentLoop::Added);
        }
        let there: Option<serde_json::Value> = self.get(&owner, true).await?;
        Ok(if there.is_some() { PutAgentLoop::Full } else { PutAgentLoop::Gone })
    }

    /// A loop of `workspace`.
    pub async fn agent_loop(
        &self,
        workspace: WorkspaceId,
        id: AgentLoopId,
    ) -> Result<Option<AgentLoop>> {
        self.agent_loop_at(&keys::agent_loop(workspace, id)).await
    }

    /// The loop under `key`.
    pub async fn agent_loop_at(&self, key: &Key) -> Result<Option<AgentLoop>> {
        let found: Option<AgentLoopItem> = self.get(key, true).await?;
        Ok(found.map(Into::into))
    }

    /// The loops of `workspace`, newest first.
    pub async fn agent_loops(&self, workspace: WorkspaceId) -> Result<Vec<AgentLoop>> {
        let range = Range::prefix(keys::workspace_partition(workspace), keys::AGENT_LOOP);
        let items: Vec<AgentLoopItem> = self.query(range.backwards()).await?;
        Ok(items.into_iter().map(Into::into).collect())
    }

    /// Writes `agent_loop` as it is now, and its callback where that is given (`Some(None)` takes it
    /// away), unless the loop was changed, deleted or run by its schedule since it was `seen`; whether it
    /// was written.
    pub async fn update_agent_loop(
        &self,
        agent_loop: &AgentLoop,
        seen: &AgentLoop,
        callback: Option<Option<&Webhook>>,
    ) -> Result<bool> {
        let same_plan = match seen.next_run_at {
            Some(_) => "next_run_at = :plan",
            None => "attribute_not_exists(next_run_at)",
        };
        let mut write = put(agent_loop)?
            .when(format!("attribute_exists(pk) AND updated_at = :seen AND {same_plan}"))
            .value("seen", seen.updated_at)?;
        if let Some(plan) = seen.next_run_at {
            write = write.value("plan", plan)?;
        }
        let mut writes = vec![write];
        if let Some(callback) = callback {
            writes.push(put_callback(agent_loop.id, callback)?);
        }
        Ok(self.transact(writes).await?.is_done())
    }

    /// Deletes a loop with its callback and makes room for another; whether it was there. Its executions
    /// follow behind the stream.
    pub async fn delete_agent_loop(&self, agent_loop: &AgentLoop) -> Result<bool> {
        let room = Write::update(keys::workspace(agent_loop.workspace_id), "ADD #count :less")
            .name("count", COUNTER)
            .value("less", -1)?
            .when("#count > :none")
            .value("none", 0)?;
        let doomed = Write::delete(key_of(agent_loop)).if_present();
        let callback = Write::delete(callback_key(agent_loop.id));
        Ok(self.transact(vec![room, doomed, callback]).await?.is_done())
    }

    /// Takes the planned time `due_at` of a loop on: the schedule's next time is `next`, and `run` is
    /// what comes of this one. `false` if another ticker was faster, or the loop was changed.
    pub async fn claim_planned_run(
        &self,
        agent_loop: &AgentLoop,
        due_at: &str,
        next: Option<Timestamp>,
        run: &PlannedRun,
    ) -> Result<bool> {
        let key = key_of(agent_loop);
        let (mut set, remove) = match next {
            Some(_) => (vec!["next_run_at = :next", "due_at = :due"], ""),
            None => (Vec::new(), " REMOVE next_run_at, due_pk, due_at"),
        };
        let add = match run {
            PlannedRun::Begin(_) => {
                set.push("last_scheduled = :execution");
                ""
            }
            PlannedRun::Skip => " ADD skipped_runs :one",
        };
        let set = if set.is_empty() { String::new() } else { format!("SET {}", set.join(", ")) };
        let mut write = Write::update(key, format!("{set}{remove}{add}"))
            .name("status", "status")
            .value("active", AgentLoopStatus::Active)?
            .value("seen", due_at)?
            .when("attribute_exists(pk) AND due_at = :seen AND #status = :active");
        if let Some(next) = next {
            write = write.value("next", next)?.value("due", next.to_string())?;
        }
        match run {
            PlannedRun::Skip => Ok(self.write(write.value("one", 1)?).await?.is_done()),
            PlannedRun::Begin(execution) => {
                let moved = write.value("execution", execution.id)?;
                let writes = vec![moved.clone(), put_execution(execution)?.if_absent()];
                let outcome = self.transact(writes).await?;
                if outcome.refused(1) && !outcome.refused(0) {
                    // It was made before: the plan had been moved back meanwhile.
                    return Ok(self.write(moved).await?.is_done());
                }
                Ok(outcome.is_done())
            }
        }
    }

    /// Notes what an execution found out about the servers of a loop, unless its owner changed it since it was
    /// `seen`: the fingerprint of their tools, where all were there, and their eras.
    pub async fn note_tools(
        &self,
        seen: &AgentLoop,
        fingerprint: Option<&str>,
        eras: &[ToolServerEra],
    ) -> Result<()> {
        let (set, fingerprint) = match fingerprint {
            Some(fingerprint) => (", tools_fingerprint = :fingerprint", fingerprint),
            None => ("", ""),
        };
        let write = Write::update(key_of(seen), format!("SET tool_server_eras = :eras{set}"))
            .value("eras", eras)?
            .value("seen", seen.updated_at)?
            .when("attribute_exists(pk) AND updated_at = :seen");
        let write = match set {
            "" => write,
            _ => write.value("fingerprint", fingerprint)?,
        };
        self.write(write).await.map(drop)
    }
}
