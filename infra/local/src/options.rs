//! The flags of `cargo dev`.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::Parser;
use domain::{Plan, conversation::IDLE};
use runtime::PasswordCost;

use crate::invoke::FaultInjection;

/// Runs Colloquy on this machine.
#[derive(Debug, Clone, Parser)]
#[command(name = "cargo dev", version)]
pub struct Options {
    /// Port of the API; 0 takes any free one.
    #[arg(long, default_value_t = 3000)]
    pub port: u16,

    /// Folder of the data and of credentials.json.
    #[arg(long, default_value = ".local")]
    pub data: PathBuf,

    /// Keep nothing: all data is in memory, but for credentials.json.
    #[arg(long)]
    pub memory: bool,

    /// Do not make the demo workspace.
    #[arg(long)]
    pub no_demo: bool,

    /// Plan of the demo workspace.
    #[arg(long, default_value = "enterprise")]
    pub plan: Plan,

    /// Plan of workspaces that sign up.
    #[arg(long, default_value = "enterprise")]
    pub signup_plan: Plan,

    /// What to lay over the published plans, e.g. '{"enterprise":{"botplot_calls":null}}'.
    #[arg(long, value_name = "JSON")]
    pub plans: Option<String>,

    /// Seconds without a message until a conversation has ended.
    #[arg(long, default_value_t = IDLE.as_secs(), value_parser = clap::value_parser!(u64).range(1..))]
    pub idle_seconds: u64,

    /// Host that custom domains have to lead to.
    #[arg(long, default_value = "")]
    pub custom_domain_target: String,

    /// A queue that webhooks may name by its ARN, made here; may be given several times.
    #[arg(long = "event-queue", value_name = "NAME")]
    pub event_queues: Vec<String>,

    /// Model by which passages and questions are found by what they mean too: "minilm:<folder>", in
    /// a build with the feature minilm, or "bedrock:<model>".
    #[arg(long, default_value = "", value_name = "MODEL")]
    pub embeddings: String,

    /// Only table, queues and secrets, for functions that run under `cargo lambda watch`.
    #[arg(long)]
    pub services_only: bool,

    /// Port of `cargo lambda watch`, with --services-only.
    #[arg(long, default_value_t = 9000)]
    pub lambda_port: u16,

    /// For a test: the DNS server that is asked, and for how long.
    #[arg(skip)]
    pub dns: Option<(SocketAddr, Duration)>,

    /// For a test: where Bedrock is.
    #[arg(skip)]
    pub bedrock: Option<String>,

    /// For a seed: no worker is fed until [`crate::Platform::attach`].
    #[arg(skip)]
    pub detached: bool,

    /// For a test: hand each batch of the stream to its worker twice, as AWS may.
    #[arg(skip)]
    pub deliver_twice: bool,

    /// For a test: how many times as fast as its schedule a delivery or a page is tried again.
    #[arg(skip)]
    pub retry_pace: Option<u32>,

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
            idle_seconds: IDLE.as_secs(),
            custom_domain_target: String::new(),
            embeddings: String::new(),
            services_only: false,
            lambda_port: 9000,
            dns: None,
            detached: false,
            deliver_twice: false,
            event_queues: Vec::new(),
            retry_pace: None,
            bedrock: None,
            passwords: PasswordCost::Least,
            faults: None,
        }
    }
}
