//! A client of MCP servers over Streamable HTTP, in both of its eras.
//!
//! [`McpClient::connect`] finds out which protocol a server speaks, [`McpClient::list_tools`] reads its
//! list to the end within bounds, and [`McpClient::call`] runs one of its tools. All connections go
//! through `outbound`, so that an address that no one may connect to is refused and no redirect is
//! followed. Nothing that a server names is fetched: no link, no reference, no icon, no metadata of
//! credentials. A stream that ends before its answer is continued at most three times.
//!
//! `era` decides which protocol it is and `connect` begins it, `transport` sends one request and waits for
//! its answer, which `listening` finds in a stream, `rpc` is the envelope, `list` and `output` are what tools
//! and their results look like, and `params` the headers that repeat arguments.

mod connect;
mod era;
mod error;
mod list;
mod listening;
mod output;
mod params;
mod rpc;
#[cfg(test)]
mod tests;
mod transport;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use connect::{Session, connected, outgoing, shaken};
pub use era::McpEra;
use error::Failure;
pub use error::McpError;
pub use list::{Listed, McpTool};
use list::{MAX_LISTED, MAX_PAGES};
use outbound::{Client, Policy};
pub use output::{MAX_OUTPUT, ToolOutput};
use serde_json::{Map, Value, json};
use tokio::{sync::Mutex, time::Instant};
use transport::{Clock, Wire};
use url::Url;

/// The longest instructions of a server that are kept, in bytes.
const MAX_INSTRUCTIONS: usize = 2 * 1024;
/// How long the end of a session may take.
const GOODBYE: Duration = Duration::from_secs(2);

/// A server, and what it is asked with. It holds secrets: it has no `Debug`.
#[derive(Clone)]
pub struct McpServer {
    /// Its name among a loop's servers.
    pub name: String,
    /// Its only address.
    pub url: Url,
    /// Headers that go to it alone. Those of the protocol itself are left out.
    pub headers: Vec<(String, String)>,
    /// The era that it was of when it was last connected to.
    pub era: Option<McpEra>,
}

/// How long a call of a tool may take.
#[derive(Debug, Clone, Copy)]
pub struct CallTime {
    /// The longest silence; a notification of progress renews it.
    pub silence: Duration,
    /// The whole call, whatever happens.
    pub total: Duration,
}

/// A server that is connected to. Clones share its session.
#[derive(Clone)]
pub struct McpClient(Arc<Inner>);

struct Inner {
    wire: Wire,
    next_id: AtomicU64,
    session: Mutex<Session>,
    era: McpEra,
    instructions: Option<String>,
}

impl McpClient {
    /// Connects to `server` within `within`: finds out its era and, in the legacy one, shakes hands.
    pub async fn connect(
        client: Client,
        server: McpServer,
        within: Duration,
    ) -> Result<Self, McpError> {
        if server.url.scheme() != "https" && client.policy() != Policy::Local {
            return Err(McpError::Refused("it must begin with https://".to_owned()));
        }
        let known = server.era;
        let wire = Wire::new(client, server);
        let until = Instant::now() + within;
        match connected(&wire, known, until).await {
            Ok((era, session, instructions)) => Ok(Self(Arc::new(Inner {
                next_id: AtomicU64::new(100),
                session: Mutex::new(session),
                era,
                instructions: instructions.map(|text| cut(&text)).filter(|text| !text.is_empty()),
                wire,
            }))),
            Err(error) => Err(redacted(&wire, error)),
        }
    }

    /// The era that it is of: worth to be remembered for the next connection.
    pub fn era(&self) -> McpEra {
        self.0.era
    }

    /// What the server says about the use of its tools, at most 2 KiB of it. It is a stranger's text.
    pub fn instructions(&self) -> Option<&str> {
        self.0.instructions.as_deref()
    }

    /// All tools of the server, within bounds: 20 pages, 128 tools.
    pub async fn list_tools(&self, within: Duration) -> Result<Listed, McpError> {
        let listed = self.listed(Instant::now() + within).await;
        listed.map_err(|failure| redacted(&self.0.wire, failure.into()))
    }

    async fn listed(&self, until: Instant) -> Result<Listed, Failure> {
        let mut listed = Listed::default();
        let mut cursors: Vec<String> = Vec::new();
        for _ in 0..MAX_PAGES {
            let params = match cursors.last() {
                Some(cursor) => json!({ "cursor": cursor }),
                None => json!({}),
            };
            let page = match self.list_page(&params, until).await {
                Err(failure) if era::lacks_method(&failure) && cursors.is_empty() => {
                    listed.warnings.push("it offers no tools".to_owned());
                    return Ok(listed);
                }
                page => page?,
            };
            for tool in page["tools"].as_array().into_iter().flatten() {
                if listed.tools.len() >= MAX_LISTED {
                    listed.warnings.push(format!("it has more than {MAX_LISTED} tools"));
                    return Ok(listed);
                }
                let read = match self.0.era {
                    McpEra::Modern => McpTool::read_modern(tool),
                    McpEra::Legacy => McpTool::read(tool),
                };
                match read {
                    Ok(tool) => listed.tools.push(tool),
                    Err(why) if listed.warnings.len() < MAX_LISTED => {
                        let name = crate::http::quoted(tool["name"].as_str().unwrap_or("?"));
                        listed.warnings.push(format!("the tool \"{name}\" is left out: {why}"));
                    }
                    Err(_) => {}
                }
            }
            let Some(next) = page["nextCursor"].as_str().filter(|cursor| !cursor.is_empty()) else {
                return Ok(listed);
            };
            if cursors.iter().any(|cursor| cursor == next) {
                return Err(Failure::protocol("a list of tools that comes back to its own page"));
            }
            cursors.push(next.to_owned());
        }
        listed.warnings.push(format!("its list has more than {MAX_PAGES} pages"));
        Ok(listed)
    }

    /// A page of the list. Reading it again is harmless, so a lost answer costs a second try.
    async fn list_page(&self, params: &Value, until: Instant) -> Result<Value, Failure> {
        let time = || Clock::new(until.saturating_duration_since(Instant::now()), until);
        match self.send("tools/list", params, Vec::new(), time()).await {
            Err(failure) if failure.is_lost() => {
                self.send("tools/list", params, Vec::new(), time()).await
            }
            other => other,
        }
    }

    /// Calls `tool`. An error of the tool, or of the server about this call, is an output that says so:
    /// the model may do better. A call whose answer was lost is sent again, once, if its tool may be
    /// repeated.
    pub async fn call(
        &self,
        tool: &McpTool,
        arguments: Map<String, Value>,
        time: CallTime,
    ) -> Result<ToolOutput, McpError> {
        let wire = &self.0.wire;
        let until = Instant::now() + time.total;
        let clock = || Clock::new(time.silence, until);
        let mut called = self.call_once(tool, &arguments, clock()).await;
        if let Err(failure) = &called {
            if failure.is_lost() && tool.may_repeat() {
                called = self.call_once(tool, &arguments, clock()).await;
            } else if self.0.era == McpEra::Modern && era::lacks_headers(failure) {
                // The list has changed since it was read, and with it the headers that a call needs.
                let listed = self.listed(until).await;
                let now =
                    listed.map(|listed| listed.tools.into_iter().find(|t| t.name == tool.name));
                called = match now {
                    Ok(Some(tool)) => self.call_once(&tool, &arguments, clock()).await,
                    Ok(None) => called,
                    Err(failure) => Err(failure),
                };
            }
        }
        match called {
            Ok(output) => Ok(output),
            Err(Failure::Rpc { error, .. }) => {
                let text = wire.redaction().message(&error.to_string());
                Ok(ToolOutput::error(format!("The server refused the call: {text}")))
            }
            Err(failure) => Err(redacted(wire, failure.into())),
        }
    }

    async fn call_once(
        &self,
        tool: &McpTool,
        arguments: &Map<String, Value>,
        clock: Clock,
    ) -> Result<ToolOutput, Failure> {
        let mut headers = Vec::new();
        if self.0.era == McpEra::Modern {
            headers.push(("mcp-name".to_owned(), params::encoded(&tool.name)));
            match params::headers(&tool.params, arguments) {
                Ok(params) => headers.extend(params),
                Err(text) => return Ok(ToolOutput::error(text)),
            }
        }
        let params = json!({ "name": tool.name, "arguments": arguments });
        let result = self.send("tools/call", &params, headers, clock).await?;
        Ok(ToolOutput::of(&result, |text| self.0.wire.redaction().output(&text)))
    }

    /// Sends a request. A session that is gone is begun again, once: the request was not run then.
    async fn send(
        &self,
        method: &str,
        params: &Value,
        headers: Vec<(String, String)>,
        clock: Clock,
    ) -> Result<Value, Failure> {
        let session = self.0.session.lock().await.clone();
        match self.send_in(&session, method, params, &headers, clock).await {
            Err(failure) if session.id.is_some() && is_gone(&failure) => {
                let session = self.renewed(&session, clock.until()).await?;
                self.send_in(&session, method, params, &headers, clock.again()).await
            }
            other => other,
        }
    }

    async fn send_in(
        &self,
        session: &Session,
        method: &str,
        params: &Value,
        headers: &[(String, String)],
        clock: Clock,
    ) -> Result<Value, Failure> {
        let id = self.0.next_id.fetch_add(1, Ordering::Relaxed);
        let mut outgoing = outgoing(self.0.era, session, id, method, params.clone());
        outgoing.headers.extend_from_slice(headers);
        if method == "tools/call" {
            outgoing.params["_meta"]["progressToken"] = json!(id);
        }
        let answered = self.0.wire.request(&outgoing, clock).await;
        if self.0.era == McpEra::Legacy
            && let Err(Failure::Other(McpError::Timeout(_))) = answered
        {
            self.cancel(session, id).await;
        }
        answered.map(|answered| answered.result)
    }

    /// Tells a server of the legacy era that no one waits any more. A modern one sees it by the
    /// connection's end.
    async fn cancel(&self, session: &Session, id: u64) {
        let params = json!({ "requestId": id, "reason": "no answer in time" });
        let body = rpc::notification("notifications/cancelled", Some(params));
        let until = Instant::now() + GOODBYE;
        // It is a courtesy: what becomes of it changes nothing.
        let _ = self.0.wire.notify(&session.headers(), body, until).await;
    }

    /// Another session in place of `gone`, unless a call beside this one has begun it already.
    async fn renewed(&self, gone: &Session, until: Instant) -> Result<Session, Failure> {
        let mut session = self.0.session.lock().await;
        if session.number == gone.number {
            let (begun, _) = shaken(&self.0.wire, until).await?;
            *session = Session { number: gone.number + 1, ..begun };
        }
        Ok(session.clone())
    }

    /// Ends the session, if there is one. It takes two seconds at most, whatever the server does.
    pub async fn close(&self) {
        let session = self.0.session.lock().await.clone();
        if session.id.is_some() {
            self.0.wire.delete(&session.headers(), GOODBYE).await;
        }
    }
}

/// Whether a failure says that the server has forgotten the session: 404, and 400 of servers that are
/// built like the examples of the official SDKs.
fn is_gone(failure: &Failure) -> bool {
    let says_session = |text: &str| text.to_ascii_lowercase().contains("session");
    match failure {
        Failure::Status { status: 404, .. } | Failure::Rpc { status: 404, .. } => true,
        Failure::Status { status: 400, text } => says_session(text),
        Failure::Rpc { status: 400, error } => says_session(&error.message),
        _ => false,
    }
}

/// The beginning of a server's instructions.
fn cut(text: &str) -> String {
    text[..text.floor_char_boundary(MAX_INSTRUCTIONS)].trim().to_owned()
}

/// `error` without what only the server may read.
fn redacted(wire: &Wire, error: McpError) -> McpError {
    let clean = |text: String| wire.redaction().message(&text);
    match error {
        McpError::Credentials(text) => McpError::Credentials(clean(text)),
        McpError::Refused(text) => McpError::Refused(clean(text)),
        McpError::Unsupported(text) => McpError::Unsupported(clean(text)),
        McpError::Unavailable(text) => McpError::Unavailable(clean(text)),
        McpError::Lost(text) => McpError::Lost(clean(text)),
        McpError::Protocol(text) => McpError::Protocol(clean(text)),
        McpError::Timeout(after) => McpError::Timeout(after),
    }
}
