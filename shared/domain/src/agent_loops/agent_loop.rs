//! The loop: what its owner set up.

use serde::{Deserialize, Serialize};

use crate::{
    AgentLoopId, ChatbotId, Error, ExecutionId, IntegrationId, Result, SealedHeader, Timestamp,
    WorkspaceId,
};

/// Whether a loop's schedule runs it. It can be run by hand either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentLoopStatus {
    /// It does.
    Active,
    /// It doesn't.
    Inactive,
}

impl AgentLoopStatus {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Active, Self::Inactive];

    /// The name as stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
        }
    }

    /// The status that `field` names.
    pub fn named(field: &str, text: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|status| status.name() == text);
        found.ok_or_else(|| Error::field(field, "must be one of active, inactive"))
    }
}

/// A tool of the platform's own; a loop has none unless it names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BuiltinTool {
    /// Searches what a chatbot knows.
    SearchKnowledge,
    /// Gets a web page.
    HttpGet,
}

impl BuiltinTool {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::SearchKnowledge, Self::HttpGet];

    /// The name as stored and shown, which the model calls it by too.
    pub fn name(self) -> &'static str {
        match self {
            Self::SearchKnowledge => "search_knowledge",
            Self::HttpGet => "http_get",
        }
    }

    /// The tool that `field` names.
    pub fn named(field: &str, text: &str) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|tool| tool.name() == text);
        found.ok_or_else(|| Error::field(field, "must be one of search_knowledge, http_get"))
    }
}

/// An MCP server whose tools a loop may call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolServer {
    /// Unique in its loop.
    pub name: String,
    /// Its endpoint.
    pub url: String,
    /// Headers that go to this server alone.
    pub headers: Vec<SealedHeader>,
    /// The tools that the loop may call; all of them if `None`.
    pub allowed_tools: Option<Vec<String>>,
}

/// An MCP server as its owner gives it: header values in clear, or `None` where the stored value stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolServerInput {
    /// See [`ToolServer::name`].
    pub name: String,
    /// See [`ToolServer::url`].
    pub url: String,
    /// Names in lower case, each with its value.
    pub headers: Vec<(String, Option<String>)>,
    /// See [`ToolServer::allowed_tools`].
    pub allowed_tools: Option<Vec<String>>,
}

/// Which protocol an MCP server was found to speak.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolServerEra {
    /// See [`ToolServer::url`].
    pub url: String,
    /// `modern` or `legacy`.
    pub era: String,
    /// When it was found out.
    pub learnt_at: Timestamp,
}

/// A job that a model carries out with tools.
#[derive(Debug, Clone, PartialEq)]
pub struct AgentLoop {
    /// Its id.
    pub id: AgentLoopId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// 1 to 100 characters.
    pub name: String,
    /// What the model is told about itself; may be empty.
    pub system_prompt: String,
    /// The job.
    pub user_message: String,
    /// The AI backend that does it; the built-in answerer if `None`.
    pub integration_id: Option<IntegrationId>,
    /// The chatbot whose knowledge it may search.
    pub chatbot_id: Option<ChatbotId>,
    /// The platform's own tools that it may call.
    pub tools: Vec<BuiltinTool>,
    /// Servers of other tools, in the order in which the model reads of them.
    pub mcp_servers: Vec<ToolServer>,
    /// Where each execution is posted once it has ended.
    pub callback_url: Option<String>,
    /// Headers that go there.
    pub callback_headers: Vec<SealedHeader>,
    /// Model calls with tools.
    pub max_iterations: u32,
    /// Seconds for one execution.
    pub timeout_seconds: u32,
    /// Tokens for one execution.
    pub max_tokens: u32,
    /// `cron(…)` or `rate(…)`.
    pub schedule: Option<String>,
    /// When the schedule was set: what the times of a `rate` are counted from.
    pub scheduled_since: Timestamp,
    /// When it runs next by its schedule; `None` if it has none or is inactive.
    pub next_run_at: Option<Timestamp>,
    /// Whether the schedule runs it.
    pub status: AgentLoopStatus,
    /// The last execution by the schedule.
    pub last_scheduled: Option<ExecutionId>,
    /// Planned times at which the last execution was not over.
    pub skipped_runs: u32,
    /// A hash of the tools that the last execution found.
    pub tools_fingerprint: Option<String>,
    /// What protocols its servers spoke when they were last asked.
    pub tool_server_eras: Vec<ToolServerEra>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its owner last changed it.
    pub updated_at: Timestamp,
}

/// What the headers that `agent_loop` sends to `url` are sealed for: they open for this loop and this
/// origin alone.
pub fn seal_owner(agent_loop: AgentLoopId, url: &str) -> String {
    let origin = url::Url::parse(url).map(|url| url.origin().ascii_serialization());
    format!("{agent_loop} {}", origin.unwrap_or_default())
}

impl AgentLoop {
    /// See [`seal_owner`].
    pub fn seal_owner(&self, url: &str) -> String {
        seal_owner(self.id, url)
    }
}

/// Which loops of a list are wanted: those that are alike in all that is named here.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AgentLoopFilter {
    /// Its id, as text: a malformed id matches nothing.
    pub id: Option<String>,
    /// See [`AgentLoop::name`].
    pub name: Option<String>,
    /// See [`AgentLoop::integration_id`], as text.
    pub integration_id: Option<String>,
    /// See [`AgentLoop::chatbot_id`], as text.
    pub chatbot_id: Option<String>,
    /// See [`AgentLoop::status`].
    pub status: Option<AgentLoopStatus>,
    /// See [`AgentLoop::schedule`].
    pub schedule: Option<String>,
    /// See [`AgentLoop::created_at`].
    pub created_at: Option<Timestamp>,
    /// See [`AgentLoop::updated_at`].
    pub updated_at: Option<Timestamp>,
}

impl AgentLoopFilter {
    /// Whether `it` is wanted.
    pub fn matches(&self, it: &AgentLoop) -> bool {
        let Self { id, name, integration_id, chatbot_id, status, schedule, created_at, updated_at } =
            self;
        let same_id =
            |wanted: &Option<String>, found: Option<String>| wanted.is_none() || *wanted == found;
        same_id(id, Some(it.id.to_string()))
            && name.as_ref().is_none_or(|name| *name == it.name)
            && same_id(integration_id, it.integration_id.map(|id| id.to_string()))
            && same_id(chatbot_id, it.chatbot_id.map(|id| id.to_string()))
            && status.is_none_or(|status| status == it.status)
            && schedule.as_ref().is_none_or(|schedule| it.schedule.as_ref() == Some(schedule))
            && created_at.is_none_or(|at| at == it.created_at)
            && updated_at.is_none_or(|at| at == it.updated_at)
    }
}
