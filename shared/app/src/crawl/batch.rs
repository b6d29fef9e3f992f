//! Batches: several pages of a crawl at one host are one message. A worker claims a slot at the host once
//! for all of them, reads them one after another, and ends them in one transaction.
//!
//! A batch is read once as a batch, which its first page says. Where that did not come to an end, since a
//! page of it killed the worker or since something failed for a moment, the message comes again and each
//! page that is still queued gets a message of its own: readings of it are counted from then on, and what
//! is wrong with one page is no harm to another.

use std::{collections::HashMap, time::Duration};

use domain::{ChatbotId, CrawlId, Error, Result, Source, SourceId, WorkspaceId, source::Page};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::{
    crawl::job::CrawlPage,
    crawl::page::ReadPages,
    crawl::throttle::BatchAdmission,
    crawl::{CrawlWorker, Handled},
    work_queue::{Job, WorkQueue},
};

/// Pages of a batch at most: a transaction ends them, and a worker that dies loses what it did for them.
const MAX_PAGES: usize = 10;
/// Bytes of the addresses of a batch at most: ten messages are sent in a call, which takes 256 KiB.
const MAX_BYTES: usize = 16 * 1024;
/// A worker that has read pages of a batch for so long sends the rest back: a function has two minutes, of
/// which the last page may take nearly all, and others wait for the slot.
const MAX_TIME: Duration = Duration::from_secs(15);

/// Crawl several pages at one host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CrawlBatch {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// The chatbot that reads the source.
    pub chatbot_id: ChatbotId,
    /// The source.
    pub source_id: SourceId,
    /// Its crawl.
    pub job: CrawlId,
    /// The addresses of the pages.
    pub urls: Vec<String>,
}

impl CrawlBatch {
    /// Crawl `pages`, which are of one crawl; none without pages.
    fn of(pages: &[&Page]) -> Option<Self> {
        let Page { workspace_id, chatbot_id, source_id, job, .. } = **pages.first()?;
        let urls = pages.iter().map(|page| page.url.clone()).collect();
        Some(Self { workspace_id, chatbot_id, source_id, job, urls })
    }

    /// Its first address, which says the host of all of them.
    pub(super) fn first(&self) -> Result<&str> {
        let first = self.urls.first().map(String::as_str);
        first.ok_or_else(|| Error::internal("a batch without pages"))
    }
}

impl Job for CrawlBatch {
    type Worker = CrawlWorker;
    const QUEUE: WorkQueue = CrawlPage::QUEUE;
    // Workers from before there were batches take version 1, and leave this one to those that know it.
    const VERSION: u8 = 2;

    fn group(&self) -> Option<String> {
        Some(self.workspace_id.to_string())
    }

    async fn run(self, worker: &CrawlWorker) -> Result<()> {
        worker.handle_batch(&self).await
    }
}

/// The messages for pages that were queued.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CrawlJobs {
    /// Pages by themselves.
    pub pages: Vec<CrawlPage>,
    /// Pages together.
    pub batches: Vec<CrawlBatch>,
}

impl CrawlJobs {
    /// Of `pages`, in their order for each crawl and host. There are at least two for a host that has
    /// several pages, since it is sent two requests at a time. A crawl's own page is by itself: until it has
    /// ended it is not known which others belong to its source.
    pub fn of(pages: &[&Page]) -> Self {
        let mut jobs = Self::default();
        let mut hosts: Vec<Vec<&Page>> = Vec::new();
        let mut places: HashMap<(SourceId, CrawlId, String), usize> = HashMap::new();
        for page in pages {
            if page.depth == 0 {
                jobs.pages.push(CrawlPage::of(page));
                continue;
            }
            let host = Url::parse(&page.url).map(|url| url.origin().ascii_serialization());
            let host = host.unwrap_or_else(|_| page.url.clone());
            let place = *places.entry((page.source_id, page.job, host)).or_insert(hosts.len());
            match hosts.get_mut(place) {
                Some(host) => host.push(page),
                None => hosts.push(vec![page]),
            }
        }
        for host in &hosts {
            let most = host.len().div_ceil(2).min(MAX_PAGES);
            for pages in bounded(host, most) {
                match pages {
                    [page] => jobs.pages.push(CrawlPage::of(page)),
                    pages => jobs.batches.extend(CrawlBatch::of(pages)),
                }
            }
        }
        jobs
    }
}

/// Parts of `pages` of at most `most` each, and of [`MAX_BYTES`] unless one page has more.
fn bounded<'a, 'p>(pages: &'a [&'p Page], most: usize) -> Vec<&'a [&'p Page]> {
    let mut parts = Vec::new();
    let mut rest = pages;
    while !rest.is_empty() {
        let mut bytes = 0;
        let fit = rest.iter().take(most).take_while(|page| {
            bytes += page.url.len();
            bytes <= MAX_BYTES
        });
        let (part, others) = rest.split_at(fit.count().max(1));
        parts.push(part);
        rest = others;
    }
    parts
}

impl CrawlWorker {
    /// Handles the message of several pages, as [`CrawlWorker::handle`] handles that of one.
    pub async fn handle_batch(&self, job: &CrawlBatch) -> Result<()> {
        let crawl = (job.chatbot_id, job.source_id, job.job);
        let Some(source) = self.sources.of(crawl).await? else { return Ok(()) };
        let handling = self.in_flight.begin(source.job);
        let handled = Box::pin(self.read_batch(job, &source)).await;
        if handling.done(matches!(handled, Ok(Handled::Ended))) {
            self.conclude(&source).await?;
        }
        handled.map(drop)
    }

    /// Reads the pages once their host admits them.
    async fn read_batch(&self, job: &CrawlBatch, source: &Source) -> Result<Handled> {
        match self.throttle.admit_batch(job).await? {
            BatchAdmission::Now(permit) => {
                let read = self.read_admitted_batch(job, source).await;
                self.throttle.release(permit).await?;
                read
            }
            BatchAdmission::After(delay) => {
                self.batches.send(job, delay).await.map(|()| Handled::Deferred)
            }
            BatchAdmission::OneByOne => self.hand_out(job).await,
        }
    }

    /// Reads the pages for as long as there is time, unless that began before.
    async fn read_admitted_batch(&self, job: &CrawlBatch, source: &Source) -> Result<Handled> {
        let crawl = (job.source_id, job.job);
        let Some(pages) = self.store.begin_batch(crawl, &job.urls).await? else {
            return self.hand_out(job).await;
        };
        let until = self.clock.now().plus(MAX_TIME);
        let mut read = ReadPages::default();
        let mut left = pages.into_iter();
        let mut outcome = Ok(());
        while outcome.is_ok() && self.clock.now() < until {
            // What retries a page is a message of its own.
            let Some(page) = left.by_ref().find(|page| page.retry.is_none()) else { break };
            outcome = Box::pin(self.pages.read_with(source, page, &mut read)).await;
        }
        // Those that were read before one that failed need not be read again.
        self.pages.end(read).await?;
        outcome?;
        let left: Vec<Page> = left.collect();
        if let Some(rest) = CrawlBatch::of(&left.iter().collect::<Vec<_>>()) {
            self.batches.send(&rest, Duration::ZERO).await?;
        }
        Ok(Handled::Ended)
    }

    /// Sends a message for each page of `job` that is still queued.
    async fn hand_out(&self, job: &CrawlBatch) -> Result<Handled> {
        let pages = self.store.queued_pages((job.source_id, job.job), &job.urls).await?;
        let jobs: Vec<CrawlPage> = pages.iter().map(CrawlPage::of).collect();
        self.queue.send_all(&jobs).await?;
        // They may all have ended, and the worker that ended them died before it looked.
        Ok(Handled::Ended)
    }
}

#[cfg(test)]
mod tests {
    use domain::source::PageState;

    use super::*;

    fn pages(crawl: CrawlId, urls: impl IntoIterator<Item = String>) -> Vec<Page> {
        let (workspace, chatbot, source) = (WorkspaceId::new(), ChatbotId::new(), SourceId::new());
        let page = |url| Page {
            source_id: source,
            chatbot_id: chatbot,
            workspace_id: workspace,
            job: crawl,
            url,
            depth: 1,
            state: PageState::Queued,
            chunks: 0,
            words: 0,
            snapshot: None,
            stored: false,
            retry: None,
        };
        urls.into_iter().map(page).collect()
    }

    fn sizes(jobs: &CrawlJobs) -> (usize, Vec<usize>) {
        (jobs.pages.len(), jobs.batches.iter().map(|batch| batch.urls.len()).collect())
    }

    fn of(pages: &[Page]) -> CrawlJobs {
        CrawlJobs::of(&pages.iter().collect::<Vec<_>>())
    }

    #[test]
    fn the_pages_of_a_host_are_two_messages_at_least() {
        let urls = |count: usize| (0..count).map(|n| format!("https://a.example/{n}"));
        let sizes = |count: usize| sizes(&of(&pages(CrawlId::new(), urls(count))));
        assert_eq!(sizes(0), (0, vec![]));
        assert_eq!(sizes(1), (1, vec![]));
        assert_eq!(sizes(2), (2, vec![]));
        assert_eq!(sizes(3), (1, vec![2]));
        assert_eq!(sizes(9), (0, vec![5, 4]));
        assert_eq!(sizes(2 * MAX_PAGES + 1), (1, vec![MAX_PAGES, MAX_PAGES]));
        let mut with_first = pages(CrawlId::new(), urls(5));
        with_first[0].depth = 0;
        let jobs = of(&with_first);
        assert_eq!(self::sizes(&jobs), (1, vec![2, 2]));
        assert_eq!(jobs.pages[0].url, with_first[0].url);
    }

    #[test]
    fn a_batch_is_of_one_crawl_and_one_host_and_of_bounded_addresses() {
        let hosts = ["https://a.example", "https://b.example"];
        let url = |n: usize| format!("{}/{n}", hosts[n % 2]);
        let mut mixed = pages(CrawlId::new(), (0..12).map(url));
        mixed.extend(pages(CrawlId::new(), (0..4).map(|n| format!("{}/{n}", hosts[0]))));
        let jobs = of(&mixed);
        assert_eq!(sizes(&jobs), (0, vec![3, 3, 3, 3, 2, 2]));
        for batch in &jobs.batches {
            let host = hosts.iter().find(|host| batch.urls[0].starts_with(*host)).unwrap();
            assert!(batch.urls.iter().all(|url| url.starts_with(host)), "{batch:?}");
        }
        let crawls: Vec<CrawlId> = jobs.batches.iter().map(|batch| batch.job).collect();
        assert!(crawls[..4].iter().all(|crawl| *crawl == crawls[0]));
        assert!(crawls[4..].iter().all(|crawl| *crawl != crawls[0]));

        let long = |n: usize| format!("https://a.example/{n}{}", "x".repeat(MAX_BYTES / 3));
        assert_eq!(sizes(&of(&pages(CrawlId::new(), (0..8).map(long)))), (0, vec![2, 2, 2, 2]));
        let huge = |n: usize| format!("https://a.example/{n}{}", "x".repeat(MAX_BYTES));
        assert_eq!(sizes(&of(&pages(CrawlId::new(), (0..4).map(huge)))), (4, vec![]));
    }
}
