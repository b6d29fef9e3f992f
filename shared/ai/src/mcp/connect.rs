//! How a connection begins: the era of the server, and the handshake of the legacy one.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    McpEra, McpError,
    era::{self, Verdict},
    error::Failure,
    rpc,
    transport::{Answered, Clock, Outgoing, Wire},
};

/// How long a server may be silent before it is taken for one of before 2026-07-28.
const PROBE: Duration = Duration::from_secs(10);
/// The longest name of a session, in bytes.
const MAX_SESSION: usize = 1_024;

/// What requests have in common.
#[derive(Debug, Clone, Default)]
pub(super) struct Session {
    /// The version that was agreed on, of the legacy era; none before that and in the modern one.
    pub(super) version: Option<&'static str>,
    /// Its name, if the server keeps sessions.
    pub(super) id: Option<String>,
    /// Counts the sessions of a client.
    pub(super) number: u64,
}

impl Session {
    /// The headers of a request before 2026-07-28.
    pub(super) fn headers(&self) -> Vec<(String, String)> {
        let mut headers = Vec::new();
        if let Some(id) = &self.id {
            headers.push(("mcp-session-id".to_owned(), id.clone()));
        }
        // 2025-03-26 did not know the header.
        if let Some(version) = self.version.filter(|version| *version != "2025-03-26") {
            headers.push(("mcp-protocol-version".to_owned(), version.to_owned()));
        }
        headers
    }
}

/// A request of this era.
pub(super) fn outgoing<'a>(
    era: McpEra,
    session: &Session,
    id: u64,
    method: &'a str,
    mut params: Value,
) -> Outgoing<'a> {
    let headers = match era {
        McpEra::Legacy => session.headers(),
        McpEra::Modern => {
            params["_meta"] = era::modern_meta();
            vec![
                ("mcp-protocol-version".to_owned(), era::MODERN.to_owned()),
                ("mcp-method".to_owned(), method.to_owned()),
            ]
        }
    };
    Outgoing { id, method, params, headers, legacy: era == McpEra::Legacy }
}

pub(super) type Connected = (McpEra, Session, Option<String>);

/// Connects by `wire`: the era is found out, or is the `known` one if that still fits.
pub(super) async fn connected(
    wire: &Wire,
    known: Option<McpEra>,
    until: Instant,
) -> Result<Connected, McpError> {
    let shake = async || {
        let (session, instructions) = shaken(wire, until).await?;
        Ok::<_, Failure>((McpEra::Legacy, session, instructions))
    };
    let mut refused = None;
    if known == Some(McpEra::Legacy) {
        match shake().await {
            // It was of the legacy era and isn't any more: what it is now, a probe tells.
            Err(failure) if !matches!(failure.status(), None | Some(401 | 403 | 429 | 500..)) => {
                refused = Some(failure);
            }
            other => return other.map_err(not_shaken),
        }
    }
    let session = Session::default();
    let left = until.saturating_duration_since(Instant::now());
    let probe = outgoing(McpEra::Modern, &session, 1, "server/discover", json!({}));
    // Half of the time is left for the handshake.
    let clock = Clock::new(PROBE.min(left / 2), until);
    let answer = wire.request(&probe, clock).await.map(|answered| answered.result);
    match (era::judged(answer)?, refused) {
        (Verdict::Modern { instructions }, _) => Ok((McpEra::Modern, session, instructions)),
        (Verdict::Legacy, Some(refused)) => Err(not_shaken(refused)),
        (Verdict::Legacy, None) => shake().await.map_err(not_shaken),
    }
}

/// The handshake of the legacy era.
pub(super) async fn shaken(
    wire: &Wire,
    until: Instant,
) -> Result<(Session, Option<String>), Failure> {
    let params = json!({
        "protocolVersion": era::LEGACY[0],
        "capabilities": {},
        "clientInfo": era::client_info(),
    });
    let session = Session::default();
    let outgoing = outgoing(McpEra::Legacy, &session, 2, "initialize", params);
    let left = until.saturating_duration_since(Instant::now());
    let Answered { result, session: id } = wire.request(&outgoing, Clock::new(left, until)).await?;
    let named = result["protocolVersion"].as_str().unwrap_or_default();
    let Some(version) = era::LEGACY.iter().find(|version| **version == named) else {
        let named = crate::http::quoted(named);
        let message = format!("it wants the version \"{named}\", which is not spoken here");
        return Err(McpError::Unsupported(message).into());
    };
    let is_visible = |id: &String| {
        !id.is_empty() && id.len() <= MAX_SESSION && id.bytes().all(|byte| byte.is_ascii_graphic())
    };
    if id.as_ref().is_some_and(|id| !is_visible(id)) {
        return Err(Failure::protocol("a session whose name is not of visible ASCII"));
    }
    let session = Session { version: Some(version), id, number: 0 };
    let initialized = rpc::notification("notifications/initialized", None);
    wire.notify(&session.headers(), initialized, until).await?;
    let instructions = result["instructions"].as_str().map(str::to_owned);
    Ok((session, instructions))
}

/// What a handshake that failed means to a team.
fn not_shaken(failure: Failure) -> McpError {
    match failure.status() {
        // Teams paste the address of the transport of 2024-11-05.
        Some(status @ (400 | 404 | 405 | 406 | 415)) => {
            let said = match failure {
                Failure::Rpc { error, .. } => format!(": {error}"),
                Failure::Status { text, .. } if !text.is_empty() => format!(": {text}"),
                _ => String::new(),
            };
            McpError::Unsupported(format!(
                "HTTP {status}{said}. Only Streamable HTTP is spoken here; an address of HTTP+SSE \
                 (2024-11-05), which often ends in /sse, won't do: is there one that ends in /mcp?"
            ))
        }
        _ => failure.into(),
    }
}
