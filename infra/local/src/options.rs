//! The flags of `cargo dev`.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use clap::Parser;
use domain::{Plan, conversation::IDLE};

use crate::invoke::Deaths;

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

    /// Embedding model for search by meaning as well as by words: bedrock:MODEL, or minilm:FOLDER in a
    /// build with the feature minilm.
    #[arg(long, default_value = "", value_name = "MODEL")]
    pub embeddings: String,

    /// Start table, queues and secrets only, for functions that run under cargo lambda watch.
    #[arg(long)]
    pub services_only: bool,

    /// Port of cargo lambda watch, with --services-only.
    #[arg(long, default_value_t = 9000, value_name = "N")]
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

    /// For a test: how often workers are killed.
    #[arg(skip)]
    pub deaths: Option<Deaths>,
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
            deaths: None,
        }
    }
}
