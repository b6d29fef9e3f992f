//! Crawling: one page a message. A page's outcome is written down with what was found on it;
//! whoever ends the last page of a crawl puts the index together and makes it current, in one
//! conditional write. Every step can be repeated. How a page is read is in [`page`],
//! when it may be in [`throttle`], and when again in [`retry`].

mod file;
pub(crate) mod page;
pub(crate) mod plan;
pub mod requests;
mod retry;
mod scope;
pub(crate) mod throttle;

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use domain::{
    Error, JobId, Result, Source, SourceKind, SourceStatus, Timestamp,
    source::{Chunk, Page, PageCopy, PageState},
};
use knowledge::{
    Fetcher, Segment,
    semantic::{Vectors, pack},
};
use store::{CrawlResult, Meanings, PurgeTarget, Store, keys::sha256};

use crate::{
    Core,
    adapters::files::Files,
    adapters::sqs::{CrawlPage, Queue, VERSION},
    crawl::plan::{Origin, Plan, plan},
    crawl::throttle::{Hosts, Turn},
    knowledge::embeddings::Semantics,
};

/// Crawling: what `crawl-worker` needs beyond [`Core`].
#[derive(Debug, Clone)]
pub struct Crawl {
    pub(crate) store: Store,
    pub(crate) fetcher: Fetcher,
    pub(crate) hosts: Hosts,
    pub(crate) files: Files,
    pub(crate) queue: Queue,
    /// How many times as fast as planned a page is tried again.
    pub(crate) pace: u32,
    pub(crate) semantics: Semantics,
}

impl Crawl {
    /// Crawling over `core` with `fetcher`, and reading what is in `files`; a page whose turn comes
    /// later goes back to `queue`, and one that is tried again `pace` times as fast as planned.
    pub fn new(core: Core, fetcher: Fetcher, files: Files, queue: Queue, pace: u32) -> Self {
        let Core { store, semantics, .. } = core;
        Self { store, fetcher, hosts: Hosts::default(), files, queue, pace, semantics }
    }

    /// Handles one message. A page that was handled before, or whose crawl has been replaced, is
    /// left alone.
    pub async fn handle(&self, job: &CrawlPage) -> Result<()> {
        if job.v != VERSION {
            return Err(Error::internal(format!("crawl message of version {}", job.v)));
        }
        let Some(source) = self.store.source(job.chatbot_id, job.source_id).await? else {
            return Ok(());
        };
        let crawling = matches!(source.status, SourceStatus::Pending | SourceStatus::Processing);
        if source.job != job.job || !crawling {
            return Ok(());
        }
        let Some(mut page) = self.store.page(source.id, source.job, &job.url).await? else {
            return Ok(());
        };
        if page.state == PageState::Queued && source.kind == SourceKind::File {
            if let Some(wait) = self.read_file(&source, page).await? {
                return self.queue.send(job, wait).await;
            }
        } else if page.state == PageState::Queued {
            match self.turn(job, &page).await? {
                Turn::Now(slot) => {
                    let read = self.read_page(&source, page).await;
                    self.leave(slot).await?;
                    read?;
                }
                Turn::Later(wait, turn) => {
                    let later = CrawlPage { turn, ..job.clone() };
                    return self.queue.send(&later, wait).await;
                }
                Turn::Never(reason) => {
                    self.fail_page(&source, &mut page, reason).await?;
                    self.store.end_page(&page).await?;
                }
            }
        }
        self.finish(&source).await?;
        self.clear_if_replaced(&source).await
    }

    /// A source that was deleted or crawled anew while its page was read has been cleared away
    /// already; what was written since must go too.
    async fn clear_if_replaced(&self, source: &Source) -> Result<()> {
        let now = self.store.source(source.chatbot_id, source.id).await?;
        let wanted =
            now.is_some_and(|now| now.job == source.job || now.active_job == Some(source.job));
        if wanted {
            return Ok(());
        }
        let target = PurgeTarget::Crawl { id: source.id, job: source.job };
        while !self.store.purge_some(&target).await? {}
        Ok(())
    }

    /// Ends the crawl if no page waits any more.
    async fn finish(&self, source: &Source) -> Result<()> {
        let pages = self.store.pages(source.id, source.job).await?;
        if pages.is_empty() || pages.iter().any(|page| page.state == PageState::Queued) {
            return Ok(());
        }
        let result = self.result(source, pages).await?;
        let ended = self.store.end_crawl(source, &result, Timestamp::now(), None).await?;
        if ended {
            tracing::info!(source = %source.id, ?result, "crawl ended");
        }
        Ok(())
    }

    async fn result(&self, source: &Source, mut pages: Vec<Page>) -> Result<CrawlResult> {
        let all_gone = pages.iter().all(|page| matches!(page.state, PageState::Gone(_)));
        match pages.iter().find(|page| page.depth == 0).map(|page| &page.state) {
            Some(PageState::Gone(reason)) if all_gone => {
                return Ok(CrawlResult::Gone { reason: reason.clone() });
            }
            Some(PageState::Failed(reason)) => {
                return Ok(CrawlResult::Failed { reason: reason.clone() });
            }
            _ => {}
        }
        let active = match source.active_job {
            Some(active) => self.known_pages(source, active).await?,
            None => Vec::new(),
        };
        let plan = plan(&pages, &active);
        self.settle_duplicates(&mut pages, &plan).await?;
        if plan.unchanged {
            return Ok(CrawlResult::Unchanged);
        }
        self.settle_answers(source, &mut pages, &plan, &active).await?;
        let mut answering = BTreeSet::new();
        let mut words = 0;
        for (at, _) in &plan.answers {
            answering.insert(chunk_prefix(&pages[*at].url));
            words += pages[*at].words;
        }
        let mut chunks: Vec<Chunk> = self.store.chunks(source.id, source.job).await?;
        chunks.retain(|chunk| answering.contains(page_of(chunk)));
        let segment = Segment::encode(&chunks).map_err(Error::internal)?;
        let vectors = self.vectors(source, &pages, &chunks).await?;
        let bytes = pack(segment, vectors.as_ref()).map_err(Error::internal)?;
        Ok(CrawlResult::Ready {
            parts: self.store.put_segment(source, &bytes).await?,
            chunks: u32::try_from(chunks.len()).unwrap_or(u32::MAX),
            words,
        })
    }

    /// The vectors of `chunks`, in their order, which is that of their pages' hashes.
    async fn vectors(
        &self,
        source: &Source,
        pages: &[Page],
        chunks: &[Chunk],
    ) -> Result<Option<Vectors>> {
        if self.semantics.model().is_none() {
            return Ok(None);
        }
        let urls: HashMap<String, &str> =
            pages.iter().map(|page| (chunk_prefix(&page.url), page.url.as_str())).collect();
        let of_page: Vec<(&str, usize)> = chunks
            .chunk_by(|a, b| page_of(a) == page_of(b))
            .filter_map(|run| Some((*urls.get(page_of(run.first()?))?, run.len())))
            .collect();
        let crawl = (source.id, source.job);
        let meanings = self.store.meanings(source.id, source.job).await?;
        let vectors = self.semantics.of_segment(crawl, &of_page, &meanings);
        Ok(vectors.filter(|vectors| vectors.len() == chunks.len()))
    }

    /// A page that says the same as another one leaves the answering to that.
    async fn settle_duplicates(&self, pages: &mut [Page], plan: &Plan) -> Result<()> {
        for (at, of) in &plan.duplicates {
            let of = pages[*of].url.clone();
            let page = &mut pages[*at];
            if page.stored {
                self.store.delete_chunks(page).await?;
            }
            let before = page.clone();
            (page.chunks, page.words, page.stored) = (0, 0, false);
            if !matches!(page.state, PageState::Failed(_)) {
                page.state = PageState::Duplicate(of);
            }
            if *page != before {
                self.store.settle_page(page).await?;
            }
        }
        Ok(())
    }

    /// Brings the passages of unchanged pages over from the crawl that answers now.
    async fn settle_answers(
        &self,
        source: &Source,
        pages: &mut [Page],
        plan: &Plan,
        active: &[Page],
    ) -> Result<()> {
        // Not asked for where nobody could make use of it.
        let meanings = match (self.semantics.model(), active.first()) {
            (Some(_), Some(page)) => self.store.meanings(source.id, page.job).await?,
            _ => Meanings::default(),
        };
        for (at, origin) in &plan.answers {
            let page = &mut pages[*at];
            let mut settled = page.clone();
            if matches!(page.state, PageState::Duplicate(_)) {
                settled.state = PageState::Read;
            }
            if let Origin::Active(url) = origin {
                let from = active.iter().find(|from| from.url == *url);
                let from = from.ok_or_else(|| Error::internal("a copy's page is missing"))?;
                let mut chunks = self.store.chunks_of(source.id, from.job, url).await?;
                // Fewer if another worker has ended this crawl and the old one is being cleared.
                if chunks.len() != usize::try_from(from.chunks).unwrap_or(usize::MAX) {
                    return Err(Error::internal("a copy's passages are missing"));
                }
                name_chunks(&page.url, &mut chunks);
                let found_at = page.copy.as_ref().and_then(|copy| copy.found_at.as_ref());
                let url = found_at.unwrap_or(&page.url);
                chunks.iter_mut().for_each(|chunk| chunk.url = Some(url.clone()));
                self.store.put_chunks(page, &chunks).await?;
                let meaning = meanings.of(source.id, from.job, &from.url).map(Vectors::from_bytes);
                if let Some(Ok(meaning)) = meaning {
                    self.keep_meaning(page, &meaning).await?;
                }
                (settled.chunks, settled.words, settled.stored) = (from.chunks, from.words, true);
            }
            if settled != *page {
                self.store.settle_page(&settled).await?;
                *page = settled;
            }
        }
        Ok(())
    }

    /// The pages of an earlier crawl. Those from before copies had a hash get one that no content
    /// has.
    async fn known_pages(&self, source: &Source, job: JobId) -> Result<Vec<Page>> {
        let pages = self.store.pages(source.id, job).await?;
        Ok(pages.into_iter().map(|page| adopted(source, page)).collect())
    }

    pub(crate) async fn prior(&self, source: &Source, url: &str) -> Result<Option<Page>> {
        let Some(active) = source.active_job else { return Ok(None) };
        let found = self.store.page(source.id, active, url).await?;
        Ok(found.map(|page| adopted(source, page)))
    }

    /// Pages that answer now are looked at again even if nothing links to them any more: only the
    /// server can say that they are gone.
    pub(crate) async fn queue_known(&self, source: &Source, page: &Page) -> Result<()> {
        let Some(active) = source.active_job else { return Ok(()) };
        let known = self.known_pages(source, active).await?;
        let again: Vec<Page> = known
            .iter()
            .filter(|known| known.content().is_some())
            .map(|known| queued(page, &known.url, known.depth))
            .collect();
        self.store.queue_pages(&again).await.map(drop)
    }
}

fn adopted(source: &Source, mut page: Page) -> Page {
    if page.copy.is_none() && page.chunks > 0 {
        let at = source.synced_at.unwrap_or(source.created_at);
        page.copy = Some(PageCopy {
            hash: sha256(&format!("of {}", page.url)),
            etag: None,
            last_modified: None,
            found_at: None,
            at,
        });
    }
    page
}

/// A page that is found on `from`, to be read.
pub(crate) fn queued(from: &Page, url: &str, depth: u8) -> Page {
    Page {
        url: url.to_owned(),
        depth,
        state: PageState::Queued,
        chunks: 0,
        words: 0,
        copy: None,
        stored: false,
        retry: None,
        ..from.clone()
    }
}

/// What tells the passages of a page from another's.
fn page_of(chunk: &Chunk) -> &str {
    chunk.id.split('-').next().unwrap_or_default()
}

fn chunk_prefix(url: &str) -> String {
    sha256(url)[..16].to_owned()
}

/// Gives the passages of the page at `url` their ids.
pub(crate) fn name_chunks(url: &str, chunks: &mut [Chunk]) {
    let prefix = chunk_prefix(url);
    for (place, chunk) in chunks.iter_mut().enumerate() {
        chunk.id = format!("{prefix}-{place}");
    }
}

/// When a crawl has no time left for another page.
pub(crate) fn last_turn(job: JobId) -> Timestamp {
    const RESERVE: Duration = Duration::from_secs(5 * 60);
    let begun = job.made_at().unwrap_or_else(Timestamp::now);
    begun.plus(domain::source::CRAWL_TIME.saturating_sub(RESERVE))
}
