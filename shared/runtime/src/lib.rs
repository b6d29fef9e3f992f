//! What every function starts from: configuration, AWS clients, logs.
//!
//! Each client is made by a function of its own, so that a binary links only those it calls. A
//! backend that only a deployment has is a feature: `s3`, `bedrock`, `minilm`.

mod aws;
pub mod config;
mod embeddings;
mod function_config;
mod table_guard;
mod table_used;
mod timeouts;

use std::io::IsTerminal;

pub use app::access::accounts::PasswordCost;
pub use aws_types::SdkConfig;
use tracing_subscriber::EnvFilter;

pub use crate::{
    aws::{Aws, plain_http},
    config::Env,
    table_guard::MayCall,
};

/// Begins to log: JSON lines on Lambda, text on a terminal. `RUST_LOG` says which; `usual` unless
/// set.
pub fn init_logs(usual: &str) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    let logs = tracing_subscriber::fmt().with_env_filter(filter);
    if std::io::stderr().is_terminal() {
        // A second call (tests start several platforms in one process) changes nothing.
        let _ = logs.with_writer(std::io::stderr).try_init();
    } else {
        let _ = logs.json().with_ansi(false).with_writer(std::io::stderr).try_init();
    }
}
