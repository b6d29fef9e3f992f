//! Retries of pages that could not be read for a reason that may pass: within the same crawl,
//! after a delay. The page's row says when; a message only says that it is time to look, so that
//! a message received twice is one retry.

use std::time::Duration;

use domain::{
    Result, Source,
    source::{Page, Retry},
};
use knowledge::PageError;
use store::Store;

use crate::{
    adapters::clock::SharedClock,
    crawl::deadline::{LEASE, last_read, wait_until},
    crawl::job::CrawlPage,
    work_queue::JobQueue,
};

/// The delays before the second and the third, last, read of a page.
const RETRY_DELAYS: [Duration; 2] = [Duration::from_secs(5), Duration::from_secs(30)];
/// `Retry-After` may lengthen a delay up to this.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(2 * 60);

/// Whether a message may read a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Claim {
    /// It may; with the retry as it is now, if it is one.
    Ours(Option<Retry>),
    /// Another message retries the page.
    Others,
    /// The page is to be retried, and not before this long.
    NotBefore(Duration),
}

/// Schedules retries of pages. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct PageRetry {
    store: Store,
    queue: JobQueue<CrawlPage>,
    clock: SharedClock,
}

/// The delay of the retry of a page that could not be read `tries` times before, and whose server
/// asks for `retry_after`; `None` if there is none, as where a crawl has only `left`.
fn retry_delay(
    tries: u8,
    retry_after: Duration,
    time_scale: u32,
    left: Duration,
) -> Option<Duration> {
    let planned = *RETRY_DELAYS.get(usize::from(tries))?;
    let delay = retry_after.min(MAX_RETRY_AFTER).max(planned) / time_scale;
    (delay <= left).then_some(delay)
}

impl PageRetry {
    /// Retries over `store`, with messages to `queue`.
    pub fn new(store: Store, queue: JobQueue<CrawlPage>, clock: SharedClock) -> Self {
        Self { store, queue, clock }
    }

    /// Schedules a retry of `page`, which `error` kept from being read, if the error may pass;
    /// whether the page is retried.
    pub async fn schedule(&self, source: &Source, page: &Page, error: &PageError) -> Result<bool> {
        let tries = page.retry.as_ref().map_or(0, |retry| retry.tries);
        let now = self.clock.now();
        let left = last_read(source).since(now);
        let time_scale = self.clock.retry_time_scale();
        let delay = error.passes().and_then(|after| retry_delay(tries, after, time_scale, left));
        let Some(delay) = delay else { return Ok(false) };
        let retry = Retry { tries: tries + 1, at: now.plus(delay), reason: error.to_string() };
        // The row first: should the message be lost, the one that is being handled is received
        // again and deferred to what the row says. If the row was refused, another copy of that
        // message was faster.
        if self.store.retry_page(page, &retry).await? {
            self.queue.send(&CrawlPage::of(page), delay).await?;
        }
        Ok(true)
    }

    /// Claims the retry of a page whose reading has begun, so that of several messages one retries it. If
    /// its worker dies, another may after [`LEASE`]. A time that is near is waited for.
    pub async fn claim(&self, page: &Page) -> Result<Claim> {
        let Some(retry) = &page.retry else { return Ok(Claim::Ours(None)) };
        if let Some(wait) = wait_until(&self.clock, retry.at).await {
            return Ok(Claim::NotBefore(wait));
        }
        let claimed = Retry { at: self.clock.now().plus(LEASE), ..retry.clone() };
        Ok(match self.store.claim_retry(page, &claimed).await? {
            true => Claim::Ours(Some(claimed)),
            false => Claim::Others,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_retries_and_the_servers_retry_after_within_bounds() {
        const HOUR: Duration = Duration::from_secs(60 * 60);
        let seconds = |tries, after| {
            retry_delay(tries, Duration::from_secs(after), 1, HOUR).map(|delay| delay.as_secs())
        };
        assert_eq!([0, 1, 2].map(|tries| seconds(tries, 0)), [Some(5), Some(30), None]);
        assert_eq!([4, 6, 119, 3600].map(|after| seconds(0, after)), [5, 6, 119, 120].map(Some));
        assert_eq!([29, 31].map(|after| seconds(1, after)), [30, 31].map(Some));
    }

    #[test]
    fn a_crawl_whose_time_is_nearly_over_retries_no_page() {
        let left =
            |seconds| retry_delay(0, Duration::ZERO, 1, Duration::from_secs(seconds)).is_some();
        assert_eq!([0, 4, 5].map(left), [false, false, true]);
    }
}
