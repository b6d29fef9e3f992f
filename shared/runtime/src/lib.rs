//! What every function starts from: settings, AWS clients, logs.
//!
//! Each client is made by a function of its own, so that a binary links only those it calls. A
//! backend that only a deployment has is a feature: `s3`, `bedrock`, `minilm`.

mod aws;
mod embeddings;
mod table_used;

use std::{collections::HashMap, io::IsTerminal, net::SocketAddr, sync::Arc, time::Duration};

pub use app::access::accounts::PasswordCost;
pub use aws_config::SdkConfig;
use domain::{Error, Plan, Plans, Result, conversation::IDLE};
use outbound::{Policy, Resolver};
use tracing_subscriber::EnvFilter;

pub use crate::aws::{Aws, plain_http};

/// A function's settings, by the names that `template.yaml` gives them.
#[derive(Debug, Clone, Default)]
pub struct Env(Arc<HashMap<String, String>>);

impl Env {
    /// Those of this process.
    pub fn process() -> Self {
        Self(Arc::new(std::env::vars().collect()))
    }

    /// Those given.
    pub fn of(settings: HashMap<String, String>) -> Self {
        Self(Arc::new(settings))
    }

    /// A setting, if it is there and not empty.
    pub fn optional(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A setting that has to be there.
    pub fn required(&self, name: &str) -> Result<&str> {
        self.optional(name).ok_or_else(|| Error::internal(format!("{name} is not set")))
    }

    fn seconds(&self, name: &str) -> Result<Option<Duration>> {
        let Some(text) = self.optional(name) else { return Ok(None) };
        let seconds = text.parse().map_err(|_| {
            Error::internal(format!("{name} is {text:?} and not a whole number of seconds"))
        })?;
        Ok(Some(Duration::from_secs(seconds)))
    }

    /// `IDLE_SECONDS`: after this long without a message a conversation has ended.
    pub fn idle(&self) -> Result<Duration> {
        Ok(self.seconds("IDLE_SECONDS")?.unwrap_or(IDLE))
    }

    /// `PLANS`: what the deployer lays over the published plans, as JSON.
    pub fn plans(&self) -> Result<Plans> {
        self.optional("PLANS").map_or_else(Plans::published, Plans::published_with)
    }

    /// `SIGNUP_PLAN`: the plan that a new workspace gets.
    pub fn signup_plan(&self) -> Result<Plan> {
        self.optional("SIGNUP_PLAN").map_or(Ok(Plan::Enterprise), str::parse)
    }

    /// `ALLOWED_ORIGINS`: origins, separated by commas, whose pages may write with a session
    /// cookie.
    pub fn allowed_origins(&self) -> Vec<String> {
        let list = self.optional("ALLOWED_ORIGINS").unwrap_or_default();
        list.split(',').map(str::trim).filter(|o| !o.is_empty()).map(str::to_owned).collect()
    }

    /// `LOCAL_RUN`: set by the local run alone. Loopback addresses are taken then, and responses
    /// say what they consumed.
    pub fn is_local(&self) -> bool {
        self.optional("LOCAL_RUN") == Some("true")
    }

    /// `CUSTOM_DOMAIN_TARGET`: the host that custom domains have to lead to.
    pub fn custom_domain_target(&self) -> Option<&str> {
        self.optional("CUSTOM_DOMAIN_TARGET")
    }

    /// The DNS, asked for at most `time`: as the machine is set up, or, in the local run alone,
    /// the server `LOCAL_DNS_SERVER`, asked for at most `LOCAL_DNS_MILLIS`.
    pub fn dns(&self, time: Duration) -> Result<(Resolver, Duration)> {
        let server = self.optional("LOCAL_DNS_SERVER").filter(|_| self.is_local());
        let Some(server) = server else {
            return Ok((Resolver::of_system(time), time));
        };
        let server: SocketAddr = server.parse().map_err(Error::internal)?;
        let millis = self.required("LOCAL_DNS_MILLIS")?.parse().map_err(Error::internal)?;
        let time = Duration::from_millis(millis);
        Ok((Resolver::of_server(server, time), time))
    }

    /// How many times as fast as its schedule a delivery or a page is tried again: once as fast, but
    /// in the local run, where `LOCAL_RETRY_PACE` may say otherwise.
    pub fn retry_pace(&self) -> Result<u32> {
        let pace = self.optional("LOCAL_RETRY_PACE").filter(|_| self.is_local());
        let pace = pace.map_or(Ok(1), str::parse).map_err(Error::internal)?;
        Ok(pace.max(1))
    }

    /// Which addresses of tenants may be connected to.
    pub fn policy(&self) -> Policy {
        if self.is_local() { Policy::Local } else { Policy::Public }
    }
}

/// Begins to log: JSON lines where nobody watches (Lambda), text on a terminal. `RUST_LOG` says
/// how much; `usual` unless set.
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
