//! The live crawl of a source: the one whose pages answer now, as the crawl under way sees it.

use domain::{
    CrawlId, Result, Source,
    source::{Page, Snapshot},
};
use store::{Store, keys::sha256};

/// Reads the pages of live crawls. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct LivePages {
    store: Store,
}

impl LivePages {
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    /// The page at `url` of the live crawl of `source`.
    pub async fn page(&self, source: &Source, url: &str) -> Result<Option<Page>> {
        let Some(live) = source.live_crawl else { return Ok(None) };
        let found = self.store.page(source.id, live, url).await?;
        Ok(found.map(|page| with_snapshot(source, page)))
    }

    /// All pages of the live crawl of `source`.
    pub async fn pages(&self, source: &Source) -> Result<Vec<Page>> {
        match source.live_crawl {
            Some(live) => self.pages_of(source, live).await,
            None => Ok(Vec::new()),
        }
    }

    /// The live pages, queued beside `page`. They are read again even if no page links to them any
    /// more: only the server can say that they are gone.
    pub async fn again(&self, source: &Source, page: &Page) -> Result<Vec<Page>> {
        let live = self.pages(source).await?;
        let live = live.iter().filter(|live| live.content().is_some());
        Ok(live.map(|live| page.queued_beside(&live.url, live.depth)).collect())
    }

    async fn pages_of(&self, source: &Source, crawl: CrawlId) -> Result<Vec<Page>> {
        let pages = self.store.pages(source.id, crawl).await?;
        Ok(pages.into_iter().map(|page| with_snapshot(source, page)).collect())
    }
}

/// Pages of crawls from before pages had snapshots get one whose hash no content has.
fn with_snapshot(source: &Source, mut page: Page) -> Page {
    if page.snapshot.is_none() && page.chunks > 0 {
        let at = source.synced_at.unwrap_or(source.created_at);
        page.snapshot = Some(Snapshot {
            hash: sha256(&format!("of {}", page.url)),
            etag: None,
            last_modified: None,
            final_url: None,
            at,
        });
    }
    page
}
