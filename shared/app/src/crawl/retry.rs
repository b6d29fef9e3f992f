//! Trying a page again that could not be read for a reason that may pass: within the same crawl,
//! after a while. The page's row says when; a message only says that it is time to look, so that
//! one that comes twice is one try.

use std::time::Duration;

use domain::{
    Result, Timestamp,
    source::{Page, Retry},
};
use knowledge::PageError;

use crate::{
    adapters::sqs::CrawlPage,
    crawl::throttle::LEASE,
    crawl::{Crawl, last_turn},
};

/// How long a page is left alone before it is tried again, and before it is for the last time.
const WAITS: [Duration; 2] = [Duration::from_secs(5), Duration::from_secs(30)];
/// `Retry-After` may lengthen a wait up to this.
const LONGEST: Duration = Duration::from_secs(2 * 60);

/// How long a page is left alone that could not be read `tries` times before, and whose server
/// asks for `asked`; `None` if it is given up, as it is where a crawl has only `left`.
fn wait(tries: u8, asked: Duration, pace: u32, left: Duration) -> Option<Duration> {
    let wait = asked.min(LONGEST).max(*WAITS.get(usize::from(tries))?) / pace;
    (wait <= left).then_some(wait)
}

impl Crawl {
    /// Puts a page off that `error` kept from being read just now, if that may pass; whether
    /// somebody reads it later.
    pub(crate) async fn try_again(&self, page: &Page, error: &PageError) -> Result<bool> {
        let tries = page.retry.as_ref().map_or(0, |retry| retry.tries);
        let now = Timestamp::now();
        let left = last_turn(page.job).since(now);
        let wait = error.passes().and_then(|asked| wait(tries, asked, self.pace, left));
        let Some(wait) = wait else { return Ok(false) };
        let retry = Retry { tries: tries + 1, at: now.plus(wait), reason: error.to_string() };
        // The row first: should the message be lost, the one that is being handled comes again
        // and is put off by what the row says. If the row was refused, another copy of that
        // message was faster.
        if self.store.retry_page(page, &retry).await? {
            self.queue.send(&CrawlPage::of(page), wait).await?;
        }
        Ok(true)
    }

    /// Takes on the page whose time has come, so that of several messages one tries it again;
    /// whether it is this one. If it dies, another may after [`LEASE`].
    pub(crate) async fn take_retry(&self, page: &mut Page) -> Result<bool> {
        let Some(retry) = &page.retry else { return Ok(true) };
        let taken = Retry { at: Timestamp::now().plus(LEASE), ..retry.clone() };
        let is_ours = self.store.retry_page(page, &taken).await?;
        page.retry = Some(taken);
        Ok(is_ours)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_more_tries_and_what_the_server_asks_for_within_bounds() {
        const HOUR: Duration = Duration::from_secs(60 * 60);
        let seconds = |tries, asked| {
            wait(tries, Duration::from_secs(asked), 1, HOUR).map(|wait| wait.as_secs())
        };
        assert_eq!([0, 1, 2].map(|tries| seconds(tries, 0)), [Some(5), Some(30), None]);
        assert_eq!([4, 6, 119, 3600].map(|asked| seconds(0, asked)), [5, 6, 119, 120].map(Some));
        assert_eq!([29, 31].map(|asked| seconds(1, asked)), [30, 31].map(Some));
    }

    #[test]
    fn a_crawl_whose_time_is_nearly_over_gives_a_page_up() {
        let left = |seconds| wait(0, Duration::ZERO, 1, Duration::from_secs(seconds)).is_some();
        assert_eq!([0, 4, 5].map(left), [false, false, true]);
    }
}
