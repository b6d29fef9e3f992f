//! Crawls: a source is read page by page, a page or a batch of them a message, and its result becomes
//! what answers in one conditional write. A file source is a crawl with one page.
//!
//! # Actors
//!
//! - **Source**: the row that owns its crawls. It names the crawl under way (`job`) and the live
//!   crawl, whose pages answer now. It counts the crawl's pages, which bounds them, and those that
//!   are queued, which tells when the crawl is complete.
//! - **Page**: a row of one crawl. Its insert is its job: the stream carries it to the crawl queue,
//!   so a page can't be stored without being read, or the other way round.
//! - **Batch** (`batch`): several pages of one crawl and one host, of which the stream has told together,
//!   in one message. They share a slot, are read one after another, and end in one transaction. What goes
//!   wrong is dealt with page by page: from then on each has a message of its own.
//! - **Crawl worker** ([`CrawlWorker`]): handles one message. It alone holds the others:
//!   - the **sources** (`sources`) say whether the page's crawl is under way. What a process read a
//!     moment ago is good enough for that;
//!   - the **host throttle** (`throttle`) admits the page: two pages of a host at a time among all
//!     workers, as far apart as its robots.txt wants. A page that is not admitted soon goes back to
//!     the queue with the time that was reserved for it. One that is done hands its slot (`slots`) to
//!     the next page of its process that waits for one;
//!   - the **page reader** (`page`) fetches, cuts passages and hands the links within the
//!     **scope** (`scope`) to the **frontier** (`frontier`), which queues what is new or lists it
//!     as left out; the **file reader** (`file`) does the same for an upload, and looks for
//!     one that has not arrived yet;
//!   - **passages** (`passages`) are named, embedded and stored with the page;
//!   - the **live pages** (`live`) are what is known of a page from the live crawl: its validators,
//!     and the snapshot that is kept while it can't be read;
//!   - a **page retry** (`retry`) reads a page again that failed for a reason that may pass;
//!   - the **settlement** (`settle`) makes the result of a complete crawl, by the **plan** (`plan`)
//!     of which page answers for which content.
//! - **Requests** ([`requests`]): crawls that are requested by a message from outside.
//! - **Ticker** ([`crate::events::ticker`]): begins syncs that are due, and calls off a crawl that
//!   has not ended after an hour.
//!
//! # States
//!
//! A source (a crawl under way is *pending* or *processing*):
//!
//! ```text
//!   pending --first page read--> processing --settled--> ready | failed
//!      ^                                                      |
//!      +---------------- recrawl, sync, request --------------+
//! ```
//!
//! A crawl that fails changes nothing of what answers: the live crawl stays live. One whose pages
//! all say what they said before is *unchanged*, and costs no new index. One whose first page is
//! gone, with every other page, takes the source's answers away.
//!
//! A page:
//!
//! ```text
//!   queued --+--> read        passages stored, or confirmed unchanged
//!      ^     +--> failed      keeps the last good snapshot, if there is one
//!      |     +--> gone        404 or 410
//!      |     +--> duplicate   at settlement: another page answers for the same content
//!      |     +--> left out    asks not to be indexed
//!      +--retry (at most twice, after 5 s and 30 s)
//! ```
//!
//! A page that the plan has no room for, or that is too many links away, is a row from the beginning
//! that is left out, with the reason.
//!
//! # The end of a crawl
//!
//! A page's links are queued before the page ends. Each page is queued in one transaction that also
//! counts it in its source, and ended in one that counts it off. So the count of queued pages is
//! exact whatever is repeated, and reaches 0 once, with the last page. Whoever reads 0 after a page
//! settles the crawl: at most one read of the source a page, whatever the number of pages, and one read
//! of all pages a crawl. Of several pages that a process has in hand at the same time, the last one to
//! be done looks for all of them (`in_flight`). Several may settle at the same time: they make the same
//! result, and one of them ends the crawl.
//!
//! A crawl that was begun before pages were counted has no counter. Its workers look at its pages
//! after each page, as they did then.
//!
//! # What a crash leads to
//!
//! | the worker dies | then |
//! |---|---|
//! | while it reads a page | SQS shows the message again; the page is still queued and is read again, once: readings are counted before they begin, and one that has killed two workers has failed. Its slot at the host is kept for it, and free for others after two minutes |
//! | while it reads a batch | the message is shown again; its first page says that it began, so that each page that is still queued gets a message of its own. A page that kills its workers has killed three by the time it has failed, and no other page with it |
//! | after it has ended the pages of a batch, before it sent back those that it had no time for | the same |
//! | after some links are queued | the page is read again; pages that are there are not queued again |
//! | after the page has ended, before it looked whether it was the last | the message is shown again; the page is not read again, and the count is looked at |
//! | after the page has ended, and before another one that it has in hand | the other one's message is shown again, and its reader looks at the count |
//! | during the settlement | the same: settlement carried out in part and repeated comes to the same |
//! | after a retry is written, before its message is sent | the message that is handled is shown again and deferred to what the row says |
//! | with a message among the dead letters | the ticker calls the crawl off after an hour; what answered before still does |
//! | while its crawl is superseded or its source deleted | its writes are conditional on the crawl or go to a partition that is purged; the worker purges again what it wrote since |

pub mod batch;
pub mod copy;
mod deadline;
mod file;
mod frontier;
mod in_flight;
pub mod job;
mod live;
mod page;
mod passages;
mod plan;
pub mod requests;
mod retry;
mod scope;
mod settle;
mod slots;
mod sources;
mod throttle;

use domain::{
    Result, Source, SourceKind,
    source::{Page, PageState},
};
use futures::FutureExt;
use knowledge::Fetcher;
use store::{PurgeTarget, Store};

use crate::{
    App,
    adapters::{clock::SharedClock, files::Files},
    crawl::batch::CrawlBatch,
    crawl::file::FileReader,
    crawl::in_flight::InFlight,
    crawl::job::CrawlPage,
    crawl::page::PageReader,
    crawl::passages::Passages,
    crawl::retry::{Claim, PageRetry},
    crawl::settle::Settlement,
    crawl::sources::Sources,
    crawl::throttle::{Admission, HostThrottle},
    work_queue::JobQueue,
};

/// Readings of a page that may end with the death of their process.
const MAX_CRASHES: u32 = 2;
/// User-facing: what is on the page can't be read.
const CRASHED: &str = "reading it failed twice";

/// Crawls pages: what `crawl-worker` needs beyond [`App`].
#[derive(Debug, Clone)]
pub struct CrawlWorker {
    store: Store,
    queue: JobQueue<CrawlPage>,
    batches: JobQueue<CrawlBatch>,
    sources: Sources,
    in_flight: InFlight,
    throttle: HostThrottle,
    pages: PageReader,
    files: FileReader,
    settlement: Settlement,
    clock: SharedClock,
}

/// What became of the page of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Handled {
    /// It has ended, now or before, or another message retries it.
    Ended,
    /// A message was sent to read it later.
    Deferred,
}

impl CrawlWorker {
    /// A worker over `app` that reads sites with `fetcher` and what is in `files`; pages that are
    /// not admitted yet, or retried, go back to the queue, one by one or by `batches`.
    pub fn new(
        app: App,
        fetcher: Fetcher,
        files: Files,
        (queue, batches): (JobQueue<CrawlPage>, JobQueue<CrawlBatch>),
    ) -> Self {
        let App { store, semantics, clock, .. } = app;
        let passages = Passages::new(store.clone(), semantics.clone());
        let retry = PageRetry::new(store.clone(), queue.clone(), clock.clone());
        Self {
            sources: Sources::new(store.clone()),
            in_flight: InFlight::default(),
            throttle: HostThrottle::new(store.clone(), fetcher.clone(), clock.clone()),
            pages: PageReader::new(store.clone(), fetcher, passages.clone(), retry, clock.clone()),
            files: FileReader::new(store.clone(), files, passages.clone(), clock.clone()),
            settlement: Settlement::new(store.clone(), passages, semantics, clock.clone()),
            clock,
            store,
            queue,
            batches,
        }
    }

    /// Handles one message. A page that was handled before is not read again, and one whose crawl
    /// has ended or was superseded is left alone.
    pub async fn handle(&self, job: &CrawlPage) -> Result<()> {
        let crawl = (job.chatbot_id, job.source_id, job.job);
        let Some(source) = self.sources.of(crawl).await? else { return Ok(()) };
        let handling = self.in_flight.begin(source.job);
        let handled = match source.kind {
            // On the heap: what reads a page is large, and so is what cuts it.
            SourceKind::File => self.read_file(job, &source).boxed().await,
            _ => self.read_page(job, &source).boxed().await,
        };
        if handling.done(matches!(handled, Ok(Handled::Ended))) {
            self.conclude(&source).await?;
        }
        handled.map(drop)
    }

    /// Reads a page once its host admits it.
    async fn read_page(&self, job: &CrawlPage, source: &Source) -> Result<Handled> {
        match self.throttle.admit(source, job).await? {
            Admission::Now(permit) => {
                let read = self.read_admitted(job, source).await;
                self.throttle.release(permit).await?;
                read
            }
            Admission::After(delay, turn) => {
                let later = CrawlPage { turn, ..job.clone() };
                self.queue.send(&later, delay).await.map(|()| Handled::Deferred)
            }
            Admission::Denied(reason) => {
                let page = self.store.page(source.id, source.job, &job.url).await?;
                if let Some(page) = page.filter(|page| page.state == PageState::Queued) {
                    self.pages.fail(source, page, reason).await?;
                }
                Ok(Handled::Ended)
            }
        }
    }

    /// Reads a page whose host has admitted it, if it is its time and no other message retries it.
    async fn read_admitted(&self, job: &CrawlPage, source: &Source) -> Result<Handled> {
        let Some(mut page) = self.begin_reading(job, source).await? else {
            return Ok(Handled::Ended);
        };
        match self.begun(&page, self.pages.claim(&page)).await? {
            Claim::Ours(claimed) => {
                page.retry = claimed;
                self.begun(&page, self.pages.read(source, page.clone()).boxed()).await?;
                Ok(Handled::Ended)
            }
            Claim::Others => self.store.abandon_reading(&page).await.map(|()| Handled::Ended),
            Claim::NotBefore(delay) => {
                self.store.abandon_reading(&page).await?;
                self.queue.send(job, delay).await.map(|()| Handled::Deferred)
            }
        }
    }

    /// Reads a file, unless it has not arrived yet.
    async fn read_file(&self, job: &CrawlPage, source: &Source) -> Result<Handled> {
        let Some(page) = self.begin_reading(job, source).await? else { return Ok(Handled::Ended) };
        match self.begun(&page, self.files.read(source, page.clone()).boxed()).await? {
            Some(delay) => {
                self.store.abandon_reading(&page).await?;
                self.queue.send(job, delay).await.map(|()| Handled::Deferred)
            }
            None => Ok(Handled::Ended),
        }
    }

    /// The page of `job`, if it is to be read: it is queued, and not [`MAX_CRASHES`] readings of it began
    /// and never came to an end: the process that read it was killed, most likely by what is on the
    /// page. A reading is counted before it happens, since nothing can be written afterwards.
    async fn begin_reading(&self, job: &CrawlPage, source: &Source) -> Result<Option<Page>> {
        let crawl = (source.id, source.job);
        let Some((page, readings)) = self.store.begin_reading(crawl, &job.url).await? else {
            return Ok(None);
        };
        if readings <= MAX_CRASHES {
            return Ok(Some(page));
        }
        tracing::error!(source = %page.source_id, "a page is not read: its readers were killed");
        self.pages.fail(source, page, CRASHED.to_owned()).await.map(|()| None)
    }

    /// Carries a part of the reading of `page` out, which has begun. Whatever fails may pass, and the
    /// reader has survived it.
    async fn begun<T>(&self, page: &Page, part: impl Future<Output = Result<T>>) -> Result<T> {
        let done = part.await;
        if done.is_err()
            && let Err(error) = self.store.abandon_reading(page).await
        {
            tracing::warn!(%error, "a reading that failed stays counted as a crash");
        }
        done
    }

    /// Settles the crawl of `source` if no page of it is queued any more, and purges what was
    /// written for it if it was superseded meanwhile.
    async fn conclude(&self, source: &Source) -> Result<()> {
        let mut current = self.sources.now(source).await?;
        if let Some(now) = current.as_ref().filter(|now| is_complete(now, source)) {
            self.settlement.settle(now).await?;
            current = self.sources.now(source).await?;
        }
        let wanted =
            current.is_some_and(|now| now.job == source.job || now.live_crawl == Some(source.job));
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
fn is_complete(now: &Source, source: &Source) -> bool {
    now.job == source.job && now.is_crawling() && now.queued.is_none_or(|queued| queued == 0)
}
