//! The scope of a crawl: which addresses belong to its source.

use std::sync::Arc;

use cache::ByteCache;
use domain::{
    CrawlId, Error, Result, Source,
    source::{Page, PageState},
};
use store::Store;
use url::Url;

/// Bytes of all scopes that are remembered.
const MAX_BYTES: usize = 256 * 1024;

/// The addresses that the pages of a source are at or below: its own and, where that redirects,
/// the one that it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CrawlScope(Vec<Url>);

impl CrawlScope {
    /// The scope of `source`, whose first page is `first` as far as it is known.
    pub fn of(source: &Source, first: Option<&Page>) -> Result<Self> {
        let final_url = first.and_then(|first| first.snapshot.as_ref()?.final_url.as_deref());
        let starts = [Some(source.name.as_str()), final_url];
        let starts = starts.into_iter().flatten().map(|at| Url::parse(at).map_err(Error::internal));
        Ok(Self(starts.collect::<Result<_>>()?))
    }

    /// Whether `link` is a page of it.
    pub fn has(&self, link: &Url) -> bool {
        self.0.iter().any(|start| belongs(start, link))
    }
}

/// The scopes of crawls. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Scopes {
    store: Store,
    /// Of crawls whose first page has ended: nothing changes where that leads.
    known: ByteCache<CrawlId, Arc<CrawlScope>>,
}

impl Scopes {
    pub fn new(store: Store) -> Self {
        let bytes = |_: &CrawlId, scope: &Arc<CrawlScope>| {
            scope.0.iter().map(|start| size_of::<Url>() + start.as_str().len()).sum()
        };
        Self { store, known: ByteCache::new(MAX_BYTES, bytes) }
    }

    /// The scope of the crawl that `page` belongs to. A first page says itself where it leads, as far
    /// as that is known.
    pub async fn of(&self, source: &Source, page: &Page) -> Result<Arc<CrawlScope>> {
        if page.depth == 0 {
            return CrawlScope::of(source, Some(page)).map(Arc::new);
        }
        if let Some(scope) = self.known.get(&page.job) {
            return Ok(scope);
        }
        let first = self.store.page(source.id, page.job, &source.name).await?;
        let scope = Arc::new(CrawlScope::of(source, first.as_ref())?);
        // Its links are queued before it ends, and where it leads is written down with its end.
        if first.is_some_and(|first| first.state != PageState::Queued) {
            self.known.insert(page.job, scope.clone());
        }
        Ok(scope)
    }
}

/// Whether `link` is a page of the site that `start` names: same host and port, at or below its
/// path. A path that ends in a file name means the folder it is in. What is plainly not a
/// page is left out.
fn belongs(start: &Url, link: &Url) -> bool {
    const NOT_PAGES: &[&str] = &[
        ".css", ".js", ".mjs", ".json", ".xml", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg",
        ".ico", ".zip", ".gz", ".tar", ".mp4", ".mp3", ".woff", ".woff2", ".ttf",
    ];
    let same_site = knowledge::links::is_same_site(start, link);
    let inside = knowledge::links::is_below(start, link);
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
        assert!(belongs("https://www.a.example/", "https://a.example/any"));
        assert!(belongs("https://a.example/docs/v2.1", "https://a.example/docs/v2.1/install"));
        assert!(!belongs("https://a.example/docs/v2.1", "https://a.example/docs/v1.0/install"));
        assert!(belongs("https://a.example/blog/feed/", "https://a.example/blog/one"));
        assert!(belongs("https://a.example/sitemap.xml", "https://a.example/one"));
        assert!(belongs("https://a.example/%e6%97%a5/", "https://a.example/%E6%97%A5/one"));
    }
}
