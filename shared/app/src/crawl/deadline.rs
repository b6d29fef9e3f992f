//! The times that bound a crawl.

use std::time::Duration;

use domain::{Source, Timestamp, source::crawl_time};

use crate::adapters::clock::SharedClock;

/// How long a worker keeps what it has claimed, a host's slot or a page's retry, should it die: as
/// long as one may run.
pub(super) const LEASE: Duration = Duration::from_secs(120);

/// The last time at which a page of the crawl of `source` is read: some minutes before the ticker calls the crawl
/// off, so that there is time to settle it.
pub(super) fn last_read(source: &Source) -> Timestamp {
    const RESERVE: Duration = Duration::from_secs(5 * 60);
    let begun = source.job.made_at().unwrap_or_else(Timestamp::now);
    begun.plus(crawl_time(source.max_pages).saturating_sub(RESERVE))
}

/// A time this near is waited for; it is not worth a message.
const NEAR: Duration = Duration::from_secs(2);

/// Waits until `at` if that is near; else how far it is.
pub(super) async fn wait_until(clock: &SharedClock, at: Timestamp) -> Option<Duration> {
    let wait = at.since(clock.now());
    if wait > NEAR {
        return Some(wait);
    }
    clock.sleep(wait).await;
    None
}
