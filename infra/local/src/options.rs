//! The flags of `cargo dev`.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use clap::Parser;
use domain::{Plan, conversation::IDLE};
use knowledge::Embedder;
use runtime::PasswordCost;

use crate::{clock::TestClock, invoke::FaultInjection, model::ModelFlag};

/// Runs Colloquy on this machine.
#[derive(Debug, Clone, Parser)]
#[command(name = "cargo dev", version)]
pub struct Options {
    /// Port of the API; 0 takes any free one.
    #[arg(long, default_value_t = 3000, value_name = "N")]
    pub port: u16,

    /// Folder of the data, of credentials.json and env with the demo's keys, and of the master key.
    #[arg(long, default_value = ".local", value_name = "DIR")]
    pub data: PathBuf,

    /// Keep all data in memory; only credentials.json and env are written.
    #[arg(long)]
    pub memory: bool,

    /// Start without the demo workspace.
    #[arg(long)]
    pub no_demo: bool,

    /// Plan of the demo workspace.
    #[arg(long, default_value = "enterprise")]
    pub plan: Plan,

    /// Plan of workspaces that sign up.
    #[arg(long, default_value = "enterprise", value_name = "PLAN")]
    pub signup_plan: Plan,

    /// Overrides for the published plans, e.g. '{"enterprise":{"botplot_calls":null}}'; null means
    /// unlimited.
    #[arg(long, value_name = "JSON")]
    pub plans: Option<String>,

    /// Who may sign up: open, invite (whoever `admin invite` invited) or closed.
    #[arg(long, default_value = "open", value_name = "MODE", value_parser = ["open", "invite", "closed"])]
    pub signup_mode: String,

    /// Calls a minute from one address with keys of one chatbot that may be in a page; 0 for no limit.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub visitor_rate: u32,

    /// Seconds without a message after which a conversation ends.
    #[arg(long, default_value_t = IDLE.as_secs(), value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub idle_seconds: u64,

    /// Host that the CNAME of a custom domain must name.
    #[arg(long, default_value = "", value_name = "HOST")]
    pub custom_domain_target: String,

    /// Create a queue that webhooks may name by its ARN, arn:aws:sqs:us-east-1:123456789012:NAME; may
    /// be given several times.
    #[arg(long = "event-queue", value_name = "NAME")]
    pub event_queues: Vec<String>,

    /// Embedding model for search by meaning as well as by words: minilm:FOLDER, in a build with the
    /// feature minilm, or bedrock:MODEL, in a build with the feature bedrock.
    #[arg(long, default_value = "", value_name = "MODEL")]
    pub embeddings: String,

    /// Send requests for a platform to URL instead of the platform's own host; NAME is telegram, slack,
    /// discord, graph (WhatsApp and Messenger) or bedrock. May be given several times.
    #[arg(long = "platform", value_name = "NAME=URL", value_parser = platform)]
    pub platforms: Vec<(String, String)>,

    /// AI backend of the demo chatbot: TYPE=URL or TYPE, then model=NAME and key-env=VARIABLE, separated by
    /// commas, e.g. openai_compatible=http://localhost:11434/v1,model=llama3.2.
    #[arg(long, value_name = "MODEL")]
    pub model: Option<ModelFlag>,

    /// Start table, queues and secrets only, for functions that run under cargo lambda watch.
    #[arg(long)]
    pub services_only: bool,

    /// Port of cargo lambda watch, with --services-only.
    #[arg(long, default_value_t = 9000, value_name = "N")]
    pub lambda_port: u16,

    /// For a test: the DNS server that is asked, and for how long.
    #[arg(skip)]
    pub dns: Option<(SocketAddr, Duration)>,

    /// For a test: the model in the place of the one that `embeddings` names.
    #[arg(skip)]
    pub embedder: Option<Arc<dyn Embedder>>,

    /// For a seed: no worker is fed until [`crate::LocalPlatform::attach`].
    #[arg(skip)]
    pub detached: bool,

    /// For a test: hand each batch of the stream to its worker twice, as AWS may.
    #[arg(skip)]
    pub deliver_twice: bool,

    /// For a test: another clock than the machine's.
    #[arg(skip)]
    pub clock: Option<Arc<TestClock>>,

    /// For a test: what hashing a password costs.
    #[arg(skip)]
    pub passwords: PasswordCost,

    /// For a test: how often workers are killed.
    #[arg(skip)]
    pub faults: Option<FaultInjection>,
}

impl Options {
    /// For a test: any port, nothing kept but credentials in `data`.
    pub fn in_memory(data: PathBuf) -> Self {
        Self {
            port: 0,
            data,
            memory: true,
            no_demo: false,
            plan: Plan::Enterprise,
            signup_plan: Plan::Enterprise,
            plans: None,
            signup_mode: "open".to_owned(),
            visitor_rate: 0,
            idle_seconds: IDLE.as_secs(),
            custom_domain_target: String::new(),
            embeddings: String::new(),
            model: None,
            services_only: false,
            lambda_port: 9000,
            dns: None,
            detached: false,
            deliver_twice: false,
            event_queues: Vec::new(),
            clock: None,
            platforms: Vec::new(),
            embedder: None,
            passwords: PasswordCost::Least,
            faults: None,
        }
    }
}

/// Platforms whose host `--platform` can replace.
const PLATFORMS: &[&str] = &["telegram", "slack", "discord", "graph", "bedrock"];

fn platform(text: &str) -> Result<(String, String), String> {
    let (name, url) = text.split_once('=').ok_or("is not NAME=URL")?;
    if !PLATFORMS.contains(&name) {
        return Err(format!("{name:?} is none of {}", PLATFORMS.join(", ")));
    }
    let is_http = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
    if is_http.is_none_or(str::is_empty) {
        return Err(format!("{url:?} is not an http or https URL"));
    }
    Ok((name.to_owned(), url.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_platform_is_a_known_name_and_a_url() {
        let read = |text| Options::try_parse_from(["local", "--platform", text]);
        let options = read("bedrock=http://127.0.0.1:4000").unwrap();
        let expected = ("bedrock".to_owned(), "http://127.0.0.1:4000".to_owned());
        assert_eq!(options.platforms, [expected]);
        for refused in ["bedrock", "bedrock=", "bedrock=ftp://x", "s3=http://127.0.0.1", "="] {
            assert!(read(refused).is_err(), "{refused}");
        }
    }
}
