//! HEAD

mod deadline;
mod file;
pub mod job;
mod live;
mod page;
mod passages;
mod plan;
pub mod requests;
mod retry;
mod scope;
mod settle;
mod throttle;

use domain::{
    Result, Source, SourceKind,
    source::{Page, PageState},
};
use knowledge::Fetcher;
use store::{CrawlProgress, PurgeTarget, Store};

use crate::{
    Core,
    adapters::files::Files,
    crawl::file::FileReader,
    crawl::job::CrawlPage,
    crawl::page::PageReader,
    crawl::passages::Passages,
    crawl::retry::PageRetry,
    crawl::settle::Settlement,
    crawl::throttle::{Admission, HostThrottle},
    jobs::JobQueue,
};

/// Crawls pages: what `crawl-worker` needs beyond [`Core`].
#[derive(Debug, Clone)]
pub struct CrawlWorker {
    store: Store,
    queue: JobQueue<CrawlPage>,
    throttle: HostThrottle,
    pages: PageReader,
    files: FileReader,
    settlement: Settlement,
}

impl CrawlWorker {
    /// A worker over `core` that reads sites with `fetcher` and what is in `files`; a page that is
    /// not admitted yet, or retried, goes back to `queue`.
    pub fn new(core: Core, fetcher: Fetcher, files: Files, queue: JobQueue<CrawlPage>) -> Self {
        let Core { store, semantics, clock, .. } = core;
        let passages = Passages::new(store.clone(), semantics.clone());
        let retry = PageRetry::new(store.clone(), queue.clone(), clock.clone());
        Self {
            throttle: HostThrottle::new(store.clone(), fetcher.clone(), clock.clone()),
            pages: PageReader::new(store.clone(), fetcher, passages.clone(), retry, clock.clone()),
            files: FileReader::new(store.clone(), files, passages.clone(), clock.clone()),
            settlement: Settlement::new(store.clone(), passages, semantics, clock),
            store,
            queue,
        }
    }

    /// Handles one message. A page that was handled before is not read again, and one whose crawl
    /// has ended or was superseded is left alone.
    pub async fn handle(&self, job: &CrawlPage) -> Result<()> {
        let Some(source) = self.store.source(job.chatbot_id, job.source_id).await? else {
            return Ok(());
        };
        if source.job != job.job || !source.is_crawling() {
            return Ok(());
        }
        let Some(page) = self.store.page(source.id, source.job, &job.url).await? else {
            return Ok(());
        };
        let deferred = match (&page.state, source.kind) {
            (PageState::Queued, SourceKind::File) => self.read_file(job, &source, page).await?,
            (PageState::Queued, _) => self.read_page(job, &source, page).await?,
            _ => false,
        };
        match deferred {
            true => Ok(()),
            false => self.conclude(&source).await,
        }
    }

    /// Reads a page once its host admits it; whether it was deferred instead.
    async fn read_page(&self, job: &CrawlPage, source: &Source, page: Page) -> Result<bool> {
        match self.throttle.admit(&page, job.turn).await? {
            Admission::Now(permit) => {
                let read = self.pages.read(source, page).await;
                self.throttle.release(permit).await?;
                read.map(|()| false)
            }
            Admission::After(delay, turn) => {
                let later = CrawlPage { turn, ..job.clone() };
                self.queue.send(&later, delay).await.map(|()| true)
            }
            Admission::Denied(reason) => {
                self.pages.fail(source, page, reason).await.map(|()| false)
            }
        }
    }

    /// Reads a file; whether it has not arrived yet and was deferred.
    async fn read_file(&self, job: &CrawlPage, source: &Source, page: Page) -> Result<bool> {
        match self.files.read(source, page).await? {
            Some(delay) => self.queue.send(job, delay).await.map(|()| true),
            None => Ok(false),
        }
    }

    /// Settles the crawl of `source` if no page of it is queued any more, and purges what was
    /// written for it if it was superseded meanwhile.
    async fn conclude(&self, source: &Source) -> Result<()> {
        let mut progress = self.store.crawl_progress(source.chatbot_id, source.id).await?;
        if let Some(current) = progress.as_ref().filter(|now| is_complete(now, source)) {
            self.settlement.settle(&current.source).await?;
            progress = self.store.crawl_progress(source.chatbot_id, source.id).await?;
        }
        let wanted = progress.is_some_and(|CrawlProgress { source: now, .. }| {
            now.job == source.job || now.live_crawl == Some(source.job)
        });
        if wanted {
            return Ok(());
        }
        // Its pages have been purged already; what was written since must go too.
        let target = PurgeTarget::Crawl { id: source.id, job: source.job };
        while !self.store.purge_some(&target).await? {}
        Ok(())
    }
}

/// Whether the crawl that `source` was read with is to be settled. One that was begun before
/// queued pages were counted may be: settlement looks at its pages.
fn is_complete(progress: &CrawlProgress, source: &Source) -> bool {
    let CrawlProgress { source: now, queued } = progress;
    now.job == source.job && now.is_crawling() && queued.is_none_or(|queued| queued == 0)
}
