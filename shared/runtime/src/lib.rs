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
use tracing::level_filters::LevelFilter;
use tracing_subscriber::{filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt};

pub use crate::{
    aws::{Aws, plain_http},
    config::Env,
    table_guard::MayCall,
};

/// Begins to log: JSON lines on Lambda, text on a terminal. `RUST_LOG` says which, by levels and
/// modules such as `info,store=debug`; `usual` unless set. A release has nothing below info, since
/// libraries tell of bodies there.
pub fn init_logs(usual: &str) {
    let set = std::env::var("RUST_LOG").ok().filter(|set| !set.is_empty());
    let registry = tracing_subscriber::registry().with(filter(set.as_deref(), usual));
    // A second call (tests start several platforms in one process) changes nothing.
    if std::io::stderr().is_terminal() {
        let _ = registry.with(fmt::layer().with_writer(std::io::stderr)).try_init();
    } else {
        let json = fmt::layer().json().with_ansi(false).with_writer(std::io::stderr);
        let _ = registry.with(json).try_init();
    }
}

/// Without the filters by fields and spans that `EnvFilter` has, which bring an engine of regular
/// expressions into each function.
fn filter(set: Option<&str>, usual: &str) -> Targets {
    let wanted = set.and_then(|set| set.parse().ok()).or_else(|| usual.parse().ok());
    wanted.unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO))
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn levels_are_those_of_rust_log_by_module_and_the_usual_ones_where_it_is_none() {
        let set = filter(Some("warn,store=debug"), "info");
        assert!(set.would_enable("store::table", &Level::DEBUG));
        assert!(!set.would_enable("app::crawl", &Level::INFO));
        for unset in [None, Some("store=loud")] {
            let usual = filter(unset, "info");
            assert!(usual.would_enable("app", &Level::INFO), "{unset:?}");
            assert!(!usual.would_enable("store", &Level::DEBUG), "{unset:?}");
        }
    }
}
