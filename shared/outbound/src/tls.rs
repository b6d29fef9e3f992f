//! What TLS connections start from: the machine's root certificates, read once per process.

use std::sync::OnceLock;

use rustls::ClientConfig;
use rustls_platform_verifier::BuilderVerifierExt;

use crate::OutboundError;

/// Reading and parsing the roots takes tens of milliseconds, so all clients share what it gives.
static CONFIG: OnceLock<ClientConfig> = OnceLock::new();

/// HTTP/2 or 1.1 over TLS, whose certificates the machine's roots vouch for.
///
/// # Errors
///
/// If the machine has no roots that can be read.
pub fn config() -> Result<ClientConfig, OutboundError> {
    if let Some(config) = CONFIG.get() {
        return Ok(config.clone());
    }
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let mut config = ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(|error| OutboundError::Failed(error.to_string()))?
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(CONFIG.get_or_init(|| config).clone())
}
