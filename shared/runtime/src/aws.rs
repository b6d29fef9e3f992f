//! Clients of AWS, and what use cases are made of them.

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc, time::Duration};

use app::{
    App,
    access::accounts::PasswordCost,
    access::conversation_tokens::ConversationTokens,
    adapters::clock::{SharedClock, SystemClock},
    adapters::files::Files,
    adapters::seal::Sealer,
    adapters::sqs::Queue,
    channels::connect::Channels,
    integrations::Integrations,
    ops::dead_letters::DeadLetters,
    webhooks::transport::{Targets, Transport},
    work_queue::{Job, JobQueue, WorkQueue},
};
use aws_sdk_dynamodb::config::{Credentials, Region, SharedHttpClient, timeout::TimeoutConfig};
use aws_types::SdkConfig;
use domain::{Error, Result};
use futures::FutureExt;
use knowledge::Embedder;
use outbound::{Client, Resolver};
use platforms::{PlatformApi, PlatformHosts};
use store::Store;
use tokio::sync::Notify;
use url::Url;

use crate::{
    Env,
    config::{
        AccessConfig, FilesConfig, LimitsConfig, LocalConfig, OutboundConfig, QueuesConfig,
        TableConfig, queue_url,
    },
    embeddings::Loaded,
    function_config,
    table_guard::{MayCall, TableGuard},
    table_used::TableUsed,
    timeouts::{CallTimes, QUEUES, TABLE},
};

/// Where the AWS services are. Clients made from it share one HTTP client.
#[derive(Debug, Clone)]
pub struct Aws {
    config: SdkConfig,
    /// Of the local run: DynamoDB's, and that of SQS and Secrets Manager.
    endpoints: Option<(String, String)>,
    /// Of the local run: endpoints of other services, by their names in `--platform`.
    platforms: Arc<BTreeMap<String, String>>,
    pub(crate) embedders: Loaded,
    /// Of tests: the model that whatever `EMBEDDINGS` names means.
    pub(crate) embedder: Option<Arc<dyn Embedder>>,
    /// Of the local run: the client for what is at `endpoints`.
    plain_http: SharedHttpClient,
    passwords: PasswordCost,
    /// Of the local run: told of every call of DynamoDB that has ended.
    table_used: Option<Arc<Notify>>,
    /// Of the local run: says which calls of DynamoDB the function may make.
    table_guard: Option<TableGuard>,
    clock: SharedClock,
    /// Of tests: the DNS server, and for how long it is asked.
    dns: Option<(SocketAddr, Duration)>,
}

impl Aws {
    /// As Lambda has set the process up to find them.
    pub fn load() -> Self {
        Self::of(function_config::load(), None)
    }

    /// As `config` says.
    pub fn with_config(config: SdkConfig) -> Self {
        Self::of(config, None)
    }

    /// Embedded ones: DynamoDB's endpoint, and that of SQS and Secrets Manager.
    pub fn embedded(dynamodb: &str, queues: &str) -> Self {
        let credentials = Credentials::new("local", "local", None, None, "local");
        let config = function_config::fixed("us-east-1", credentials);
        Self::of(config, Some((dynamodb.to_owned(), queues.to_owned())))
    }

    fn of(config: SdkConfig, endpoints: Option<(String, String)>) -> Self {
        Self {
            config,
            endpoints,
            platforms: Arc::default(),
            embedders: Loaded::default(),
            embedder: None,
            plain_http: plain_http(),
            passwords: PasswordCost::default(),
            table_used: None,
            table_guard: None,
            clock: Arc::new(SystemClock),
            dns: None,
        }
    }

    /// The same with passwords hashed at another cost.
    #[must_use]
    pub fn with_passwords(self, passwords: PasswordCost) -> Self {
        Self { passwords, ..self }
    }

    /// The same with `table_used` told of every call of DynamoDB that has ended.
    #[must_use]
    pub fn with_table_used(self, table_used: Arc<Notify>) -> Self {
        Self { table_used: Some(table_used), ..self }
    }

    /// The same with those calls of DynamoDB refused that `may_call` refuses.
    #[must_use]
    pub fn with_table_guard(self, may_call: MayCall) -> Self {
        Self { table_guard: Some(TableGuard(may_call)), ..self }
    }

    /// The same with DynamoDB, SQS and Secrets Manager at other endpoints.
    #[must_use]
    pub fn moved(&self, dynamodb: &str, queues: &str) -> Self {
        let endpoints = Some((dynamodb.to_owned(), queues.to_owned()));
        Self { endpoints, ..self.clone() }
    }

    /// The same with other services at the endpoints that `platforms` gives by name: `bedrock`, or a host
    /// of messaging platforms.
    #[must_use]
    pub fn with_platforms(self, platforms: BTreeMap<String, String>) -> Self {
        Self { platforms: Arc::new(platforms), ..self }
    }

    /// The same with another clock than the machine's.
    #[must_use]
    pub fn with_clock(self, clock: SharedClock) -> Self {
        Self { clock, ..self }
    }

    /// The same with the DNS server at `server`, queried for at most `time`.
    #[must_use]
    pub fn with_dns(self, server: SocketAddr, time: Duration) -> Self {
        Self { dns: Some((server, time)), ..self }
    }

    /// The same with `embedder` in the place of whichever model `EMBEDDINGS` names.
    #[must_use]
    pub fn with_embedder(self, embedder: Arc<dyn Embedder>) -> Self {
        Self { embedder: Some(embedder), ..self }
    }

    /// The endpoint that `--platform` gave the service `name`.
    pub fn platform(&self, name: &str) -> Option<&str> {
        self.platforms.get(name).map(String::as_str)
    }

    /// For the client of a service that one function alone uses.
    pub fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// The table that `TABLE_NAME` names.
    pub fn store(&self, env: &Env) -> Result<Store> {
        let mut config = aws_sdk_dynamodb::config::Builder::from(&self.config)
            .timeout_config(self.timeouts(TABLE));
        if let Some((endpoint, _)) = &self.endpoints {
            config = config.endpoint_url(endpoint).http_client(self.plain_http.clone());
        }
        if let Some(told) = &self.table_used {
            config = config.interceptor(TableUsed(told.clone()));
        }
        if let Some(guard) = &self.table_guard {
            config = config.interceptor(guard.clone());
        }
        let client = aws_sdk_dynamodb::Client::from_conf(config.build());
        Ok(Store::new(client, TableConfig::read(env)?.name))
    }

    fn timeouts(&self, limits: CallTimes) -> TimeoutConfig {
        limits.config(self.endpoints.is_some())
    }

    fn sqs(&self) -> aws_sdk_sqs::Client {
        let mut config =
            aws_sdk_sqs::config::Builder::from(&self.config).timeout_config(self.timeouts(QUEUES));
        if let Some((_, endpoint)) = &self.endpoints {
            config = config.endpoint_url(endpoint).http_client(self.plain_http.clone());
        }
        aws_sdk_sqs::Client::from_conf(config.build())
    }

    /// The queue of a job, whose URL its setting holds.
    pub fn jobs<J: Job>(&self, env: &Env) -> Result<JobQueue<J>> {
        Ok(JobQueue::new(Queue::new(self.sqs(), queue_url(env, J::QUEUE)?)))
    }

    /// Where the crawl worker moves messages that break the schema.
    pub fn crawl_dead_letters(&self, env: &Env) -> Result<Queue> {
        Ok(Queue::new(self.sqs(), QueuesConfig::crawl_dead_letters(env)?))
    }

    /// Where records of the stream are moved that can't be read.
    pub fn stream_failures_queue(&self, env: &Env) -> Result<Queue> {
        Ok(Queue::new(self.sqs(), QueuesConfig::stream_failures(env)?))
    }

    /// Where uploaded files are.
    ///
    /// # Errors
    ///
    /// If that is a bucket, and this build has no client of S3.
    pub fn files(&self, env: &Env) -> Result<Files> {
        match FilesConfig::read(env)? {
            FilesConfig::Folder(path) => Ok(Files::folder(path)),
            FilesConfig::Bucket(name) => self.bucket(&name),
        }
    }

    #[cfg(feature = "s3")]
    fn bucket(&self, name: &str) -> Result<Files> {
        use aws_types::service_config::ServiceConfigKey;

        use crate::timeouts::{CONNECT, FILES};

        let missing = |what: &str| Error::internal(format!("FILES is {name:?}, a bucket; {what}"));
        let key = ServiceConfigKey::builder()
            .service_id("S3")
            .env("AWS_ENDPOINT_URL")
            .profile("endpoint_url")
            .build()
            .map_err(Error::internal)?;
        let own = self.config.service_config().and_then(|services| services.load_config(key));
        let endpoint = own.or_else(|| self.config.endpoint_url().map(str::to_owned));
        Files::bucket(app::adapters::files::BucketConfig {
            name: name.to_owned(),
            region: self.config.region().ok_or_else(|| missing("no region is set"))?.to_string(),
            endpoint: endpoint.map(|url| url.parse().map_err(Error::internal)).transpose()?,
            credentials: self
                .config
                .credentials_provider()
                .ok_or_else(|| missing("there are no credentials"))?,
            connect: CONNECT,
            attempt: FILES.attempt,
            operation: FILES.operation,
        })
    }

    #[cfg(not(feature = "s3"))]
    fn bucket(&self, name: &str) -> Result<Files> {
        Err(Error::internal(format!(
            "FILES is {name:?}, a bucket; this build was made without the feature runtime/s3"
        )))
    }

    /// The AI backends of chatbots. The master key is read when the first secret is sealed or opened.
    pub fn integrations(&self, env: &Env, app: App) -> Integrations {
        let (aws, settings) = (self.clone(), env.clone());
        let integrations = Integrations::new(app, LocalConfig::read(env).policy(), move || {
            let (aws, env) = (aws.clone(), settings.clone());
            async move { aws.sealer(&env).await }.boxed()
        });
        let of_region = |region: &Region| format!("https://bedrock-runtime.{region}.amazonaws.com");
        let bedrock = self.platform("bedrock").map(str::to_owned);
        integrations.with_bedrock(bedrock.or_else(|| self.config.region().map(of_region)))
    }

    /// Channels, their platforms where they are or where `--platform` put them. The master key is read now.
    pub async fn channels(&self, env: &Env, app: App) -> Result<Channels> {
        let client = Client::new(LocalConfig::read(env).policy(), "Colloquy/1.0");
        let mut hosts = PlatformHosts::public().map_err(Error::internal)?;
        for name in PlatformHosts::NAMES {
            let Some(url) = self.platform(name) else { continue };
            let url = Url::parse(url).map_err(Error::internal)?;
            if !hosts.set(name, url) {
                return Err(Error::internal(format!("{name} can't be at that URL")));
            }
        }
        let api = PlatformApi::new(client.map_err(Error::internal)?, hosts);
        Ok(Channels::new(app, api, self.sealer(env).await?))
    }

    /// The tokens of visitors' conversations. The master key is read when the first one is needed.
    pub fn conversation_tokens(&self, env: &Env) -> ConversationTokens {
        let (aws, settings) = (self.clone(), env.clone());
        ConversationTokens::new(move || {
            let (aws, env) = (aws.clone(), settings.clone());
            async move { aws.sealer(&env).await }.boxed()
        })
    }

    /// What makes attempts at deliveries. `EVENT_QUEUES` lists the queues that it may send to.
    pub fn transport(&self, env: &Env) -> Result<Transport> {
        let policy = LocalConfig::read(env).policy();
        let client = Client::new(policy, "Colloquy/1.0").map_err(Error::internal)?;
        let targets = Targets::new(policy, &OutboundConfig::read(env).event_queues);
        Ok(Transport::new(client, self.sqs(), targets))
    }

    /// The messages of `queue` whose jobs failed for good.
    pub async fn dead_letters(&self, env: &Env, queue: WorkQueue) -> Result<DeadLetters> {
        DeadLetters::of(self.sqs(), queue_url(env, queue)?).await
    }

    /// Records of the stream that could not be handled, in the queue that `STREAM_FAILURES_URL`
    /// names.
    pub fn stream_failures(&self, env: &Env) -> Result<DeadLetters> {
        Ok(DeadLetters::at(self.sqs(), QueuesConfig::stream_failures(env)?))
    }

    /// Seals under the master keys that `MASTER_KEY_SECRET` names; read once, when a function starts.
    pub async fn sealer(&self, env: &Env) -> Result<Sealer> {
        Sealer::new(&self.master_key(env).await?)
    }

    /// The text of the secret that `MASTER_KEY_SECRET` names.
    pub async fn master_key(&self, env: &Env) -> Result<String> {
        let secret = self
            .secrets()
            .get_secret_value()
            .secret_id(AccessConfig::master_key_secret(env)?)
            .send()
            .await
            .map_err(|e| Error::internal(e.into_service_error()))?;
        Ok(secret.secret_string().unwrap_or_default().to_owned())
    }

    /// Replaces that text.
    pub async fn put_master_key(&self, env: &Env, text: &str) -> Result<()> {
        self.secrets()
            .put_secret_value()
            .secret_id(AccessConfig::master_key_secret(env)?)
            .secret_string(text)
            .send()
            .await
            .map_err(|e| Error::internal(e.into_service_error()))?;
        Ok(())
    }

    fn secrets(&self) -> aws_sdk_secretsmanager::Client {
        let mut config = aws_sdk_secretsmanager::config::Builder::from(&self.config)
            .timeout_config(self.timeouts(QUEUES));
        if let Some((_, endpoint)) = &self.endpoints {
            config = config.endpoint_url(endpoint).http_client(self.plain_http.clone());
        }
        aws_sdk_secretsmanager::Client::from_conf(config.build())
    }

    /// What every use case needs.
    pub fn app(&self, env: &Env) -> Result<App> {
        let LimitsConfig { plans, idle, visitor_rate: _ } = LimitsConfig::read(env)?;
        let app = App::new(self.store(env)?, plans, idle);
        Ok(app.with_passwords(self.passwords).with_clock(self.clock.clone()))
    }

    /// The DNS, queried for at most `time`, and that time.
    pub fn dns(&self, time: Duration) -> (Resolver, Duration) {
        match self.dns {
            Some((server, time)) => (Resolver::of_server(server, time), time),
            None => (Resolver::of_system(time), time),
        }
    }
}

/// An HTTP client for embedded services: without TLS, whose root certificates take long to read.
pub fn plain_http() -> SharedHttpClient {
    aws_smithy_http_client::Builder::new().build_http()
}

#[cfg(all(test, not(feature = "s3")))]
mod tests {
    use std::{collections::HashMap, time::Instant};

    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn a_build_without_s3_refuses_a_bucket_and_names_the_feature() {
        let aws = Aws::embedded("http://127.0.0.1:9", "http://127.0.0.1:9");
        let set = |local: &str, place: &str| {
            let variables = [("LOCAL_RUN", local), ("FILES", place)];
            let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
            Env::of(HashMap::from(variables.map(owned)))
        };
        for refused in [set("true", "a-bucket"), set("", "/a/folder")] {
            let error = aws.files(&refused).unwrap_err().to_string();
            assert!(error.contains("runtime/s3"), "{error}");
        }
        assert!(aws.files(&set("true", "/a/folder")).unwrap().is_folder());
    }

    /// A service that accepts connections and never says anything.
    #[tokio::test]
    async fn a_call_of_a_table_that_hangs_ends_within_a_request_s_time() {
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", silent.local_addr().unwrap());
        let credentials = Credentials::new("test", "test", None, None, "test");
        let config = function_config::fixed("us-east-1", credentials)
            .into_builder()
            .http_client(plain_http())
            .endpoint_url(endpoint)
            .build();
        let env = Env::of([("TABLE_NAME".to_owned(), "colloquy".to_owned())].into());
        let store = Aws::of(config, None).store(&env).unwrap();
        let begun = Instant::now();
        let looked_up = tokio::time::timeout(TABLE.operation * 3, store.user("ada@example.com"));
        assert!(looked_up.await.expect("the call ends").is_err());
        assert!(begun.elapsed() >= TABLE.attempt, "it was tried");
    }
}
