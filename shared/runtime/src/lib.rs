//! What every function starts from: settings, AWS clients, logs.
//!
//! Each client is made by a function of its own, so that a binary links only those it calls.

mod embeddings;

use std::{
    collections::HashMap, io::IsTerminal, net::SocketAddr, path::Path, sync::Arc, time::Duration,
};

use app::{
    Core,
    adapters::files::Files,
    adapters::seal::Sealer,
    adapters::sqs::Queue,
    ops::dead_letters::DeadLetters,
    webhooks::transport::{Sender, Targets},
};
pub use aws_config::SdkConfig;
use aws_config::{BehaviorVersion, Region};
use aws_sdk_s3::config::{RequestChecksumCalculation, ResponseChecksumValidation};
use domain::{Error, Plan, Plans, Result, conversation::IDLE};
use outbound::{Client, Policy, Resolver};
use store::Store;
use tracing_subscriber::EnvFilter;

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

/// Where the AWS services are. Clients made from it share one HTTP client.
#[derive(Debug, Clone)]
pub struct Aws {
    config: SdkConfig,
    /// Of the local run: DynamoDB's, and that of SQS and Secrets Manager.
    endpoints: Option<(String, String)>,
    embedders: embeddings::Loaded,
}

impl Aws {
    /// As the process is set up to find them.
    pub async fn load() -> Self {
        let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
        Self { config, endpoints: None, embedders: embeddings::Loaded::default() }
    }

    /// Embedded ones: DynamoDB's endpoint, and that of SQS and Secrets Manager.
    pub async fn embedded(dynamodb: &str, queues: &str) -> Self {
        let credentials =
            aws_sdk_dynamodb::config::Credentials::new("local", "local", None, None, "local");
        let config = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::from_static("us-east-1"))
            .credentials_provider(credentials)
            .load()
            .await;
        let endpoints = Some((dynamodb.to_owned(), queues.to_owned()));
        Self { config, endpoints, embedders: embeddings::Loaded::default() }
    }

    /// For the client of a service that one function alone uses.
    pub fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// The table that `TABLE_NAME` names.
    pub fn store(&self, env: &Env) -> Result<Store> {
        let mut config = aws_sdk_dynamodb::config::Builder::from(&self.config);
        if let Some((endpoint, _)) = &self.endpoints {
            config = config.endpoint_url(endpoint);
        }
        let client = aws_sdk_dynamodb::Client::from_conf(config.build());
        Ok(Store::new(client, env.required("TABLE_NAME")?))
    }

    fn sqs(&self) -> aws_sdk_sqs::Client {
        let mut config = aws_sdk_sqs::config::Builder::from(&self.config);
        if let Some((_, endpoint)) = &self.endpoints {
            config = config.endpoint_url(endpoint);
        }
        aws_sdk_sqs::Client::from_conf(config.build())
    }

    /// The queue whose URL the setting `name` holds.
    pub fn queue(&self, env: &Env, name: &str) -> Result<Queue> {
        Ok(Queue::new(self.sqs(), env.required(name)?))
    }

    /// Where uploaded files are: the bucket that `FILES` names or, in the local run alone, the
    /// folder, which is an absolute path.
    pub fn files(&self, env: &Env) -> Result<Files> {
        let place = env.required("FILES")?;
        if env.is_local() && Path::new(place).is_absolute() {
            return Ok(Files::folder(place));
        }
        let config = aws_sdk_s3::config::Builder::from(&self.config)
            // Checksums of S3's own beside TLS would have bodies sent in chunks, each signed.
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
        Ok(Files::bucket(aws_sdk_s3::Client::from_conf(config.build()), place))
    }

    /// What makes attempts at deliveries. `EVENT_QUEUES` lists the queues that it may send to.
    pub fn sender(&self, env: &Env) -> Result<Sender> {
        let client = Client::new(env.policy(), "Colloquy/1.0").map_err(Error::internal)?;
        let queues = env.optional("EVENT_QUEUES").unwrap_or_default();
        Ok(Sender::new(client, self.sqs(), Targets::new(env.policy(), queues)))
    }

    /// What the queue whose URL the setting `name` holds has given up.
    pub async fn dead_letters(&self, env: &Env, name: &str) -> Result<DeadLetters> {
        DeadLetters::of(self.sqs(), env.required(name)?).await
    }

    /// Records of the stream that could not be handled, in the queue that `STREAM_FAILURES_URL`
    /// names.
    pub fn stream_failures(&self, env: &Env) -> Result<DeadLetters> {
        Ok(DeadLetters::at(self.sqs(), env.required("STREAM_FAILURES_URL")?))
    }

    /// Reads the master key that `MASTER_KEY_SECRET` names; once, when a function starts.
    pub async fn sealer(&self, env: &Env) -> Result<Sealer> {
        let mut config = aws_sdk_secretsmanager::config::Builder::from(&self.config);
        if let Some((_, endpoint)) = &self.endpoints {
            config = config.endpoint_url(endpoint);
        }
        let secret = aws_sdk_secretsmanager::Client::from_conf(config.build())
            .get_secret_value()
            .secret_id(env.required("MASTER_KEY_SECRET")?)
            .send()
            .await
            .map_err(|e| Error::internal(e.into_service_error()))?;
        Sealer::new(secret.secret_string().unwrap_or_default())
    }

    /// What every use case needs.
    pub fn core(&self, env: &Env) -> Result<Core> {
        Ok(Core::new(self.store(env)?, env.plans()?, env.idle()?))
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
