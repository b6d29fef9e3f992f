//! Crawling: one page a message. A page's outcome is written down with what was found on it;
//! whoever ends the last page of a crawl puts the index together and makes it current, in one
//! conditional write. Every step can be repeated.

use domain::{
    Error, Result, Source, SourceStatus, Timestamp,
    source::{Chunk, MAX_DEPTH, Page, PageState},
};
use knowledge::{Fetcher, Segment, chunk, fetch::PageError, text};
use store::{CrawlResult, PurgeTarget, Store, keys::sha256};
use url::Url;

use crate::{
    Core,
    queue::{CrawlPage, VERSION},
};

/// Crawling: what `crawl-worker` needs beyond [`Core`].
#[derive(Debug, Clone)]
pub struct Crawl {
    store: Store,
    fetcher: Fetcher,
}

impl Crawl {
    /// Crawling over `core` with `fetcher`.
    pub fn new(core: Core, fetcher: Fetcher) -> Self {
        Self { store: core.store, fetcher }
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
        let Some(page) = self.store.page(source.id, source.job, &job.url).await? else {
            return Ok(());
        };
        if page.state == PageState::Queued {
            self.read_page(&source, page).await?;
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

    async fn read_page(&self, source: &Source, mut page: Page) -> Result<()> {
        let url = Url::parse(&page.url).map_err(Error::internal)?;
        if page.depth == 0 {
            self.store.crawl_started(source).await?;
        }
        match self.fetcher.page(&url).await {
            Ok(read) => {
                let mut chunks = chunk::chunks(&read.document, &read.url);
                for (place, chunk) in chunks.iter_mut().enumerate() {
                    chunk.id = format!("{}-{place}", &sha256(&page.url)[..16]);
                }
                page.chunks = u32::try_from(chunks.len()).unwrap_or(u32::MAX);
                page.words = chunks.iter().map(|c| text::word_count(&c.content)).sum();
                self.store.put_chunks(&page, &chunks).await?;
                // Links before the page's own end: a crawl is complete when no page waits.
                self.queue_links(source, &page, &read.document.links).await?;
                page.state = PageState::Read;
            }
            Err(error) => {
                tracing::info!(source = %source.id, %error, "a page could not be read");
                page.state = failed_state(&error);
                if matches!(page.state, PageState::Failed(_)) {
                    self.keep_last_good(source, &mut page).await?;
                }
                if page.depth == 0 && error.is_gone() {
                    // The other pages may be where they were; only the server can say.
                    self.queue_known(source, &page).await?;
                }
            }
        }
        self.store.end_page(&page).await
    }

    /// What was found on this page by the crawl that answers now stays good while the page can't
    /// be read.
    async fn keep_last_good(&self, source: &Source, page: &mut Page) -> Result<()> {
        let Some(active) = source.active_job else { return Ok(()) };
        let chunks = self.store.chunks_of(source.id, active, &page.url).await?;
        page.chunks = u32::try_from(chunks.len()).unwrap_or(u32::MAX);
        page.words = chunks.iter().map(|c| text::word_count(&c.content)).sum();
        self.store.put_chunks(page, &chunks).await
    }

    async fn queue_links(&self, source: &Source, page: &Page, links: &[Url]) -> Result<()> {
        let start = Url::parse(&source.name).map_err(Error::internal)?;
        let next: Vec<Page> = links
            .iter()
            .filter(|_| page.depth < MAX_DEPTH)
            .filter(|link| belongs(&start, link))
            .map(|link| queued(page, link.as_str(), page.depth + 1))
            .collect();
        let added = self.store.queue_pages(&next).await?;
        if added.left_out > 0 {
            tracing::info!(source = %source.id, left_out = added.left_out, "source is full");
        }
        if page.depth == 0 { self.queue_known(source, page).await } else { Ok(()) }
    }

    /// Pages that answer now are looked at again even if nothing links to them any more: only the
    /// server can say that they are gone.
    async fn queue_known(&self, source: &Source, page: &Page) -> Result<()> {
        let Some(active) = source.active_job else { return Ok(()) };
        let known = self.store.pages(source.id, active).await?;
        let again: Vec<Page> = known
            .iter()
            .filter(|known| known.chunks > 0)
            .map(|known| queued(page, &known.url, known.depth))
            .collect();
        self.store.queue_pages(&again).await.map(drop)
    }

    /// Ends the crawl if no page waits any more.
    async fn finish(&self, source: &Source) -> Result<()> {
        let pages = self.store.pages(source.id, source.job).await?;
        if pages.is_empty() || pages.iter().any(|page| page.state == PageState::Queued) {
            return Ok(());
        }
        let result = self.result(source, &pages).await?;
        let ended = self.store.end_crawl(source, &result, Timestamp::now(), None).await?;
        if ended {
            tracing::info!(source = %source.id, pages = pages.len(), ?result, "crawl ended");
        }
        Ok(())
    }

    async fn result(&self, source: &Source, pages: &[Page]) -> Result<CrawlResult> {
        let first = pages.iter().find(|page| page.depth == 0);
        let all_gone = pages.iter().all(|page| matches!(page.state, PageState::Gone(_)));
        match first.map(|page| &page.state) {
            Some(PageState::Gone(reason)) if all_gone => {
                Ok(CrawlResult::Gone { reason: reason.clone() })
            }
            Some(PageState::Failed(reason)) => Ok(CrawlResult::Failed { reason: reason.clone() }),
            _ => {
                let chunks: Vec<Chunk> = self.store.chunks(source.id, source.job).await?;
                let bytes = Segment::encode(&chunks).map_err(Error::internal)?;
                Ok(CrawlResult::Ready {
                    parts: self.store.put_segment(source, &bytes).await?,
                    chunks: u32::try_from(chunks.len()).unwrap_or(u32::MAX),
                    words: pages.iter().map(|page| page.words).sum(),
                })
            }
        }
    }
}

fn failed_state(error: &PageError) -> PageState {
    let reason = error.to_string();
    if error.is_gone() { PageState::Gone(reason) } else { PageState::Failed(reason) }
}

fn queued(from: &Page, url: &str, depth: u8) -> Page {
    Page {
        url: url.to_owned(),
        depth,
        state: PageState::Queued,
        chunks: 0,
        words: 0,
        ..from.clone()
    }
}

/// Whether `link` is a page of the site that `start` names: same host and port, at or below its
/// path. A path that ends in a file name stands for the folder it is in. What is plainly not a
/// page is left out.
fn belongs(start: &Url, link: &Url) -> bool {
    const NOT_PAGES: &[&str] = &[
        ".css", ".js", ".mjs", ".json", ".xml", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg",
        ".ico", ".zip", ".gz", ".tar", ".mp4", ".mp3", ".woff", ".woff2", ".ttf", ".pdf",
    ];
    let same_site = start.host_str() == link.host_str()
        && start.port_or_known_default() == link.port_or_known_default();
    let path = start.path();
    let (folder, last) = path.rsplit_once('/').unwrap_or(("", path));
    let below = if last.contains('.') { folder } else { path.trim_end_matches('/') };
    let inside = link.path() == path
        || link.path().strip_prefix(below).is_some_and(|rest| rest.starts_with('/'));
    let lower = link.path().to_ascii_lowercase();
    same_site && inside && !NOT_PAGES.iter().any(|ending| lower.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_follows_its_own_site_below_its_path() {
        let belongs = |start: &str, link: &str| {
            belongs(&Url::parse(start).unwrap(), &Url::parse(link).unwrap())
        };
        let docs = "https://a.example/docs";
        for link in
            ["https://a.example/docs", "https://a.example/docs/", "https://a.example/docs/x/y?z"]
        {
            assert!(belongs(docs, link), "{link}");
        }
        for link in [
            "https://a.example/",
            "https://a.example/docsets",
            "https://b.example/docs/x",
            "https://a.example:8443/docs/x",
            "https://a.example/docs/site.css",
        ] {
            assert!(!belongs(docs, link), "{link}");
        }
        assert!(belongs("https://a.example/docs/index.html", "https://a.example/docs/b.html"));
        assert!(!belongs("https://a.example/docs/index.html", "https://a.example/b.html"));
        assert!(belongs("https://a.example/", "https://a.example/any"));
    }
}
