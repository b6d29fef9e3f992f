//! Subscriber of the crawl queue: a page that was queued is crawled, a copy of a chatbot filled.

use domain::{Result, source::Page};
use store::Change;

use crate::{
    crawl::{copy::CopyKnowledge, job::CrawlPage},
    work_queue::JobQueue,
};

/// Sends a crawl job for each queued page, and a job for each copy and each source of one.
#[derive(Debug, Clone)]
pub(super) struct CrawlSubscriber {
    queue: JobQueue<CrawlPage>,
    copies: JobQueue<CopyKnowledge>,
}

impl CrawlSubscriber {
    pub fn new(queue: JobQueue<CrawlPage>, copies: JobQueue<CopyKnowledge>) -> Self {
        Self { queue, copies }
    }

    /// Sends a job for each of `pages`.
    pub async fn queue(&self, pages: &[&Page]) -> Result<()> {
        let jobs: Vec<CrawlPage> = pages.iter().map(|page| CrawlPage::of(page)).collect();
        self.queue.send_all(&jobs).await
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
