//! Chatbot Platform's agent loops. Header values come in and never go out.

use std::collections::BTreeMap;

use domain::{
    AgentLoop, AgentLoopPatch, AgentLoopStatus, BuiltinTool, NewAgentLoop, Result, ToolServer,
    ToolServerInput,
    agent_loops::{
        DEFAULT_LOOP_TIMEOUT_SECONDS, DEFAULT_MAX_ITERATIONS, DEFAULT_MAX_TOKENS,
        LOOP_TIMEOUT_SECONDS, MAX_ALLOWED_TOOLS, MAX_ITERATIONS, MAX_TOKENS, MAX_TOOL_SERVERS,
        SERVER_NAME, SYSTEM_PROMPT, USER_MESSAGE,
    },
    integration::MAX_HEADERS,
};
use serde::{Deserialize, Serialize};
use utoipa::{ToSchema, openapi::Object};

use super::integrations::MASK;
use crate::schema;

fn system_prompt_or_null() -> Object {
    schema::text_or_null(SYSTEM_PROMPT)
}

fn user_message() -> Object {
    schema::text(USER_MESSAGE).build()
}

fn user_message_or_null() -> Object {
    schema::text_or_null(USER_MESSAGE)
}

fn server_name() -> Object {
    schema::text(SERVER_NAME).build()
}

fn address() -> Object {
    schema::endpoint()
}

fn callback_or_null() -> Object {
    schema::url_or_null()
}

fn schedule_or_null() -> Object {
    schema::text_or_null((0, 200))
}

fn tool() -> Object {
    schema::one_of(BuiltinTool::ALL.map(BuiltinTool::name))
}

fn loop_status() -> Object {
    schema::one_of(AgentLoopStatus::ALL.map(AgentLoopStatus::name))
}

fn loop_status_or_null() -> Object {
    schema::one_of_or_null(AgentLoopStatus::ALL.map(AgentLoopStatus::name))
}

fn iterations() -> Object {
    schema::whole_or_null(MAX_ITERATIONS, Some(DEFAULT_MAX_ITERATIONS))
}

fn timeout() -> Object {
    schema::whole_or_null(LOOP_TIMEOUT_SECONDS, Some(DEFAULT_LOOP_TIMEOUT_SECONDS))
}

fn tokens() -> Object {
    schema::whole_or_null(MAX_TOKENS, Some(DEFAULT_MAX_TOKENS))
}

fn iterations_or_null() -> Object {
    schema::whole_or_null(MAX_ITERATIONS, None)
}

fn timeout_or_null() -> Object {
    schema::whole_or_null(LOOP_TIMEOUT_SECONDS, None)
}

fn tokens_or_null() -> Object {
    schema::whole_or_null(MAX_TOKENS, None)
}

/// An MCP server, in a request. A header whose value is masked keeps the stored one, if the address is
/// of the same origin.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = chatbotplatform::McpServerIn)]
pub struct McpServerIn {
    /// 1 to 40 characters, unique in the loop.
    #[schema(schema_with = server_name, required = true)]
    pub name: Option<String>,
    /// Its Streamable HTTP endpoint; https.
    #[schema(schema_with = address, required = true)]
    pub url: Option<String>,
    /// Up to 20 headers that go to this server alone; their values are never shown.
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    pub headers: Option<BTreeMap<String, String>>,
    /// The tools that the loop may call; all of them if absent.
    #[schema(value_type = Option<Vec<String>>)]
    pub allowed_tools: Option<Vec<String>>,
}

/// `POST /v1/agent-loops`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = chatbotplatform::AgentLoopIn, example = json!({
    "name": "Morning report", "system_prompt": "You are brief.",
    "user_message": "Sum up what happened yesterday.", "schedule": "cron(0 8 ? * MON-FRI *)"}))]
pub struct AgentLoopIn {
    /// 1 to 100 characters.
    #[schema(schema_with = schema::name, required = true)]
    pub name: Option<String>,
    /// What the model is told about itself.
    #[schema(schema_with = system_prompt_or_null)]
    pub system_prompt: Option<String>,
    /// The job.
    #[schema(schema_with = user_message, required = true)]
    pub user_message: Option<String>,
    /// The AI backend that does it; without one the built-in answerer answers from the bot's knowledge.
    pub integration_id: Option<String>,
    /// The bot whose knowledge may be searched.
    pub bot_id: Option<String>,
    /// The platform's own tools that it may call; none unless named.
    pub tools: Option<Vec<String>>,
    /// Up to 10 MCP servers whose tools it may call.
    pub mcp_servers: Option<Vec<McpServerIn>>,
    /// Each execution is posted there once it has ended; https.
    #[schema(schema_with = callback_or_null)]
    pub callback_url: Option<String>,
    /// Up to 20 headers that go there; their values are never shown.
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    pub callback_headers: Option<BTreeMap<String, String>>,
    /// Model calls with tools.
    #[schema(schema_with = iterations)]
    pub max_iterations: Option<i64>,
    /// Seconds for one execution.
    #[schema(schema_with = timeout)]
    pub timeout_seconds: Option<i64>,
    /// Tokens for one execution, read and written together.
    #[schema(schema_with = tokens)]
    pub max_tokens: Option<i64>,
    /// `cron(minutes hours day-of-month month day-of-week year)` or `rate(value unit)`, in UTC.
    #[schema(schema_with = schedule_or_null)]
    pub schedule: Option<String>,
    /// `active` (default) or `inactive`: whether the schedule runs it.
    #[schema(schema_with = loop_status_or_null)]
    pub status: Option<String>,
}

/// `PATCH /v1/agent-loops/{id}`: only what is sent is changed; an empty text takes a value away.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = chatbotplatform::AgentLoopPatchIn, example = json!({"max_iterations": 5}))]
pub struct AgentLoopPatchIn {
    /// A new name.
    #[schema(schema_with = schema::name_or_null)]
    pub name: Option<String>,
    /// See the creation.
    #[schema(schema_with = system_prompt_or_null)]
    pub system_prompt: Option<String>,
    /// Another job.
    #[schema(schema_with = user_message_or_null)]
    pub user_message: Option<String>,
    /// See the creation.
    pub integration_id: Option<String>,
    /// See the creation.
    pub bot_id: Option<String>,
    /// All tools in place of those there are.
    pub tools: Option<Vec<String>>,
    /// All servers in place of those there are.
    pub mcp_servers: Option<Vec<McpServerIn>>,
    /// Another place.
    #[schema(schema_with = callback_or_null)]
    pub callback_url: Option<String>,
    /// All headers in place of those there are.
    #[schema(value_type = Option<BTreeMap<String, String>>)]
    pub callback_headers: Option<BTreeMap<String, String>>,
    /// See the creation.
    #[schema(schema_with = iterations_or_null)]
    pub max_iterations: Option<i64>,
    /// See the creation.
    #[schema(schema_with = timeout_or_null)]
    pub timeout_seconds: Option<i64>,
    /// See the creation.
    #[schema(schema_with = tokens_or_null)]
    pub max_tokens: Option<i64>,
    /// Another schedule; it counts from now.
    #[schema(schema_with = schedule_or_null)]
    pub schedule: Option<String>,
    /// `active` or `inactive`.
    #[schema(schema_with = loop_status_or_null)]
    pub status: Option<String>,
}

impl TryFrom<AgentLoopIn> for NewAgentLoop {
    type Error = domain::Error;

    fn try_from(from: AgentLoopIn) -> Result<Self> {
        let AgentLoopIn {
            name,
            system_prompt,
            user_message,
            integration_id,
            bot_id,
            tools,
            mcp_servers,
            callback_url,
            callback_headers,
            max_iterations,
            timeout_seconds,
            max_tokens,
            schedule,
            status,
        } = from;
        let settings = AgentLoopPatchIn {
            name,
            system_prompt,
            user_message,
            integration_id,
            bot_id,
            tools,
            mcp_servers,
            callback_url,
            callback_headers,
            max_iterations,
            timeout_seconds,
            max_tokens,
            schedule,
            status,
        };
        Self::new(settings.unchecked()?)
    }
}

impl TryFrom<AgentLoopPatchIn> for AgentLoopPatch {
    type Error = domain::Error;

    fn try_from(from: AgentLoopPatchIn) -> Result<Self> {
        from.unchecked()?.checked()
    }
}

/// An id, or none where the text is empty.
fn id<T: std::str::FromStr<Err = domain::Error>>(
    text: Option<String>,
) -> Result<Option<Option<T>>> {
    text.map(|text| match text.is_empty() {
        true => Ok(None),
        false => text.parse().map(Some),
    })
    .transpose()
}

/// Headers, with `None` for a value that is masked. One more than there may be is enough to refuse them.
fn headers(given: BTreeMap<String, String>) -> Vec<(String, Option<String>)> {
    let kept = |value: String| Some(value).filter(|value| value != MASK);
    given.into_iter().take(MAX_HEADERS + 1).map(|(name, value)| (name, kept(value))).collect()
}

impl McpServerIn {
    fn unchecked(self, at: usize) -> Result<ToolServerInput> {
        let Self { name, url, headers: given, allowed_tools } = self;
        let field = |of: &str| format!("mcp_servers[{at}].{of}");
        Ok(ToolServerInput {
            name: domain::bounds::required(&field("name"), name)?,
            url: domain::bounds::required(&field("url"), url)?,
            headers: headers(given.unwrap_or_default()),
            allowed_tools: allowed_tools
                .map(|tools| tools.into_iter().take(MAX_ALLOWED_TOOLS + 1).collect()),
        })
    }
}

impl AgentLoopPatchIn {
    fn unchecked(self) -> Result<AgentLoopPatch> {
        let Self {
            name,
            system_prompt,
            user_message,
            integration_id,
            bot_id,
            tools,
            mcp_servers,
            callback_url,
            callback_headers,
            max_iterations,
            timeout_seconds,
            max_tokens,
            schedule,
            status,
        } = self;
        // What is no number of that size is out of bounds like any other.
        let whole = |value: i64| u32::try_from(value).unwrap_or(u32::MAX);
        let tool = |(at, name): (usize, String)| BuiltinTool::named(&format!("tools[{at}]"), &name);
        let tools = tools.map(|tools| {
            let mut named: Vec<BuiltinTool> = Vec::new();
            for tool in tools.into_iter().enumerate().map(tool) {
                let tool = tool?;
                if !named.contains(&tool) {
                    named.push(tool);
                }
            }
            Ok::<_, domain::Error>(named)
        });
        let servers = mcp_servers.map(|servers| {
            let servers = servers.into_iter().take(MAX_TOOL_SERVERS + 1).enumerate();
            servers.map(|(at, server)| server.unchecked(at)).collect::<Result<Vec<_>>>()
        });
        let status = status.as_deref().map(|text| AgentLoopStatus::named("status", text));
        Ok(AgentLoopPatch {
            name,
            system_prompt,
            user_message,
            integration_id: id(integration_id)?,
            chatbot_id: id(bot_id)?,
            tools: tools.transpose()?,
            mcp_servers: servers.transpose()?,
            callback_url,
            callback_headers: callback_headers.map(headers),
            max_iterations: max_iterations.map(whole),
            timeout_seconds: timeout_seconds.map(whole),
            max_tokens: max_tokens.map(whole),
            schedule,
            status: status.transpose()?,
        })
    }
}

/// An MCP server.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = chatbotplatform::McpServerOut)]
struct McpServerOut {
    name: String,
    url: String,
    /// Their names; the values are masked.
    headers: BTreeMap<String, String>,
    /// The tools that the loop may call; all of them if null.
    #[schema(required = true)]
    allowed_tools: Option<Vec<String>>,
}

/// An agent loop.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = chatbotplatform::AgentLoopOut)]
pub struct AgentLoopOut {
    #[schema(schema_with = schema::id)]
    id: String,
    name: String,
    system_prompt: String,
    user_message: String,
    #[schema(schema_with = schema::id_or_null)]
    integration_id: Option<String>,
    #[schema(schema_with = schema::id_or_null)]
    bot_id: Option<String>,
    #[schema(schema_with = tools_out)]
    tools: Vec<&'static str>,
    mcp_servers: Vec<McpServerOut>,
    #[schema(required = true)]
    callback_url: Option<String>,
    /// Their names; the values are masked.
    callback_headers: BTreeMap<String, String>,
    max_iterations: u32,
    timeout_seconds: u32,
    max_tokens: u32,
    #[schema(required = true)]
    schedule: Option<String>,
    /// When the schedule runs it next.
    #[schema(schema_with = schema::time_or_null)]
    next_run_at: Option<String>,
    /// Planned times that were skipped, since the last execution was not over.
    skipped_runs: u32,
    #[schema(schema_with = loop_status)]
    status: &'static str,
    #[schema(schema_with = schema::time)]
    created_at: String,
    #[schema(schema_with = schema::time)]
    updated_at: String,
}

fn tools_out() -> utoipa::openapi::Array {
    utoipa::openapi::ArrayBuilder::new().items(tool()).build()
}

impl From<AgentLoop> for AgentLoopOut {
    fn from(from: AgentLoop) -> Self {
        let AgentLoop {
            id,
            workspace_id: _,
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
            scheduled_since: _,
            next_run_at,
            status,
            last_scheduled: _,
            skipped_runs,
            tools_fingerprint: _,
            tool_server_eras: _,
            created_at,
            updated_at,
        } = from;
        let masked = |headers: Vec<domain::SealedHeader>| {
            headers.into_iter().map(|header| (header.name, MASK.to_owned())).collect()
        };
        let server = |server: ToolServer| {
            let ToolServer { name, url, headers, allowed_tools } = server;
            McpServerOut { name, url, headers: masked(headers), allowed_tools }
        };
        Self {
            id: id.to_string(),
            name,
            system_prompt,
            user_message,
            integration_id: integration_id.map(|id| id.to_string()),
            bot_id: chatbot_id.map(|id| id.to_string()),
            tools: tools.into_iter().map(BuiltinTool::name).collect(),
            mcp_servers: mcp_servers.into_iter().map(server).collect(),
            callback_url,
            callback_headers: masked(callback_headers),
            max_iterations,
            timeout_seconds,
            max_tokens,
            schedule,
            next_run_at: next_run_at.map(|at| at.to_string()),
            skipped_runs,
            status: status.name(),
            created_at: created_at.to_string(),
            updated_at: updated_at.to_string(),
        }
    }
}
