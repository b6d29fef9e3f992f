//! Crawls one page a message.

use app::{crawl::Crawl, queue::CrawlPage};
use domain::{Error, Result};
use knowledge::Fetcher;
use runtime::{Aws, Env};
use serde_json::Value;

/// What this worker needs.
#[derive(Debug, Clone)]
pub struct Ctx {
    crawl: Crawl,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        let fetcher = Fetcher::new(env.policy()).map_err(Error::internal)?;
        Ok(Self { crawl: Crawl::new(aws.core(env)?, fetcher) })
    }
}

/// Handles a batch of messages.
pub async fn handle(event: Value, ctx: &Ctx) -> Result<Value> {
    worker::messages(event, |job: CrawlPage| async move { ctx.crawl.handle(&job).await }).await
}
