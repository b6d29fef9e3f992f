//! Whose turn it is: however many workers and crawls there are, a host is asked for two pages at a
//! time at the most, and as far apart as its robots.txt wants.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{Error, Result, Timestamp, source::Page};
use store::keys::sha256;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep, timeout},
};
use url::Url;

use crate::{
    crawl::{Crawl, last_turn},
    queue::CrawlPage,
};

/// Pages of one host that are read at the same time.
const AT_ONCE: u8 = 2;
/// A worker that dies keeps its place for this long, which is as long as one may run.
const LEASE: Duration = Duration::from_secs(120);
/// How long a worker waits for a place before it puts the page back.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a page that was put back stays away.
const AWAY: Duration = Duration::from_secs(2);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(250);
/// Hosts that a worker remembers at the most.
const REMEMBERED: usize = 256;

/// A place at a host, for as long as a page is read.
#[derive(Debug)]
pub(crate) struct Slot {
    host: String,
    number: u8,
    holder: String,
    _here: OwnedSemaphorePermit,
}

/// What comes of asking for a turn.
#[derive(Debug)]
pub(crate) enum Turn {
    /// The page is to be read.
    Now(Slot),
    /// After this time, when its turn comes if that was settled.
    Later(Duration, Option<Timestamp>),
    /// Not within this crawl.
    Never(String),
}

/// Places at hosts within this process, so that its own pages don't ask the table in vain.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hosts(Arc<Mutex<HashMap<String, Arc<Semaphore>>>>);

impl Hosts {
    fn of(&self, host: &str) -> Arc<Semaphore> {
        let mut hosts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if hosts.len() >= REMEMBERED {
            hosts.retain(|_, places| Arc::strong_count(places) > 1);
        }
        let places = || Arc::new(Semaphore::new(usize::from(AT_ONCE)));
        hosts.entry(host.to_owned()).or_insert_with(places).clone()
    }
}

impl Crawl {
    /// Asks for the turn of `page`.
    pub(crate) async fn turn(&self, job: &CrawlPage, page: &Page) -> Result<Turn> {
        let url = Url::parse(&page.url).map_err(Error::internal)?;
        if let Some(turn) = job.turn.filter(|turn| *turn > Timestamp::now()) {
            return Ok(Turn::Later(rounded_up(turn.since(Timestamp::now())), Some(turn)));
        }
        let host = url.origin().ascii_serialization();
        let here = timeout(PATIENCE, self.hosts.of(&host).acquire_owned()).await;
        let Ok(here) = here else { return Ok(Turn::Later(AWAY, job.turn)) };
        let here = here.map_err(Error::internal)?;
        // The same message that comes again finds its place kept.
        let holder = sha256(&format!("{} {}", page.job, page.url));
        let Some(number) = self.place(&host, &holder).await? else {
            return Ok(Turn::Later(AWAY, job.turn));
        };
        let slot = Slot { host, number, holder, _here: here };
        if job.turn.is_some() {
            return Ok(Turn::Now(slot));
        }
        // A robots.txt that can't be had is the page's own outcome.
        let robots = self.fetcher.robots(&url, &page.job.to_string()).await;
        let Some(delay) = robots.ok().and_then(|robots| robots.delay) else {
            return Ok(Turn::Now(slot));
        };
        let latest = last_turn(page.job);
        let turn = self.store.take_turn(&slot.host, delay, latest).await?;
        let wait = turn.map(|turn| turn.since(Timestamp::now()));
        match (turn, wait) {
            (Some(_), Some(Duration::ZERO)) => Ok(Turn::Now(slot)),
            (Some(turn), Some(wait)) => {
                self.leave(slot).await?;
                Ok(Turn::Later(rounded_up(wait), Some(turn)))
            }
            _ => {
                self.leave(slot).await?;
                let seconds = delay.as_secs_f32();
                Ok(Turn::Never(format!(
                    "the site wants {seconds} seconds between two pages, so that a crawl has no \
                     time for this one"
                )))
            }
        }
    }

    async fn place(&self, host: &str, holder: &str) -> Result<Option<u8>> {
        let until = Instant::now() + PATIENCE;
        loop {
            for number in 0..AT_ONCE {
                if self.store.take_place(host, number, holder, LEASE).await? {
                    return Ok(Some(number));
                }
            }
            if Instant::now() >= until {
                return Ok(None);
            }
            sleep(LOOK).await;
        }
    }

    /// Gives a place back.
    pub(crate) async fn leave(&self, slot: Slot) -> Result<()> {
        self.store.leave_place(&slot.host, slot.number, &slot.holder).await
    }
}

/// A queue holds messages back for whole seconds.
fn rounded_up(wait: Duration) -> Duration {
    Duration::from_secs(wait.as_secs() + 1)
}
