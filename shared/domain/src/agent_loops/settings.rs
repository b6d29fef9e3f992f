//! What an owner may set of a loop, with every bound.

use url::Url;

use super::{
    AgentLoopStatus, BuiltinTool, LOOP_TIMEOUT_SECONDS, MAX_ALLOWED_TOOLS, MAX_HEADER_BYTES,
    MAX_ITERATIONS, MAX_SHOWN_BYTES, MAX_TOKENS, MAX_TOOL_SERVERS, SERVER_NAME, SYSTEM_PROMPT,
    TOOL_NAME, ToolServerInput, USER_MESSAGE, schedule::Schedule,
};
use crate::{
    ChatbotId, Error, IntegrationId, Result, bounds,
    integration::{checked_headers, within},
};

/// The longest schedule's text.
const SCHEDULE: (usize, usize) = (0, 200);

/// What may change of a loop; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AgentLoopPatch {
    /// See [`super::AgentLoop::name`].
    pub name: Option<String>,
    /// See [`super::AgentLoop::system_prompt`].
    pub system_prompt: Option<String>,
    /// See [`super::AgentLoop::user_message`].
    pub user_message: Option<String>,
    /// See [`super::AgentLoop::integration_id`]; `Some(None)` takes it away.
    pub integration_id: Option<Option<IntegrationId>>,
    /// See [`super::AgentLoop::chatbot_id`]; `Some(None)` takes it away.
    pub chatbot_id: Option<Option<ChatbotId>>,
    /// See [`super::AgentLoop::tools`].
    pub tools: Option<Vec<BuiltinTool>>,
    /// All servers.
    pub mcp_servers: Option<Vec<ToolServerInput>>,
    /// See [`super::AgentLoop::callback_url`]; empty takes it away.
    pub callback_url: Option<String>,
    /// All headers, each with its value, or without where the stored one stays.
    pub callback_headers: Option<Vec<(String, Option<String>)>>,
    /// See [`super::AgentLoop::max_iterations`].
    pub max_iterations: Option<u32>,
    /// See [`super::AgentLoop::timeout_seconds`].
    pub timeout_seconds: Option<u32>,
    /// See [`super::AgentLoop::max_tokens`].
    pub max_tokens: Option<u32>,
    /// See [`super::AgentLoop::schedule`]; empty takes it away.
    pub schedule: Option<String>,
    /// See [`super::AgentLoop::status`].
    pub status: Option<AgentLoopStatus>,
}

/// A loop to make, its bounds checked.
#[derive(Debug, Clone, PartialEq)]
pub struct NewAgentLoop(pub AgentLoopPatch);

impl NewAgentLoop {
    /// Checks each bound, and that what can't be left out is there.
    pub fn new(settings: AgentLoopPatch) -> Result<Self> {
        bounds::required("name", settings.name.as_ref())?;
        bounds::required("user_message", settings.user_message.as_ref())?;
        settings.checked().map(Self)
    }
}

impl AgentLoopPatch {
    /// Checks each bound.
    pub fn checked(self) -> Result<Self> {
        let Self {
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
        } = self;
        let text = |field, value: Option<String>, bound| {
            value.map(|value| bounds::text(field, &value, bound)).transpose()
        };
        let schedule = text("schedule", schedule, SCHEDULE)?;
        if let Some(schedule) = schedule.as_ref().filter(|text| !text.is_empty()) {
            Schedule::parse(schedule).map_err(|why| Error::field("schedule", why))?;
        }
        let callback_headers =
            callback_headers.map(|headers| headers_of("callback_headers", headers)).transpose()?;
        let callback_url = callback_url.map(|url| match url.trim().is_empty() {
            true => Ok(String::new()),
            false => bounds::web_url("callback_url", &url).map(String::from),
        });
        Ok(Self {
            name: text("name", name, bounds::NAME)?,
            system_prompt: text("system_prompt", system_prompt, SYSTEM_PROMPT)?,
            user_message: text("user_message", user_message, USER_MESSAGE)?,
            integration_id,
            chatbot_id,
            tools,
            mcp_servers: mcp_servers.map(servers).transpose()?,
            callback_url: callback_url.transpose()?,
            callback_headers,
            max_iterations: within("max_iterations", max_iterations, MAX_ITERATIONS)?,
            timeout_seconds: within("timeout_seconds", timeout_seconds, LOOP_TIMEOUT_SECONDS)?,
            max_tokens: within("max_tokens", max_tokens, MAX_TOKENS)?,
            schedule,
            status,
        })
    }

    /// Nothing to change.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl super::AgentLoop {
    /// Checks what all settings together have to keep to.
    pub fn check(&self) -> Result<()> {
        if self.tools.contains(&BuiltinTool::SearchKnowledge) && self.chatbot_id.is_none() {
            return Err(Error::field("bot_id", "is required for the tool search_knowledge"));
        }
        let servers = self.mcp_servers.iter().map(|server| {
            let tools = server.allowed_tools.iter().flatten().map(String::len);
            let names = server.headers.iter().map(|header| header.name.len());
            server.name.len() + server.url.len() + tools.chain(names).sum::<usize>()
        });
        let names = self.callback_headers.iter().map(|header| header.name.len());
        let shown = self.name.len()
            + self.system_prompt.len()
            + self.user_message.len()
            + self.callback_url.as_ref().map_or(0, String::len)
            + servers.chain(names).sum::<usize>();
        if shown > MAX_SHOWN_BYTES {
            let message = format!(
                "and everything else of the loop must have at most {MAX_SHOWN_BYTES} bytes in all"
            );
            return Err(Error::field("user_message", message));
        }
        let headers = self.mcp_servers.iter().flat_map(|server| &server.headers);
        let sealed: usize = headers
            .chain(&self.callback_headers)
            .map(|header| header.name.len() + header.sealed.len())
            .sum();
        // Sealing makes four bytes of three.
        if sealed > MAX_HEADER_BYTES / 3 * 4 {
            let message =
                format!("and the callback's headers must have {MAX_HEADER_BYTES} bytes at most");
            return Err(Error::field("mcp_servers", message));
        }
        Ok(())
    }
}

fn servers(servers: Vec<ToolServerInput>) -> Result<Vec<ToolServerInput>> {
    if servers.len() > MAX_TOOL_SERVERS {
        let message = format!("must have at most {MAX_TOOL_SERVERS} entries");
        return Err(Error::field("mcp_servers", message));
    }
    let mut checked: Vec<ToolServerInput> = Vec::new();
    for (at, server) in servers.into_iter().enumerate() {
        let field = |name: &str| format!("mcp_servers[{at}].{name}");
        let ToolServerInput { name, url, headers, allowed_tools } = server;
        let name = bounds::text(&field("name"), &name, SERVER_NAME)?;
        if checked.iter().any(|other| other.name == name) {
            return Err(Error::field(field("name"), "comes twice"));
        }
        let url = bounds::web_url(&field("url"), &url)?;
        if is_deprecated(&url) {
            let message = "is an address of the deprecated HTTP+SSE transport; name the server's \
                 Streamable HTTP endpoint, which often ends in /mcp";
            return Err(Error::field(field("url"), message));
        }
        let headers = headers_of(&field("headers"), headers)?;
        let allowed_tools = match allowed_tools {
            Some(tools) if tools.len() > MAX_ALLOWED_TOOLS => {
                let message = format!("must have at most {MAX_ALLOWED_TOOLS} entries");
                return Err(Error::field(field("allowed_tools"), message));
            }
            Some(tools) => {
                let tool = |tool: &String| bounds::text(&field("allowed_tools"), tool, TOOL_NAME);
                Some(tools.iter().map(tool).collect::<Result<Vec<_>>>()?)
            }
            None => None,
        };
        checked.push(ToolServerInput { name, url: url.into(), headers, allowed_tools });
    }
    Ok(checked)
}

/// Teams paste these, and a server there shows no tools and no error.
fn is_deprecated(url: &Url) -> bool {
    url.path().trim_end_matches('/').ends_with("/sse")
}

/// Headers whose values are given are checked; one whose stored value stays has only its name.
fn headers_of(
    field: &str,
    headers: Vec<(String, Option<String>)>,
) -> Result<Vec<(String, Option<String>)>> {
    let kept: Vec<bool> = headers.iter().map(|(_, value)| value.is_none()).collect();
    let given =
        headers.into_iter().map(|(name, value)| (name, value.unwrap_or_default())).collect();
    let checked = checked_headers(field, given)?;
    Ok(checked
        .into_iter()
        .zip(kept)
        .map(|((name, value), kept)| (name, (!kept).then_some(value)))
        .collect())
}
