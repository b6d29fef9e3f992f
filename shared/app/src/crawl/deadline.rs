//! The times that bound a crawl.

use std::time::Duration;

use domain::{CrawlId, Timestamp, source::CRAWL_TIME};

/// How long a worker keeps what it has claimed, a host's slot or a page's retry, should it die: as
/// long as one may run.
pub(super) const LEASE: Duration = Duration::from_secs(120);

/// The last time at which a page of `crawl` is read: some minutes before the ticker calls the crawl
/// off, so that there is time to settle it.
pub(super) fn last_read(crawl: CrawlId) -> Timestamp {
    const RESERVE: Duration = Duration::from_secs(5 * 60);
    let begun = crawl.made_at().unwrap_or_else(Timestamp::now);
    begun.plus(CRAWL_TIME.saturating_sub(RESERVE))
}
