//! The platform put together: engines, functions, what feeds them, and the HTTP front.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use app::{App, crawl::job::CrawlPage, integrations::Integrations, work_queue::Job};
use aws_sdk_sqs::Client;
use axum::Router;
use runtime::{Aws, Env};
use serde_json::json;
use tokio::{sync::watch, task::JoinHandle};

use crate::{
    Credentials, LocalError, Options, Result, demo,
    event_sources::{self, Progress, StreamFeed},
    folder::DataFolder,
    invoke::Worker,
    policy, queue_source,
    queue_stats::is_dead_letters,
    registry::{self, Code},
    routes::{add_routes, check_job, serve},
    services::{Engines, TABLE},
    template::{Function, Template, TemplateEvent},
};

/// How often checkpoints are written down.
const CHECKPOINTS_EVERY: Duration = Duration::from_millis(500);

/// The platform, running.
pub struct LocalPlatform {
    /// Where the API is.
    pub base_url: String,
    /// The demo workspace's credentials, unless there is none.
    pub credentials: Option<Credentials>,
    /// What the functions were set up with.
    pub app: App,
    options: Options,
    engines: Engines,
    aws: Aws,
    mail: DataFolder,
    files: DataFolder,
    functions: HashMap<String, Code>,
    /// What the functions were set up with, by their binaries.
    settings: HashMap<String, Env>,
    killed: Arc<AtomicU64>,
    consumers: Arc<HashMap<String, Arc<Progress>>>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

/// What functions find AWS and other platforms by.
async fn services(options: &Options, engines: &Engines) -> Aws {
    let aws = Aws::embedded(&engines.dynamodb.endpoint, &engines.sqs_and_secrets.endpoint);
    let mut aws = aws
        .with_platforms(options.platforms.iter().cloned().collect())
        .with_passwords(options.passwords)
        .with_table_used(engines.dynamodb.used());
    if let Some(embedder) = &options.embedder {
        aws = aws.with_embedder(embedder.clone());
    }
    if let Some(clock) = &options.clock {
        aws = aws.with_clock(clock.clone());
    }
    if let Some((server, time)) = options.dns {
        aws = aws.with_dns(server, time);
    }
    aws
}

/// The same for `function`, which calls the table as its role allows.
fn guarded(aws: &Aws, function: &Function) -> Aws {
    let (binary, grants) = (function.binary.clone(), function.grants.clone());
    let may_call = move |target: &str, body: &[u8]| policy::check(&binary, &grants, target, body);
    aws.clone().with_table_guard(Arc::new(may_call))
}

fn checkpoint_file(data: &Path) -> PathBuf {
    data.join("checkpoints.json")
}

fn checkpoints(options: &Options) -> HashMap<String, String> {
    if options.memory {
        return HashMap::new();
    }
    // Without the file the stream is read from its beginning, which repeats work and loses none.
    let text = std::fs::read_to_string(checkpoint_file(&options.data)).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

impl LocalPlatform {
    /// Starts everything that the template declares.
    pub async fn start(options: Options) -> Result<Self> {
        let template = Template::of_this_build()?;
        let engines = Engines::start(&options, template).await?;
        let (stop, stopping) = watch::channel(false);
        let aws = services(&options, &engines).await;
        let files = DataFolder::new(&options, "files")?;
        let given = HashMap::from([
            // The bucket's name, which is a folder's path here.
            ("Files".to_owned(), files.path().display().to_string()),
            ("SignupPlan".to_owned(), options.signup_plan.to_string()),
            ("SignupMode".to_owned(), options.signup_mode.clone()),
            ("VisitorRate".to_owned(), options.visitor_rate.to_string()),
            ("IdleSeconds".to_owned(), options.idle_seconds.to_string()),
            ("Plans".to_owned(), options.plans.clone().unwrap_or_default()),
            ("CustomDomainTarget".to_owned(), options.custom_domain_target.clone()),
            ("EventQueues".to_owned(), engines.event_queues(&options)),
            ("Embeddings".to_owned(), options.embeddings.clone()),
        ]);
        let app = Env::of(HashMap::from([
            ("TABLE_NAME".to_owned(), TABLE.to_owned()),
            ("IDLE_SECONDS".to_owned(), options.idle_seconds.to_string()),
            ("PLANS".to_owned(), options.plans.clone().unwrap_or_default()),
        ]));
        let mut platform = Self {
            base_url: String::new(),
            credentials: None,
            app: aws.app(&app).map_err(LocalError::of)?,
            mail: DataFolder::new(&options, "mail")?,
            files,
            options,
            engines,
            aws: aws.clone(),
            functions: HashMap::new(),
            settings: HashMap::new(),
            killed: Arc::default(),
            consumers: Arc::default(),
            stop,
            tasks: Vec::new(),
        };
        let mut routes = Router::new();
        let mut everything = HashMap::new();
        for function in &template.functions {
            let mut settings = platform.engines.env(template, &function.settings, &given)?;
            settings.insert("MAIL_DIR".to_owned(), platform.mail_dir().display().to_string());
            everything.extend(settings.clone());
            let settings = Env::of(settings);
            let code =
                registry::code(&function.binary, &settings, &guarded(&aws, function)).await?;
            platform.settings.insert(function.binary.clone(), settings);
            platform.functions.insert(function.binary.clone(), code.clone());
            if let Code::Http(router) = code {
                routes = add_routes(routes, function, &router);
            }
        }
        if !platform.options.detached {
            platform.attach()?;
        }
        platform.base_url = match platform.options.services_only {
            true => format!("http://127.0.0.1:{}", platform.options.lambda_port),
            false => {
                let (url, task) = serve(routes, platform.options.port, &stopping).await?;
                platform.tasks.push(task);
                url
            }
        };
        platform.write_lambda_env(&everything)?;
        if !platform.options.no_demo {
            platform.credentials = Some(demo::seed(&platform, &platform.options).await?);
        }
        Ok(platform)
    }

    /// Begins to feed the workers, which see what the stream holds by now and all that follows.
    /// Once, and only if the platform was started detached.
    pub fn attach(&mut self) -> Result<()> {
        let template = Template::of_this_build()?;
        let saved = checkpoints(&self.options);
        let stopping = self.stop.subscribe();
        let mut consumers = HashMap::new();
        for function in &template.functions {
            let Some(Code::Worker(work)) = self.functions.get(&function.binary) else { continue };
            let worker = match self.options.services_only {
                false => match self.options.faults {
                    None => Worker::Here(work.clone()),
                    Some(faults) => Worker::Faulty(work.clone(), faults, self.killed.clone()),
                },
                true => Worker::watched(&function.binary, self.options.lambda_port)?,
            };
            let tasks = self.feed(function, &worker, &saved, &stopping, &mut consumers)?;
            self.tasks.extend(tasks);
        }
        self.consumers = Arc::new(consumers);
        self.tasks.push(self.keep_checkpoints(&stopping));
        Ok(())
    }

    /// The stream's oldest records, up to `most` (at most 1,000), as workers get them.
    pub fn changes(&self, most: usize) -> Result<Vec<serde_json::Value>> {
        let reader = self.engines.dynamodb.stream_reader(TABLE, None);
        reader.and_then(|mut reader| reader.next(most)).map_err(LocalError::of)
    }

    /// Forgets what the stream holds, but for its newest record: of what was written so far no
    /// worker that is attached later hears.
    pub async fn forget_changes(&self) -> Result<()> {
        let forgotten = self.engines.dynamodb.empty_stream(TABLE).await;
        forgotten.map(drop).map_err(LocalError::of)
    }

    /// Where the embedded DynamoDB is, for tests that look at the table itself.
    pub fn dynamodb_endpoint(&self) -> &str {
        &self.engines.dynamodb.endpoint
    }

    /// Where the embedded SQS is, for tests that receive what was sent to a queue.
    pub fn sqs_endpoint(&self) -> &str {
        &self.engines.sqs_and_secrets.endpoint
    }

    /// A client of the embedded SQS.
    pub fn sqs(&self) -> &Client {
        &self.engines.sqs
    }

    /// Where letters are written, once there is one.
    pub fn mail_dir(&self) -> &Path {
        self.mail.path()
    }

    /// Where uploaded files are kept, once there is one: a folder for each chatbot.
    pub fn files_dir(&self) -> &Path {
        self.files.path()
    }

    /// The AI backends of chatbots, as the function that manages them has them.
    pub(crate) fn integrations(&self) -> Result<Integrations> {
        let settings = self.settings.get("integrations");
        let settings = settings.ok_or_else(|| LocalError("there is no integrations".to_owned()))?;
        Ok(self.aws.integrations(settings, self.app.clone()))
    }

    /// The code behind a function, as Lambda would run it by itself.
    pub fn function(&self, binary: &str) -> Option<&Code> {
        self.functions.get(binary)
    }

    /// The code behind a function once more, with DynamoDB and SQS elsewhere: for tests that put
    /// something in between.
    pub async fn function_at(&self, binary: &str, dynamodb: &str, queues: &str) -> Result<Code> {
        let settings = self.settings.get(binary);
        let settings = settings.ok_or_else(|| LocalError(format!("there is no {binary}")))?;
        let template = Template::of_this_build()?;
        let function = template.functions.iter().find(|function| function.binary == binary);
        let aws = self.aws.moved(dynamodb, queues);
        let aws = function.map_or_else(|| aws.clone(), |function| guarded(&aws, function));
        registry::code(binary, settings, &aws).await
    }

    /// Where the queue is that the template calls so.
    pub fn queue_url(&self, name: &str) -> Option<&str> {
        self.engines.queues.get(name).map(String::as_str)
    }

    /// How often a worker was killed.
    pub fn killed(&self) -> u64 {
        self.killed.load(Ordering::SeqCst)
    }

    fn feed(
        &self,
        function: &Function,
        worker: &Worker,
        saved: &HashMap<String, String>,
        stop: &event_sources::Stop,
        consumers: &mut HashMap<String, Arc<Progress>>,
    ) -> Result<Vec<JoinHandle<()>>> {
        let mut tasks = Vec::new();
        for event in &function.events {
            match event {
                TemplateEvent::Queue { queue, batch } => {
                    check_job(function, queue)?;
                    let url = self.engines.queues.get(queue).ok_or_else(|| {
                        LocalError(format!(
                            "{} works off {queue}, which is not there",
                            function.binary
                        ))
                    })?;
                    let (client, url) = (self.engines.sqs.clone(), url.clone());
                    let (worker, stop) = (worker.clone(), stop.clone());
                    tasks
                        .push(tokio::spawn(queue_source::queue(client, url, *batch, worker, stop)));
                }
                TemplateEvent::Stream { batch, windowed, retries, filter } => {
                    let after = saved.get(&function.binary).cloned();
                    let reader = self
                        .engines
                        .dynamodb
                        .stream_reader(TABLE, after.clone())
                        .map_err(LocalError::of)?;
                    let progress = Progress::after(after);
                    consumers.insert(function.binary.clone(), progress.clone());
                    let feed = StreamFeed {
                        batch: *batch,
                        windowed: *windowed,
                        retries: *retries,
                        twice: self.options.deliver_twice,
                        filter: filter.clone(),
                    };
                    tasks.push(tokio::spawn(event_sources::stream(
                        reader,
                        feed,
                        worker.clone(),
                        progress,
                        stop.clone(),
                    )));
                }
                TemplateEvent::Schedule { seconds } => {
                    // Someone who shortens the idle time wants to see a conversation end.
                    let soon = Duration::from_secs((self.options.idle_seconds / 4).max(1));
                    let period = Duration::from_secs(*seconds).min(soon);
                    tasks.push(tokio::spawn(event_sources::schedule(
                        period,
                        worker.clone(),
                        stop.clone(),
                    )));
                }
                TemplateEvent::Route { .. } => {}
            }
        }
        Ok(tasks)
    }

    /// Whether every consumer has come to the end of the stream.
    fn is_caught_up(&self) -> Result<bool> {
        for progress in self.consumers.values() {
            if progress.is_working() {
                return Ok(false);
            }
            let mut reader = self
                .engines
                .dynamodb
                .stream_reader(TABLE, progress.sequence())
                .map_err(LocalError::of)?;
            if !reader.next(1).map_err(LocalError::of)?.is_empty() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Waits until nothing is left to do: the stream is read to its end and the queues are empty.
    /// Fails if that takes longer than `most`.
    pub async fn drain(&self, most: Duration) -> Result<()> {
        let begun = Instant::now();
        let queues = self.engines.stats(|name| !is_dead_letters(name));
        loop {
            // Counting is cheap, reading the stream isn't.
            if queues.waiting().await == 0
                && self.is_caught_up()?
                && queues.waiting().await == 0
                && self.is_caught_up()?
            {
                return Ok(());
            }
            if begun.elapsed() > most {
                let left = queues.waiting().await;
                return Err(LocalError(format!("{left} messages were still there after {most:?}")));
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Messages in all dead-letter queues.
    pub async fn dead_letters(&self) -> Result<u64> {
        Ok(self.engines.stats(is_dead_letters).waiting().await as u64)
    }

    /// Writes down how far the stream's consumers have come, but only when everything that
    /// followed from it is done too: the queues keep nothing on disk, so after a restart the
    /// stream is read again from there, and what was done already is found done.
    fn keep_checkpoints(&self, stop: &event_sources::Stop) -> JoinHandle<()> {
        let consumers = self.consumers.clone();
        let engine = self.engines.dynamodb.clone();
        let file = (!self.options.memory).then(|| checkpoint_file(&self.options.data));
        let queues = self.engines.stats(|name| !is_dead_letters(name));
        // Of a delivery that is held back the table knows, of a page it doesn't.
        let crawls = self.engines.stats(|name| name == CrawlPage::QUEUE.name);
        let mut stop = stop.clone();
        tokio::spawn(async move {
            let mut written = HashMap::new();
            loop {
                tokio::select! {
                    () = tokio::time::sleep(CHECKPOINTS_EVERY) => {}
                    _ = stop.wait_for(|stop| *stop) => return,
                }
                // Taken before the queues are looked at: whatever followed from it is in them.
                let now: HashMap<String, String> = consumers
                    .iter()
                    .filter_map(|(name, progress)| Some((name.clone(), progress.sequence()?)))
                    .collect();
                let settled = now.len() == consumers.len() && now != written;
                if !settled {
                    continue;
                }
                // In memory there is no restart to read the stream again after, and writes get slow
                // where it is long.
                if file.is_some() && (queues.waiting().await > 0 || crawls.held_back().await > 0) {
                    continue;
                }
                if let Some(file) = &file
                    && let Err(error) = demo::write_private(file, &json!(now).to_string())
                {
                    tracing::error!(%error, "checkpoints could not be written");
                    continue;
                }
                if let Some(oldest) = now.values().min()
                    && let Err(error) = engine.trim_stream(TABLE, oldest).await
                {
                    tracing::warn!(%error, "the stream could not be trimmed");
                }
                written = now;
            }
        })
    }

    fn write_lambda_env(&self, settings: &HashMap<String, String>) -> Result<()> {
        let dynamodb = &self.engines.dynamodb.endpoint;
        let others = &self.engines.sqs_and_secrets.endpoint;
        let mut lines = vec![
            format!("AWS_ENDPOINT_URL_DYNAMODB={dynamodb}"),
            format!("AWS_ENDPOINT_URL_SQS={others}"),
            format!("AWS_ENDPOINT_URL_SECRETS_MANAGER={others}"),
            "AWS_REGION=us-east-1".to_owned(),
            "AWS_ACCESS_KEY_ID=local".to_owned(),
            "AWS_SECRET_ACCESS_KEY=local".to_owned(),
        ];
        lines.extend(settings.iter().map(|(name, value)| format!("{name}={value}")));
        // The AWS SDK's own variable; under `cargo lambda watch` no constructor hands it over.
        let bedrock = self.aws.platform("bedrock");
        lines.extend(bedrock.map(|url| format!("AWS_ENDPOINT_URL_BEDROCK_RUNTIME={url}")));
        lines.sort();
        lines.push(String::new());
        demo::write_private(&self.lambda_env(), &lines.join("\n"))
    }

    /// The file for `cargo lambda watch --env-file` and `admin --env-file`: where the services are.
    pub fn lambda_env(&self) -> PathBuf {
        self.options.data.join("lambda.env")
    }

    /// Ends cleanly: no more requests, no more batches, the engines closed.
    pub async fn shutdown(self) {
        let Self { engines, stop, tasks, .. } = self;
        // Without receivers there is no one left to tell.
        let _ = stop.send(true);
        for task in tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a task did not end well");
            }
        }
        engines.sqs_and_secrets.shutdown().await;
        if let Some(dynamodb) = Arc::into_inner(engines.dynamodb) {
            dynamodb.shutdown().await;
        }
    }
}
