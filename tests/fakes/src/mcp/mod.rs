//! An MCP server over Streamable HTTP, of either era or of both, with a mode for each way in which real
//! servers differ. It refuses what they refuse, and complains about what a client must not send.

mod answer;
mod legacy;
mod modern;
mod tools;

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, Response, StatusCode},
};
use serde_json::{Value, json};
use tokio::sync::Notify;

/// Which protocol the server speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Speaks {
    /// 2025-03-26 to 2025-11-25, with a handshake.
    #[default]
    Legacy,
    /// 2026-07-28, without one.
    Modern,
    /// Whichever it is asked in.
    Both,
}

/// What a server of the legacy era says to `server/discover`, which it does not know.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ProbeAnswer {
    /// 400 with an error of JSON-RPC, as the official TypeScript SDK says it.
    #[default]
    NotInitialized,
    /// 200 with "method not found".
    MethodNotFound,
    /// 404 with a page.
    Page,
    /// 200 with a result that means nothing.
    OddResult,
    /// Nothing at all.
    Silence,
    /// 500.
    Failure,
}

/// How a stream ends that should have brought an answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Closing {
    /// With the answer.
    #[default]
    Answered,
    /// Before it, with an event id that a GET continues from.
    Resumable,
    /// Before it, with an event id; a GET is refused with 405.
    NotResumable,
    /// Before it, every time, also when it is continued.
    Always,
    /// Before it, without an event id.
    WithoutId,
}

/// How the server behaves. The default is a server of the legacy era without sessions that answers in JSON.
#[derive(Debug, Clone)]
pub struct McpMode {
    /// Which protocol.
    pub speaks: Speaks,
    /// See [`ProbeAnswer`].
    pub probe: ProbeAnswer,
    /// The version that it answers `initialize` with.
    pub version: String,
    /// Whether it keeps sessions.
    pub sessions: bool,
    /// Requests after which it forgets a session.
    pub session_dies_after: Option<usize>,
    /// Says 400 and not 404 to a session that it does not know.
    pub gone_is_400: bool,
    /// The status that it answers notifications with.
    pub accepts: u16,
    /// Answers as a stream of events.
    pub sse: bool,
    /// Begins a stream with an event of an id and no data.
    pub primed: bool,
    /// Asks the client in a stream before it answers: a ping, and roots that no one offered.
    pub asks_back: bool,
    /// Sends messages of no meaning before the answer: other ids, logs, comments.
    pub chatters: bool,
    /// Answers in an array, as 2025-03-26 allowed.
    pub array: bool,
    /// How streams of `tools/call` end.
    pub closing: Closing,
    /// The tools; those of [`McpMode::default`] if there are none.
    pub tools: Option<Vec<Value>>,
    /// Tools of a page.
    pub page_size: usize,
    /// The last page names the first one as its next.
    pub cursor_loops: bool,
    /// Has no `server/discover`, although it is modern.
    pub no_discover: bool,
    /// Versions that it names in `server/discover` and when it refuses one.
    pub supported: Vec<String>,
    /// What it says about the use of its tools.
    pub instructions: Option<String>,
    /// Answers everything with this status, and with this body.
    pub refuses: Option<(u16, String)>,
    /// Redirects everything to here.
    pub redirects: Option<String>,
    /// A header that has to come with every request.
    pub key: Option<(String, String)>,
}

impl Default for McpMode {
    fn default() -> Self {
        Self {
            speaks: Speaks::default(),
            probe: ProbeAnswer::default(),
            version: "2025-11-25".to_owned(),
            sessions: false,
            session_dies_after: None,
            gone_is_400: false,
            accepts: 202,
            sse: false,
            primed: false,
            asks_back: false,
            chatters: false,
            array: false,
            closing: Closing::default(),
            tools: None,
            page_size: 100,
            cursor_loops: false,
            no_discover: false,
            supported: vec!["2026-07-28".to_owned()],
            instructions: None,
            refuses: None,
            redirects: None,
            key: None,
        }
    }
}

/// A request that the server got.
#[derive(Debug, Clone)]
pub struct McpAsked {
    /// The method of HTTP.
    pub verb: String,
    /// Headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body; null if it has none.
    pub body: Value,
}

impl McpAsked {
    /// The method of JSON-RPC, or that of HTTP where there is no body.
    pub fn method(&self) -> &str {
        self.body["method"].as_str().unwrap_or(&self.verb)
    }

    /// A header, if it came.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// What has happened so far.
#[derive(Default)]
struct Log {
    asked: Vec<McpAsked>,
    ran: Vec<(String, Value)>,
    complaints: Vec<String>,
    abandoned: usize,
    /// Sessions, with the requests that each may still make.
    sessions: BTreeMap<String, usize>,
    /// Sessions whose client has said that it is initialized.
    initialized: BTreeSet<String>,
    begun: usize,
    /// The answer of a stream that was closed before it, by the last event's id.
    kept: BTreeMap<String, String>,
    events: usize,
}

struct Shared {
    mode: Mutex<McpMode>,
    log: Mutex<Log>,
    /// Lets a waiting tool continue.
    release: Notify,
    /// The client has answered a request of ours.
    replied: Notify,
}

impl Shared {
    fn log(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn mode(&self) -> McpMode {
        self.mode.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn complain(&self, complaint: &str) {
        self.log().complaints.push(complaint.to_owned());
    }
}

/// A running server. It ends with the runtime that it was started in.
#[derive(Clone)]
pub struct McpFake {
    address: SocketAddr,
    shared: Arc<Shared>,
}

impl McpFake {
    /// Starts a server on a free port of this machine.
    pub async fn start(mode: McpMode) -> std::io::Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            mode: Mutex::new(mode),
            log: Mutex::default(),
            release: Notify::new(),
            replied: Notify::new(),
        });
        let router = Router::new().fallback(handle).with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(Self { address, shared })
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }

    /// Behaves otherwise from now on.
    pub fn set(&self, mode: McpMode) {
        *self.shared.mode.lock().unwrap_or_else(PoisonError::into_inner) = mode;
    }

    /// All requests so far.
    pub fn asked(&self) -> Vec<McpAsked> {
        self.shared.log().asked.clone()
    }

    /// The methods of all requests so far: of JSON-RPC, or of HTTP where there is no body.
    pub fn methods(&self) -> Vec<String> {
        self.asked().iter().map(|asked| asked.method().to_owned()).collect()
    }

    /// The tools that were run, with their arguments.
    pub fn calls(&self) -> Vec<(String, Value)> {
        self.shared.log().ran.clone()
    }

    /// What a client must not have sent.
    pub fn complaints(&self) -> Vec<String> {
        self.shared.log().complaints.clone()
    }

    /// Calls whose client left before the answer.
    pub fn abandoned(&self) -> usize {
        self.shared.log().abandoned
    }

    /// Lets a call of the tool `wait` continue, also one that comes later.
    pub fn release(&self) {
        self.shared.release.notify_one();
    }

    /// Forgets all sessions.
    pub fn forget_sessions(&self) {
        self.shared.log().sessions.clear();
    }
}

async fn handle(
    State(shared): State<Arc<Shared>>,
    verb: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let mode = shared.mode();
    let text =
        |value: &axum::http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let asked = McpAsked {
        verb: verb.to_string(),
        headers: headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    };
    shared.log().asked.push(asked.clone());
    for name in ["origin", "cookie", "referer"] {
        if asked.header(name).is_some() {
            shared.complain(&format!("the header {name}"));
        }
    }
    if let Some(location) = &mode.redirects {
        return answer::redirect(location);
    }
    if let Some((status, body)) = &mode.refuses {
        return answer::plain(*status, body);
    }
    if let Some((name, value)) = &mode.key
        && asked.header(name) != Some(value.as_str())
    {
        let got = asked.header(name).unwrap_or("nothing");
        return answer::plain(401, &format!("got {got} as {name}"));
    }
    match verb {
        Method::POST => post(shared, &mode, &asked).await,
        Method::GET => legacy::resume(&shared, &mode, &asked),
        Method::DELETE => legacy::delete(&shared, &mode, &asked),
        _ => answer::plain(405, ""),
    }
}

async fn post(shared: Arc<Shared>, mode: &McpMode, asked: &McpAsked) -> Response<Body> {
    if asked.header("content-type") != Some("application/json") {
        shared.complain("a content type that is not application/json");
        return answer::plain(415, "");
    }
    let accept = asked.header("accept").unwrap_or_default();
    if !accept.contains("application/json") || !accept.contains("text/event-stream") {
        shared.complain("an Accept without one of the two types");
        return answer::plain(406, "");
    }
    if asked.body["jsonrpc"] != "2.0" {
        shared.complain("a body that is no JSON-RPC");
        return answer::plain(StatusCode::BAD_REQUEST.as_u16(), "");
    }
    let is_modern = asked.header("mcp-protocol-version") == Some("2026-07-28")
        || asked.body["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"].is_string();
    match (mode.speaks, is_modern) {
        (Speaks::Modern | Speaks::Both, true) => modern::handle(shared, mode, asked).await,
        (Speaks::Legacy, true) => legacy::refuse_probe(mode, asked).await,
        (Speaks::Legacy | Speaks::Both, false) => legacy::handle(shared, mode, asked).await,
        (Speaks::Modern, false) => {
            let requested = asked.body["params"]["protocolVersion"].clone();
            let data = json!({ "supported": mode.supported, "requested": requested });
            answer::error(400, &asked.body["id"], -32_022, "unsupported version", &data)
        }
    }
}
