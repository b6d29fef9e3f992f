//! Why an MCP server gave no result.

use std::time::Duration;

use outbound::{OutboundError, SendError};
use serde_json::Value;

use super::rpc::RpcError;
use crate::http::quoted;

/// Why an MCP server gave no result. The texts are for the team: without values of its headers, and
/// with at most 200 characters of what the server said.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum McpError {
    /// It refuses the headers that it is asked with (401, 403).
    #[error("refuses the credentials: {0}")]
    Credentials(String),
    /// The address may not be connected to, or it redirects.
    #[error("its address is refused: {0}")]
    Refused(String),
    /// It is no MCP server of a kind that is spoken here.
    #[error("can't be spoken to: {0}")]
    Unsupported(String),
    /// It can't be reached, or has no time now (429): nothing was run.
    #[error("is not available: {0}")]
    Unavailable(String),
    /// The request was sent, and its answer was lost.
    #[error("gave no answer: {0}")]
    Lost(String),
    /// The request was sent, and no answer came in time.
    #[error("gave no answer within {} s", .0.as_secs())]
    Timeout(Duration),
    /// What came is not of the protocol, or larger than the bounds.
    #[error("answered out of protocol: {0}")]
    Protocol(String),
}

impl McpError {
    /// Whether the tool may have been run all the same.
    pub fn may_have_run(&self) -> bool {
        matches!(self, Self::Lost(_) | Self::Timeout(_) | Self::Protocol(_))
    }

    /// Whether the server is not to be asked again before its owner has changed something.
    pub fn ends_server(&self) -> bool {
        matches!(self, Self::Credentials(_) | Self::Refused(_) | Self::Unsupported(_))
    }
}

/// Why a request has no result, with what decides on what is done next.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Failure {
    /// The server answered with an error of JSON-RPC, under this HTTP status.
    Rpc { status: u16, error: RpcError },
    /// The server answered with an HTTP status that is no success, and no error of JSON-RPC.
    Status { status: u16, text: String },
    /// Everything else.
    Other(McpError),
}

impl Failure {
    pub(super) fn protocol(message: &str) -> Self {
        Self::Other(McpError::Protocol(message.to_owned()))
    }

    pub(super) fn lost(message: &str) -> Self {
        Self::Other(McpError::Lost(message.to_owned()))
    }

    /// What a status that is no success means, with the beginning of its body.
    pub(super) fn of_status(status: u16, body: &str) -> Self {
        let json: Value = serde_json::from_str(body).unwrap_or_default();
        match RpcError::of(&json["error"]) {
            Some(error) if !matches!(status, 401 | 403) => Self::Rpc { status, error },
            _ => Self::Status { status, text: body.to_owned() },
        }
    }

    /// Without what `clean` takes out of the server's words, and those cut after that.
    pub(super) fn cleaned(self, clean: impl Fn(&str) -> String) -> Self {
        let clean = |text: String| quoted(&clean(&text));
        match self {
            Self::Rpc { status, error } => {
                Self::Rpc { status, error: RpcError { message: clean(error.message), ..error } }
            }
            Self::Status { status, text } => Self::Status { status, text: clean(text) },
            Self::Other(error) => Self::Other(error),
        }
    }

    pub(super) fn status(&self) -> Option<u16> {
        match self {
            Self::Rpc { status, .. } | Self::Status { status, .. } => Some(*status),
            Self::Other(_) => None,
        }
    }

    /// Whether the request was sent and its answer, if there was one, is lost.
    pub(super) fn is_lost(&self) -> bool {
        matches!(self, Self::Other(McpError::Lost(_)) | Self::Status { status: 500.., .. })
    }

    /// The code of the JSON-RPC error, if it is one.
    pub(super) fn code(&self) -> Option<i64> {
        match self {
            Self::Rpc { error, .. } => Some(error.code),
            Self::Status { .. } | Self::Other(_) => None,
        }
    }
}

impl From<SendError> for Failure {
    fn from(SendError { error, may_have_arrived }: SendError) -> Self {
        let message = error.to_string();
        Self::Other(match error {
            OutboundError::Refused(..)
            | OutboundError::Unresolved
            | OutboundError::Redirects(_)
            | OutboundError::BadRedirect => McpError::Refused(message),
            _ if may_have_arrived => McpError::Lost(message),
            _ => McpError::Unavailable(message),
        })
    }
}

impl From<McpError> for Failure {
    fn from(error: McpError) -> Self {
        Self::Other(error)
    }
}

impl From<Failure> for McpError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Other(error) => error,
            Failure::Rpc { error, .. } => Self::Protocol(error.to_string()),
            Failure::Status { status, text } => {
                let message = match text.is_empty() {
                    true => format!("HTTP {status}"),
                    false => format!("HTTP {status}: {text}"),
                };
                match status {
                    300..=399 => Self::Refused(format!("it redirects ({message})")),
                    401 | 403 => Self::Credentials(message),
                    404 | 405 => Self::Unsupported(format!("{message}; is the URL right?")),
                    429 => Self::Unavailable(message),
                    500.. => Self::Lost(message),
                    _ => Self::Protocol(message),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_says_what_may_be_done_next() {
        let of = |status| McpError::from(Failure::of_status(status, "no <b>way</b>"));
        for status in [401, 403] {
            assert!(matches!(of(status), McpError::Credentials(_)), "{status}");
        }
        for status in [301, 302, 307, 308, 304] {
            assert!(matches!(of(status), McpError::Refused(_)), "{status}");
        }
        assert!(of(404).ends_server() && of(405).ends_server() && !of(429).ends_server());
        let ran: Vec<u16> = [302, 401, 404, 429, 500, 502, 503, 504]
            .into_iter()
            .filter(|s| of(*s).may_have_run())
            .collect();
        assert_eq!(ran, [500, 502, 503, 504]);
        assert!(McpError::Timeout(Duration::from_secs(9)).may_have_run());
        assert_eq!(
            of(404).to_string(),
            "can't be spoken to: HTTP 404: no <b>way</b>; is the URL right?"
        );
        // Whatever a refusal's body says, the credentials are refused.
        let rpc = r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32022,"message":"x"}}"#;
        assert!(matches!(McpError::from(Failure::of_status(401, rpc)), McpError::Credentials(_)));
        assert_eq!(Failure::of_status(400, rpc).code(), Some(-32022));
        // What is taken out is taken out before the text is cut.
        let long = format!("{} s3cr3t {}", "x ".repeat(97), "y".repeat(5_000));
        let clean = |text: &str| text.replace("s3cr3t", "[redacted]");
        let long = McpError::from(Failure::of_status(500, &long).cleaned(clean)).to_string();
        assert!(long.chars().count() < 240 && !long.contains("s3c"), "{long}");
    }
}
