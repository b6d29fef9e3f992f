//! Subscriber of the crawl queue: pages that were queued are crawled, a copy of a chatbot filled.

use domain::{Result, source::Page};
use store::Change;

use crate::{
    crawl::{
        batch::{CrawlBatch, CrawlJobs},
        copy::CopyKnowledge,
        job::CrawlPage,
    },
    work_queue::JobQueue,
};

/// Sends crawl jobs for queued pages, and a job for each copy and each source of one.
#[derive(Debug, Clone)]
pub(super) struct CrawlSubscriber {
    pages: JobQueue<CrawlPage>,
    batches: JobQueue<CrawlBatch>,
    copies: JobQueue<CopyKnowledge>,
}

impl CrawlSubscriber {
    pub fn new(
        pages: JobQueue<CrawlPage>,
        batches: JobQueue<CrawlBatch>,
        copies: JobQueue<CopyKnowledge>,
    ) -> Self {
        Self { pages, batches, copies }
    }

    /// Sends jobs for all of `pages`, as few as it may be.
    pub async fn queue(&self, pages: &[&Page]) -> Result<()> {
        let CrawlJobs { pages, batches } = CrawlJobs::of(pages);
        self.batches.send_all(&batches).await?;
        self.pages.send_all(&pages).await
    }

    pub async fn on(&self, change: &Change) -> Result<()> {
        match change {
            Change::PageQueued(page) => self.queue(&[page]).await,
            Change::ChatbotCopyRequested(copy) => {
                self.copies.send_all(&[CopyKnowledge::of(copy)]).await
            }
            Change::SourceCopied(source) => {
                self.copies.send_all(&[CopyKnowledge::of_source(source)]).await
            }
            _ => Ok(()),
        }
    }
}
