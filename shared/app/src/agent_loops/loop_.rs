//! Agent loops as their owner manages them.

use domain::{
    AgentLoop, AgentLoopFilter, AgentLoopId, AgentLoopPatch, AgentLoopStatus, Dialect, Error,
    ErrorKind, ListPage, NewAgentLoop, Plan, Result, SealedHeader, Timestamp, ToolServer,
    ToolServerInput, WorkspaceId,
    agent_loops::{
        DEFAULT_LOOP_TIMEOUT_SECONDS, DEFAULT_MAX_ITERATIONS, DEFAULT_MAX_TOKENS, MAX_AGENT_LOOPS,
    },
};
use store::PutAgentLoop;

use super::{
    callback::callback_of,
    schedule::{check_gap, next_run},
};
use crate::{
    App,
    integrations::{Integrations, manage::check_address},
};

/// How often a change that met another one is tried again.
const ATTEMPTS: u32 = 4;

/// Agent loops: what the `agent-loops` function needs beyond [`App`]. Cheap to clone.
#[derive(Clone)]
pub struct AgentLoops {
    pub(super) app: App,
    pub(super) integrations: Integrations,
}

impl AgentLoops {
    /// Agent loops whose models and secrets are those of `integrations`.
    pub fn new(integrations: Integrations) -> Self {
        Self { app: integrations.app().clone(), integrations }
    }

    /// Makes a loop. Its callback speaks `dialect`.
    pub async fn create(
        &self,
        workspace: WorkspaceId,
        plan: Plan,
        dialect: Dialect,
        NewAgentLoop(settings): NewAgentLoop,
    ) -> Result<AgentLoop> {
        let now = self.app.now();
        let blank = AgentLoop {
            id: AgentLoopId::new(),
            workspace_id: workspace,
            name: String::new(),
            system_prompt: String::new(),
            user_message: String::new(),
            integration_id: None,
            chatbot_id: None,
            tools: Vec::new(),
            mcp_servers: Vec::new(),
            callback_url: None,
            callback_headers: Vec::new(),
            max_iterations: DEFAULT_MAX_ITERATIONS,
            timeout_seconds: DEFAULT_LOOP_TIMEOUT_SECONDS,
            max_tokens: DEFAULT_MAX_TOKENS,
            schedule: None,
            scheduled_since: now,
            next_run_at: None,
            status: AgentLoopStatus::Active,
            last_scheduled: None,
            skipped_runs: 0,
            tools_fingerprint: None,
            tool_server_eras: Vec::new(),
            created_at: now,
            updated_at: now,
        };
        let made = self.apply(blank, settings, plan, now).await?;
        let callback = callback_of(&made, dialect, now);
        match self.app.store.put_agent_loop(&made, callback.as_ref()).await? {
            PutAgentLoop::Added => Ok(made),
            PutAgentLoop::Gone => Err(Error::not_found("workspace")),
            PutAgentLoop::Full => {
                let message = format!("a workspace can have at most {MAX_AGENT_LOOPS} agent loops");
                Err(Error::new(ErrorKind::Conflict, message))
            }
        }
    }

    /// A page of a workspace's loops that `filter` wants, newest first, with how many it wants in all.
    pub async fn page(
        &self,
        workspace: WorkspaceId,
        filter: &AgentLoopFilter,
        page: ListPage,
    ) -> Result<(Vec<AgentLoop>, u64)> {
        let mut loops = self.app.store.agent_loops(workspace).await?;
        loops.retain(|found| filter.matches(found));
        let total = loops.len() as u64;
        Ok((page.of(loops), total))
    }

    /// A loop of a workspace.
    pub async fn get(&self, workspace: WorkspaceId, id: AgentLoopId) -> Result<AgentLoop> {
        let found = self.app.store.agent_loop(workspace, id).await?;
        found.ok_or_else(|| Error::not_found("agent loop"))
    }

    /// Changes a loop. Another schedule, or switching it on again, plans it from now on.
    pub async fn update(
        &self,
        workspace: WorkspaceId,
        plan: Plan,
        dialect: Dialect,
        id: AgentLoopId,
        patch: AgentLoopPatch,
    ) -> Result<AgentLoop> {
        for _ in 0..ATTEMPTS {
            let seen = self.get(workspace, id).await?;
            if patch.is_empty() {
                return Ok(seen);
            }
            // `updated_at` is what tells two states apart, so it has to move.
            let now = self.app.now();
            let updated_at = now.max(Timestamp::from_millis(seen.updated_at.millis() + 1));
            let changed = self.apply(seen.clone(), patch.clone(), plan, now).await?;
            let changed = AgentLoop { updated_at, ..changed };
            let calls_back = patch.callback_url.is_some() || patch.callback_headers.is_some();
            let callback = callback_of(&changed, dialect, now);
            let callback = calls_back.then_some(callback.as_ref());
            if self.app.store.update_agent_loop(&changed, &seen, callback).await? {
                return Ok(changed);
            }
        }
        Err(Error::new(ErrorKind::Conflict, "the agent loop was changed by another request"))
    }

    /// Deletes a loop. An execution that is under way ends at its next step, without an event.
    pub async fn delete(&self, workspace: WorkspaceId, id: AgentLoopId) -> Result<()> {
        let found = self.get(workspace, id).await?;
        match self.app.store.delete_agent_loop(&found).await? {
            true => Ok(()),
            false => Err(Error::not_found("agent loop")),
        }
    }

    /// `seen` with `patch` carried out on it at `now`: what it names is there, its addresses are
    /// checked, its secrets sealed.
    async fn apply(
        &self,
        seen: AgentLoop,
        patch: AgentLoopPatch,
        plan: Plan,
        now: Timestamp,
    ) -> Result<AgentLoop> {
        let AgentLoopPatch {
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
            status,
        } = patch;
        let mut changed = seen.clone();
        if let Some(integration) = integration_id {
            if let Some(id) = integration {
                let found = self.app.store.integration(seen.workspace_id, id).await?;
                found.ok_or_else(|| Error::not_found("integration"))?;
            }
            changed.integration_id = integration;
        }
        if let Some(chatbot) = chatbot_id {
            if let Some(id) = chatbot {
                self.app.chatbot(seen.workspace_id, id).await?;
            }
            changed.chatbot_id = chatbot;
        }
        if tools.is_some() || mcp_servers.is_some() {
            changed.tools_fingerprint = None;
            changed.tool_server_eras.clear();
        }
        if let Some(servers) = mcp_servers {
            changed.mcp_servers = self.servers(&seen, servers).await?;
        }
        self.apply_callback(&seen, &mut changed, callback_url, callback_headers).await?;
        changed.name = name.unwrap_or(changed.name);
        changed.system_prompt = system_prompt.unwrap_or(changed.system_prompt);
        changed.user_message = user_message.unwrap_or(changed.user_message);
        changed.tools = tools.unwrap_or(changed.tools);
        changed.max_iterations = max_iterations.unwrap_or(changed.max_iterations);
        changed.timeout_seconds = timeout_seconds.unwrap_or(changed.timeout_seconds);
        changed.max_tokens = max_tokens.unwrap_or(changed.max_tokens);
        let replanned = schedule.is_some() || status.is_some_and(|status| status != seen.status);
        changed.status = status.unwrap_or(changed.status);
        if let Some(schedule) = schedule {
            changed.schedule = Some(schedule).filter(|schedule| !schedule.is_empty());
            let least = self.app.plans.of(plan).agent_loop_minutes;
            check_gap(&changed, least, now)?;
        }
        if replanned {
            changed.scheduled_since = now;
            changed.next_run_at = next_run(&changed, now)?;
        }
        changed.check()?;
        Ok(changed)
    }

    async fn servers(
        &self,
        seen: &AgentLoop,
        servers: Vec<ToolServerInput>,
    ) -> Result<Vec<ToolServer>> {
        let mut changed = Vec::new();
        for (at, server) in servers.into_iter().enumerate() {
            let ToolServerInput { name, url, headers, allowed_tools } = server;
            let field = |of: &str| format!("mcp_servers[{at}].{of}");
            check_address(self.integrations.policy, &field("url"), &url).await?;
            let stored = seen.mcp_servers.iter().find(|stored| stored.name == name);
            let stored = stored.map(|stored| (stored.url.as_str(), stored.headers.as_slice()));
            let headers = self.sealed(seen, &field("headers"), &url, headers, stored).await?;
            changed.push(ToolServer { name, url, headers, allowed_tools });
        }
        Ok(changed)
    }

    async fn apply_callback(
        &self,
        seen: &AgentLoop,
        changed: &mut AgentLoop,
        url: Option<String>,
        headers: Option<Vec<(String, Option<String>)>>,
    ) -> Result<()> {
        if let Some(url) = url {
            check_address(self.integrations.policy, "callback_url", &url).await?;
            changed.callback_url = Some(url).filter(|url| !url.is_empty());
        }
        let stored_url = seen.callback_url.as_deref().unwrap_or_default();
        let url = changed.callback_url.clone().unwrap_or_default();
        if let Some(headers) = headers {
            let stored = Some((stored_url, seen.callback_headers.as_slice()));
            changed.callback_headers =
                self.sealed(seen, "callback_headers", &url, headers, stored).await?;
        } else if changed.callback_url.is_none() {
            changed.callback_headers.clear();
        } else if !seen.callback_headers.is_empty()
            && seen.seal_owner(&url) != seen.seal_owner(stored_url)
        {
            return Err(Error::field("callback_headers", ANOTHER_ORIGIN));
        }
        Ok(())
    }

    /// `headers` of `url`, sealed for its origin. A value that isn't given is the one of the same name in
    /// `stored`, the URL and headers that it comes after, if that is of the same origin: a secret goes
    /// nowhere else than where its owner sent it.
    async fn sealed(
        &self,
        agent_loop: &AgentLoop,
        field: &str,
        url: &str,
        headers: Vec<(String, Option<String>)>,
        stored: Option<(&str, &[SealedHeader])>,
    ) -> Result<Vec<SealedHeader>> {
        let owner = agent_loop.seal_owner(url);
        let stored = stored.filter(|(url, _)| agent_loop.seal_owner(url) == owner);
        let mut sealed = Vec::new();
        for (name, value) in headers {
            sealed.push(match value {
                Some(value) => {
                    let value = self.integrations.sealer().await?.seal(&owner, &value)?;
                    SealedHeader { name, sealed: value }
                }
                None => {
                    let kept =
                        stored.and_then(|(_, stored)| stored.iter().find(|h| h.name == name));
                    kept.cloned().ok_or_else(|| Error::field(field, ANOTHER_ORIGIN))?
                }
            });
        }
        Ok(sealed)
    }
}

/// Why a masked value is refused.
const ANOTHER_ORIGIN: &str =
    "must have values: those that are stored belong to another address, or to none";
