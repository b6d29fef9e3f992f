//! Crawls one page or reads one file a message, and begins crawls that are asked for from outside.

use app::{Core, adapters::sqs::Queue, crawl::Crawl, crawl::requests::CrawlMessage};
use domain::{Error, ErrorKind, Result};
use knowledge::Fetcher;
use outbound::Policy;
use runtime::{Aws, Env};
use serde_json::Value;

/// What this worker needs.
#[derive(Debug, Clone)]
pub struct Ctx {
    core: Core,
    crawl: Crawl,
    policy: Policy,
    dead_letters: Queue,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        let fetcher = Fetcher::new(env.policy()).map_err(Error::internal)?;
        let core = aws.core(env)?.with_semantics(aws.semantics(env)?);
        let queue = aws.queue(env, "CRAWL_QUEUE_URL")?;
        Ok(Self {
            crawl: Crawl::new(core.clone(), fetcher, aws.files(env)?, queue, env.retry_pace()?),
            core,
            policy: env.policy(),
            dead_letters: aws.queue(env, "CRAWL_DEAD_LETTERS_URL")?,
        })
    }
}

/// Handles a batch of messages.
pub async fn handle(event: Value, ctx: &Ctx) -> Result<Value> {
    worker::bodies(event, |body| async move {
        let done = match CrawlMessage::read(&body) {
            Ok(CrawlMessage::Page(job)) => return ctx.crawl.handle(&job).await,
            Ok(CrawlMessage::Request(asked)) => {
                ctx.core.begin_requested_crawl(&asked, ctx.policy).await
            }
            Err(error) => Err(error),
        };
        match done {
            // What is wrong with the message itself will be no better the next time.
            Err(error) if error.kind != ErrorKind::Internal => {
                tracing::warn!(%error, "a message is put aside");
                ctx.dead_letters.put_aside(&body, &error.message).await
            }
            done => done,
        }
    })
    .await
}
