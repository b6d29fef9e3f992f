//! What would be read of a page, before it is a source.

use domain::{CrawlId, Error, Result, search::PagePreview};
use knowledge::{FetchOutcome, Fetcher, PageError, chunk};
use url::Url;

/// Passages that are shown at most.
const MAX_PASSAGES: usize = 100;

/// Reads the page at `url` as a crawl would, and keeps nothing. A page that can't be read is a preview
/// with a reason.
pub async fn preview(fetcher: &Fetcher, url: &str) -> Result<PagePreview> {
    let url = Url::parse(url).map_err(Error::internal)?;
    let crawl = CrawlId::new().to_string();
    let failed = |error: PageError| PagePreview {
        url: url.to_string(),
        reason: Some(error.to_string()),
        ..PagePreview::default()
    };
    let read = match fetcher.page(&url, &crawl, None, &|_| true).await {
        Ok(FetchOutcome::Page(read)) => *read,
        Ok(FetchOutcome::Unchanged) => return Err(Error::internal("unchanged, though not known")),
        Err(error) => return Ok(failed(error)),
    };
    let mut document = read.document;
    document.blocks.append(&mut document.site);
    let mut chunks = chunk::chunks(&document, &read.url);
    let reason = match (chunks.is_empty(), document.noindex) {
        (false, _) => None,
        (true, true) => Some("the page asks not to be in an index (noindex)"),
        (true, false) => Some("the page only leads to other pages"),
    };
    chunks.truncate(MAX_PASSAGES);
    Ok(PagePreview {
        url: read.url.to_string(),
        title: document.title,
        language: document.language,
        reason: reason.map(str::to_owned),
        passages: chunks,
        links: u64::try_from(document.links.len()).unwrap_or(u64::MAX),
    })
}
