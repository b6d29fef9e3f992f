//! Crawls a page, or several of a host, or reads one file a message, fills copies of chatbots, and begins crawls that are
//! requested from outside.

use app::{
    App,
    adapters::sqs::Queue,
    crawl::{CrawlWorker, copy::KnowledgeCopier, requests::CrawlMessage},
    work_queue::Job,
};
use domain::{Error, ErrorKind, Result};
use knowledge::Fetcher;
use outbound::Policy;
use runtime::{Aws, Env, config::LocalConfig};
use serde_json::Value;
use worker::SqsBatchResponse;

/// What this worker needs.
#[derive(Debug, Clone)]
pub struct Ctx {
    app: App,
    worker: CrawlWorker,
    copier: KnowledgeCopier,
    policy: Policy,
    dead_letters: Queue,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        let policy = LocalConfig::read(env).policy();
        let fetcher = Fetcher::new(policy).map_err(Error::internal)?;
        let app = aws.app(env)?.with_semantics(aws.semantics(env)?);
        let queues = (aws.jobs(env)?, aws.jobs(env)?);
        Ok(Self {
            copier: KnowledgeCopier::new(app.clone(), aws.files(env)?, aws.jobs(env)?),
            worker: CrawlWorker::new(app.clone(), fetcher, aws.files(env)?, queues),
            app,
            policy,
            dead_letters: aws.crawl_dead_letters(env)?,
        })
    }
}

/// Handles a batch of messages.
pub async fn handle(event: Value, ctx: &Ctx) -> Result<SqsBatchResponse> {
    worker::bodies(event, |body| async move {
        let done = match CrawlMessage::read(&body) {
            Ok(CrawlMessage::Page(job)) => return job.run(&ctx.worker).await,
            Ok(CrawlMessage::Batch(job)) => return job.run(&ctx.worker).await,
            Ok(CrawlMessage::Copy(job)) => return job.run(&ctx.copier).await,
            Ok(CrawlMessage::Request(asked)) => {
                ctx.app.begin_requested_crawl(&asked, ctx.policy).await
            }
            Err(error) => Err(error),
        };
        match done {
            // What is wrong with the message itself will be no better the next time.
            Err(error) if error.kind != ErrorKind::Internal => {
                tracing::warn!(%error, "message moved to the dead-letter queue");
                ctx.dead_letters.put_aside(&body, &error.message).await
            }
            done => done,
        }
    })
    .await
}
