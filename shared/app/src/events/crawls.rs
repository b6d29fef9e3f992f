//! Subscriber of the crawl queue: a page that was queued is crawled.

use domain::Result;
use store::Change;

use crate::{crawl::job::CrawlPage, work_queue::JobQueue};

/// Sends a crawl job for each queued page.
#[derive(Debug, Clone)]
pub(super) struct CrawlSubscriber {
    queue: JobQueue<CrawlPage>,
}

impl CrawlSubscriber {
    pub fn new(queue: JobQueue<CrawlPage>) -> Self {
        Self { queue }
    }

    pub async fn on(&self, change: &Change) -> Result<()> {
        match change {
            Change::PageQueued(page) => self.queue.send_all(&[CrawlPage::of(page)]).await,
            _ => Ok(()),
        }
    }
}
