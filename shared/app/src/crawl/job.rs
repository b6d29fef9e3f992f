//! The job of the crawl queue.

use domain::{ChatbotId, CrawlId, Result, SourceId, Timestamp, WorkspaceId, source::Page};
use serde::{Deserialize, Serialize};

use crate::{
    crawl::CrawlWorker,
    work_queue::{Job, WorkQueue},
};

/// Crawl one page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CrawlPage {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// The chatbot that reads the source.
    pub chatbot_id: ChatbotId,
    /// The source.
    pub source_id: SourceId,
    /// Its crawl.
    pub job: CrawlId,
    /// The page's address.
    pub url: String,
    /// When its turn comes at a host that wants pages to be apart, once that is settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<Timestamp>,
}

impl CrawlPage {
    /// Crawl `page`.
    pub fn of(page: &Page) -> Self {
        Self {
            workspace_id: page.workspace_id,
            chatbot_id: page.chatbot_id,
            source_id: page.source_id,
            job: page.job,
            url: page.url.clone(),
            turn: None,
        }
    }
}

impl Job for CrawlPage {
    type Worker = CrawlWorker;
    const QUEUE: WorkQueue =
        WorkQueue { name: "CrawlQueue", worker: "crawl-worker", setting: "CRAWL_QUEUE_URL" };
    const VERSION: u8 = 1;

    fn group(&self) -> Option<String> {
        Some(self.workspace_id.to_string())
    }

    async fn run(self, worker: &CrawlWorker) -> Result<()> {
        worker.handle(&self).await
    }
}
