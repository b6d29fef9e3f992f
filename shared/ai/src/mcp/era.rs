//! Which of the two protocols a server speaks: 2026-07-28, without a handshake, or an earlier one with.

use serde_json::{Value, json};

use super::{McpError, error::Failure};

/// The version without a handshake.
pub(super) const MODERN: &str = "2026-07-28";
/// Versions with a handshake, the newest first.
pub(super) const LEGACY: [&str; 3] = ["2025-11-25", "2025-06-18", "2025-03-26"];
/// Codes that only servers of the modern era give.
const HEADER_MISMATCH: i64 = -32_020;
const MISSING_CAPABILITY: i64 = -32_021;
const UNSUPPORTED_VERSION: i64 = -32_022;
const METHOD_NOT_FOUND: i64 = -32_601;

/// Which protocol a server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum McpEra {
    /// Since 2026-07-28: every request says all that it needs.
    Modern,
    /// 2025-03-26 to 2025-11-25: a handshake, and maybe a session.
    Legacy,
}

impl McpEra {
    /// `modern` or `legacy`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Modern => "modern",
            Self::Legacy => "legacy",
        }
    }

    /// The era of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Modern, Self::Legacy].into_iter().find(|era| era.name() == name)
    }
}

/// What a probe has told.
#[derive(Debug, PartialEq)]
pub(super) enum Verdict {
    /// The server is modern; its instructions, if it told them.
    Modern { instructions: Option<String> },
    /// It may be of the legacy era: only a handshake tells.
    Legacy,
}

/// What a server is that answered `server/discover` so. An error is the end.
pub(super) fn judged(answer: Result<Value, Failure>) -> Result<Verdict, McpError> {
    let failure = match answer {
        Ok(result) => return of_result(&result),
        Err(failure) => failure,
    };
    match (failure.status(), failure.code()) {
        (Some(401 | 403 | 429 | 300..=399), None) => Err(failure.into()),
        (_, Some(UNSUPPORTED_VERSION)) => match &failure {
            Failure::Rpc { error, .. } => of_versions(&error.data["supported"]),
            _ => Err(failure.into()),
        },
        // It knows the protocol and misses something in the request, which no handshake would mend.
        (_, Some(HEADER_MISMATCH | MISSING_CAPABILITY)) => Err(failure.into()),
        (Some(404), Some(METHOD_NOT_FOUND)) => Ok(Verdict::Modern { instructions: None }),
        (Some(_), _) => Ok(Verdict::Legacy),
        (None, _) => match failure {
            // Silence, and what is no MCP: servers of before stumble over what they don't know.
            Failure::Other(McpError::Timeout(_) | McpError::Lost(_) | McpError::Protocol(_)) => {
                Ok(Verdict::Legacy)
            }
            other => Err(other.into()),
        },
    }
}

fn of_result(result: &Value) -> Result<Verdict, McpError> {
    if result["resultType"].is_null() {
        return Ok(Verdict::Legacy);
    }
    let instructions = result["instructions"].as_str().map(str::to_owned);
    match of_versions(&result["supportedVersions"])? {
        Verdict::Modern { .. } => Ok(Verdict::Modern { instructions }),
        Verdict::Legacy => Ok(Verdict::Legacy),
    }
}

/// The best of the versions that a server names. One that names none is taken at its word that it
/// understood the question.
fn of_versions(versions: &Value) -> Result<Verdict, McpError> {
    let Some(versions) = versions.as_array() else {
        return Ok(Verdict::Modern { instructions: None });
    };
    let has = |version: &str| versions.iter().any(|named| named == version);
    if has(MODERN) {
        Ok(Verdict::Modern { instructions: None })
    } else if LEGACY.iter().any(|version| has(version)) {
        Ok(Verdict::Legacy)
    } else {
        let named: Vec<&str> = versions.iter().take(10).filter_map(Value::as_str).collect();
        let named = crate::http::quoted(&named.join(", "));
        Err(McpError::Unsupported(format!("it speaks the versions {named} alone")))
    }
}

/// Who asks.
pub(super) fn client_info() -> Value {
    json!({ "name": "colloquy", "version": env!("CARGO_PKG_VERSION") })
}

/// What every modern request says of itself.
pub(super) fn modern_meta() -> Value {
    json!({
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": client_info(),
    })
}

/// Whether a server lacks the `Mcp-Param-*` headers that its list of tools would have told of.
pub(super) fn lacks_headers(failure: &Failure) -> bool {
    failure.code() == Some(HEADER_MISMATCH)
}

/// Whether a server has no such method.
pub(super) fn lacks_method(failure: &Failure) -> bool {
    failure.code() == Some(METHOD_NOT_FOUND)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn modern() -> Result<Verdict, McpError> {
        Ok(Verdict::Modern { instructions: None })
    }

    fn answered(status: u16, body: &Value) -> Result<Verdict, McpError> {
        judged(Err(match status {
            200 => {
                let error = super::super::rpc::RpcError::of(&body["error"]).unwrap();
                Failure::Rpc { status, error }
            }
            status => Failure::of_status(status, &body.to_string()),
        }))
    }

    fn error(code: i64, data: &Value) -> Value {
        json!({ "jsonrpc": "2.0", "id": 1, "error": { "code": code, "message": "no", "data": data } })
    }

    #[test]
    fn a_result_tells_the_era() {
        let result = |result: Value| judged(Ok(result));
        assert_eq!(
            result(
                json!({ "resultType": "complete", "supportedVersions": [MODERN], "instructions": "x" })
            ),
            Ok(Verdict::Modern { instructions: Some("x".to_owned()) })
        );
        assert_eq!(result(json!({ "resultType": "complete" })), modern());
        assert_eq!(result(json!({ "tools": [] })), Ok(Verdict::Legacy));
        let old = json!({ "resultType": "complete", "supportedVersions": ["2025-11-25"] });
        assert_eq!(result(old), Ok(Verdict::Legacy));
        let new = json!({ "resultType": "complete", "supportedVersions": ["2027-01-01"] });
        assert!(matches!(result(new), Err(McpError::Unsupported(_))));
    }

    #[test]
    fn an_error_tells_it_too() {
        let none = json!(null);
        for status in [200, 400, 404, 422, 500] {
            let supported =
                error(-32_022, &json!({ "supported": ["2025-06-18"], "requested": MODERN }));
            assert_eq!(answered(status, &supported), Ok(Verdict::Legacy), "{status}");
            for code in [-32_700, -32_600, -32_000, -32_001, 0] {
                assert_eq!(answered(status, &error(code, &none)), Ok(Verdict::Legacy), "{code}");
            }
            for code in [-32_020, -32_021] {
                assert!(matches!(
                    answered(status, &error(code, &none)),
                    Err(McpError::Protocol(_))
                ));
            }
        }
        assert_eq!(answered(404, &error(-32_601, &none)), modern());
        assert_eq!(answered(200, &error(-32_601, &none)), Ok(Verdict::Legacy));
        assert_eq!(answered(400, &error(-32_601, &none)), Ok(Verdict::Legacy));
        let newer = error(-32_022, &json!({ "supported": ["2027-01-01"] }));
        assert!(matches!(answered(400, &newer), Err(McpError::Unsupported(_))));
        for (status, body) in
            [(400, json!("session required")), (404, none), (405, json!("")), (500, json!({}))]
        {
            assert_eq!(answered(status, &body), Ok(Verdict::Legacy), "{status}");
        }
    }

    #[test]
    fn credentials_redirects_and_what_is_not_there_end_it_and_silence_does_not() {
        for status in [401, 403] {
            let refused = answered(status, &error(-32_001, &json!(null)));
            assert!(matches!(refused, Err(McpError::Credentials(_))), "{status}");
        }
        assert!(matches!(answered(307, &json!("")), Err(McpError::Refused(_))));
        assert!(matches!(answered(429, &json!("")), Err(McpError::Unavailable(_))));
        for error in [
            McpError::Timeout(Duration::from_secs(1)),
            McpError::Lost("reset".to_owned()),
            McpError::Protocol("HTML".to_owned()),
        ] {
            assert_eq!(judged(Err(error.into())), Ok(Verdict::Legacy));
        }
        for error in [McpError::Unavailable("x".to_owned()), McpError::Refused("x".to_owned())] {
            assert_eq!(judged(Err(error.clone().into())), Err(error));
        }
        assert_eq!(McpEra::from_name(McpEra::Legacy.name()), Some(McpEra::Legacy));
        assert_eq!(McpEra::from_name("sse"), None);
    }
}
