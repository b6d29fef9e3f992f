//! The host throttle: however many workers and crawls there are, a host is sent two requests at
//! a time at most, and as far apart as its robots.txt wants.

use std::time::Duration;

use domain::{Error, Result, Source, Timestamp};
use knowledge::Fetcher;
use store::{Store, keys::sha256};
use tokio::time::Instant;
use url::Url;

use crate::{
    adapters::clock::SharedClock,
    crawl::batch::CrawlBatch,
    crawl::deadline::{LEASE, last_read, wait_until},
    crawl::job::CrawlPage,
    crawl::slots::{LocalPermit, LocalSlots, Slot, Waited},
};

/// Pages of one host that are read at the same time.
const MAX_CONCURRENT: u8 = 2;
/// How long a worker waits for a slot before it puts the page back.
const MAX_WAIT: Duration = Duration::from_secs(5);
/// How long a page that was put back stays away.
const AWAY: Duration = Duration::from_secs(2);
/// How often a worker reserves another time for a page before it puts it back.
const ROUNDS: u32 = 3;
/// Between two tries to claim a slot.
const POLL: Duration = Duration::from_millis(250);

/// A slot at a host, for as long as a page is read.
#[derive(Debug)]
pub(super) struct HostPermit {
    host: String,
    slot: Slot,
    local: LocalPermit,
}

/// Whether a page may be read.
#[derive(Debug)]
pub(super) enum Admission {
    /// It may, now.
    Now(HostPermit),
    /// Not before this long, at the time that was reserved for it if one was.
    After(Duration, Option<Timestamp>),
    /// Not within this crawl, for this reason; user-facing.
    Denied(String),
}

/// Whether the pages of a batch may be read.
#[derive(Debug)]
pub(super) enum BatchAdmission {
    /// They may, now and one after another.
    Now(HostPermit),
    /// Not before this long.
    After(Duration),
    /// Each at a time of its own, since the host wants them to be apart.
    OneByOne,
}

/// Admits pages to their hosts. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct HostThrottle {
    store: Store,
    fetcher: Fetcher,
    local: LocalSlots,
    clock: SharedClock,
}

impl HostThrottle {
    /// A throttle whose slots are in `store` and whose delays come of the robots.txt that
    /// `fetcher` reads.
    pub fn new(store: Store, fetcher: Fetcher, clock: SharedClock) -> Self {
        Self { store, fetcher, local: LocalSlots::new(MAX_CONCURRENT), clock }
    }

    /// Asks for a permit to read the page of `job`, for which a time may have been reserved before. A
    /// time that is near is waited for here, a later one in the queue.
    pub async fn admit(&self, source: &Source, job: &CrawlPage) -> Result<Admission> {
        let url = Url::parse(&job.url).map_err(Error::internal)?;
        let host = url.origin().ascii_serialization();
        let mut reserved = job.turn;
        for _ in 0..ROUNDS {
            if let Some(at) = reserved
                && let Some(wait) = wait_until(&self.clock, at).await
            {
                return Ok(Admission::After(wait, reserved));
            }
            let Some(permit) = self.acquire(&host, &format!("{} {}", job.job, job.url)).await?
            else {
                break;
            };
            // A robots.txt that can't be had is the page's own outcome.
            let robots = self.fetcher.robots(&url, &job.job.to_string()).await;
            let Some(delay) = robots.ok().and_then(|robots| robots.delay) else {
                return Ok(Admission::Now(permit));
            };
            if is_on_time(reserved, delay, self.clock.now()) {
                return Ok(Admission::Now(permit));
            }
            reserved =
                self.store.take_turn(&host, delay, last_read(source), || self.clock.now()).await?;
            match reserved {
                Some(at) if at <= self.clock.now() => return Ok(Admission::Now(permit)),
                Some(_) => self.release(permit).await?,
                None => {
                    self.release(permit).await?;
                    return Ok(Admission::Denied(no_time(delay)));
                }
            }
        }
        Ok(Admission::After(AWAY, reserved))
    }

    /// Asks for a permit to read the pages of `job`, which are of one host.
    pub async fn admit_batch(&self, job: &CrawlBatch) -> Result<BatchAdmission> {
        let first = job.first()?;
        let url = Url::parse(first).map_err(Error::internal)?;
        let host = url.origin().ascii_serialization();
        // Not as its first page, whose retry comes while the others are being read.
        let message = format!("{} batch {first}", job.job);
        let Some(permit) = self.acquire(&host, &message).await? else {
            return Ok(BatchAdmission::After(AWAY));
        };
        let robots = self.fetcher.robots(&url, &job.job.to_string()).await;
        if robots.is_ok_and(|robots| robots.delay.is_some()) {
            self.release(permit).await?;
            return Ok(BatchAdmission::OneByOne);
        }
        Ok(BatchAdmission::Now(permit))
    }

    /// Gives a permit back, to another page of this process if one waits for it. One that is lost
    /// frees its slot after [`LEASE`].
    pub async fn release(&self, permit: HostPermit) -> Result<()> {
        let HostPermit { host, slot, local } = permit;
        match local.release(slot) {
            Some(slot) => self.store.leave_place(&host, slot.number, &slot.holder).await,
            None => Ok(()),
        }
    }

    /// Claims a slot at `host` for a message, by what tells it from others: one of this process, then one
    /// of all workers'.
    async fn acquire(&self, host: &str, message: &str) -> Result<Option<HostPermit>> {
        let Waited { permit, left, unused } = self.local.wait(host, MAX_WAIT).await;
        for slot in unused {
            self.store.leave_place(host, slot.number, &slot.holder).await?;
        }
        let Some(local) = permit else { return Ok(None) };
        // The same message that is received again finds its slot kept.
        let holder = sha256(message);
        let slot = match left {
            Some(left) => self.take_over(host, left, &holder).await?,
            None => None,
        };
        let slot = match slot {
            Some(slot) => Some(slot),
            None => self.claim(host, &holder).await?,
        };
        Ok(slot.map(|slot| HostPermit { host: host.to_owned(), slot, local }))
    }

    /// Takes the slot over that another page of this process has `left`, unless its lease has ended and
    /// another worker has it.
    async fn take_over(&self, host: &str, left: Slot, holder: &str) -> Result<Option<Slot>> {
        let now = self.clock.now();
        let (place, pass) = ((host, left.number), (left.holder.as_str(), holder));
        let is_ours = self.store.pass_place(place, pass, LEASE, now).await?;
        Ok(is_ours.then(|| Slot { holder: holder.to_owned(), ..left }))
    }

    /// Claims a slot of all workers'.
    async fn claim(&self, host: &str, holder: &str) -> Result<Option<Slot>> {
        let until = Instant::now() + MAX_WAIT;
        loop {
            for number in 0..MAX_CONCURRENT {
                let now = self.clock.now();
                if self.store.take_place(host, number, holder, LEASE, now).await? {
                    let (holder, since) = (holder.to_owned(), Instant::now());
                    return Ok(Some(Slot { number, holder, since }));
                }
            }
            if Instant::now() >= until {
                return Ok(None);
            }
            self.clock.sleep(POLL).await;
        }
    }
}

/// Whether a page may be read at `now` by the time that was `reserved` for it: one that is late
/// would come too close to the next one.
fn is_on_time(reserved: Option<Timestamp>, delay: Duration, now: Timestamp) -> bool {
    reserved.is_some_and(|at| now.since(at) <= delay / 2)
}

fn no_time(delay: Duration) -> String {
    let seconds = delay.as_secs_f32();
    format!(
        "the site wants {seconds} seconds between two pages, so that a crawl has no time for this \
         one"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_on_time_within_half_a_delay_of_its_reservation() {
        let at = Timestamp::from_millis(0);
        let after = |seconds| {
            is_on_time(Some(at), Duration::from_secs(10), at.plus(Duration::from_secs(seconds)))
        };
        assert_eq!([0, 5, 6].map(after), [true, true, false]);
        assert!(!is_on_time(None, Duration::from_secs(10), at), "nothing was reserved");
    }
}
