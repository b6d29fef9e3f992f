//! The frontier of a crawl: which pages are to be read that links or sitemaps lead to, and which are
//! left out, with the reason for their owner.

use std::{
    collections::HashSet,
    hash::{DefaultHasher, Hash, Hasher},
    sync::{Arc, Mutex, PoisonError},
};

use cache::ByteCache;
use domain::{
    CrawlId, Result, Source,
    source::{MAX_DEPTH, Page, PageState},
};
use store::Store;

/// Addresses that are remembered of one crawl at most.
const MAX_KNOWN: usize = 20_000;
/// Bytes of all that is remembered.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// Adds pages to crawls. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Frontier {
    store: Store,
    known: KnownPages,
}

impl Frontier {
    pub fn new(store: Store) -> Self {
        Self { store, known: KnownPages::default() }
    }

    /// Queues the pages at `links`, to which `page` leads, unless they are part of the crawl. What
    /// there is no room for, and what is too many links away, is listed as left out.
    pub async fn queue(&self, source: &Source, page: &Page, links: &[String]) -> Result<()> {
        let links = self.known.new_of(page.job, links);
        if links.is_empty() {
            return Ok(());
        }
        if page.depth >= MAX_DEPTH {
            return self.leave_out(source, page, &links, too_far()).await;
        }
        let next: Vec<Page> =
            links.iter().map(|link| page.queued_beside(link, page.depth + 1)).collect();
        let added = self.store.add_pages(source, &next).await?;
        if added.refused > 0 {
            tracing::info!(source = %source.id, left_out = added.refused, "source is full");
            self.leave_out(source, page, &links, over_budget(source.max_pages)).await?;
        }
        self.known.add(page.job, &links);
        Ok(())
    }

    /// Queues pages of the live crawl beside `page`.
    pub async fn queue_again(&self, source: &Source, pages: &[Page]) -> Result<()> {
        self.store.add_pages(source, pages).await.map(drop)
    }

    async fn leave_out(
        &self,
        source: &Source,
        page: &Page,
        links: &[String],
        reason: String,
    ) -> Result<()> {
        let depth = page.depth.saturating_add(1);
        let state = PageState::LeftOut(reason);
        let left_out =
            |link: &String| Page { state: state.clone(), ..page.queued_beside(link, depth) };
        let left_out: Vec<Page> = links.iter().map(left_out).collect();
        self.store.add_pages(source, &left_out).await?;
        self.known.add(page.job, links);
        Ok(())
    }
}

/// User-facing.
fn over_budget(max_pages: u32) -> String {
    format!("a source has at most {max_pages} pages with this plan")
}

/// User-facing.
fn too_far() -> String {
    format!("it is more than {MAX_DEPTH} links away from the source's address")
}

/// User-facing.
pub(super) fn not_to_be_indexed() -> String {
    "it asks not to be indexed (noindex)".to_owned()
}

/// Pages that this process knows to be part of a crawl: their rows are not looked for again each
/// time that a page links to them.
#[derive(Debug, Clone)]
struct KnownPages(ByteCache<CrawlId, Arc<Mutex<HashSet<u64>>>>);

impl Default for KnownPages {
    fn default() -> Self {
        // Each is taken to be as large as it may become.
        Self(ByteCache::new(MAX_BYTES, |_, _| MAX_KNOWN * 2 * size_of::<u64>()))
    }
}

impl KnownPages {
    /// Those of `links` that are not known to be part of `crawl`, each once.
    fn new_of(&self, crawl: CrawlId, links: &[String]) -> Vec<String> {
        let known = self.of(crawl);
        let known = known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut seen = HashSet::new();
        let is_new = |link: &&String| !known.contains(&hash(link)) && seen.insert(hash(link));
        links.iter().filter(is_new).cloned().collect()
    }

    fn add(&self, crawl: CrawlId, links: &[String]) {
        let known = self.of(crawl);
        let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
        let room = MAX_KNOWN.saturating_sub(known.len());
        known.extend(links.iter().map(|link| hash(link)).take(room));
    }

    fn of(&self, crawl: CrawlId) -> Arc<Mutex<HashSet<u64>>> {
        self.0.get_or_make(&crawl, Arc::default)
    }
}

fn hash(link: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    link.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_of_a_crawl_is_known_of_no_other_and_bounded() {
        let known = KnownPages::default();
        let (one, other) = (CrawlId::new(), CrawlId::new());
        let links = ["/a".to_owned(), "/b".to_owned(), "/a".to_owned()];
        assert_eq!(known.new_of(one, &links), ["/a", "/b"]);
        known.add(one, &links);
        assert!(known.new_of(one, &links).is_empty());
        assert_eq!(known.new_of(other, &links).len(), 2);
        let many: Vec<String> = (0..2 * MAX_KNOWN).map(|n| format!("/{n}")).collect();
        known.add(one, &many);
        assert!(known.of(one).lock().unwrap().len() <= MAX_KNOWN);
        for _ in 0..100 {
            known.add(CrawlId::new(), &links);
        }
        assert!(known.0.len() < 30, "{}", known.0.len());
    }
}
