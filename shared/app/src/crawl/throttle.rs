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
    adapters::sqs::CrawlPage,
    crawl::{Crawl, last_turn},
};

/// Pages of one host that are read at the same time.
const AT_ONCE: u8 = 2;
/// A worker that dies keeps its place for this long, which is as long as one may run.
pub(crate) const LEASE: Duration = Duration::from_secs(120);
/// How long a worker waits for a place before it puts the page back.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a page that was put back stays away.
const AWAY: Duration = Duration::from_secs(2);
/// A turn within this time is not worth a message.
const NEAR: Duration = Duration::from_secs(2);
/// How often a worker takes another turn for a page before it puts it back.
const ROUNDS: u32 = 3;
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
    /// Asks for the turn of `page`. What is near is waited for here, what is far in the queue.
    pub(crate) async fn turn(&self, job: &CrawlPage, page: &Page) -> Result<Turn> {
        let url = Url::parse(&page.url).map_err(Error::internal)?;
        let host = url.origin().ascii_serialization();
        // The same message that comes again finds its place kept.
        let holder = sha256(&format!("{} {}", page.job, page.url));
        let mut turn = job.turn;
        if let Some(retry) = &page.retry {
            let wait = retry.at.since(Timestamp::now());
            if wait > NEAR {
                return Ok(Turn::Later(wait, turn));
            }
            sleep(wait).await;
        }
        for _ in 0..ROUNDS {
            if let Some(at) = turn {
                let wait = at.since(Timestamp::now());
                if wait > NEAR {
                    return Ok(Turn::Later(wait, turn));
                }
                sleep(wait).await;
            }
            let here = timeout(PATIENCE, self.hosts.of(&host).acquire_owned()).await;
            let Ok(here) = here else { break };
            let here = here.map_err(Error::internal)?;
            let Some(number) = self.place(&host, &holder).await? else { break };
            let slot = Slot { host: host.clone(), number, holder: holder.clone(), _here: here };
            // A robots.txt that can't be had is the page's own outcome.
            let robots = self.fetcher.robots(&url, &page.job.to_string()).await;
            let Some(delay) = robots.ok().and_then(|robots| robots.delay) else {
                return Ok(Turn::Now(slot));
            };
            // A page that comes late would come too close to the next one.
            let late = turn.map(|at| Timestamp::now().since(at));
            if late.is_some_and(|late| late <= delay / 2) {
                return Ok(Turn::Now(slot));
            }
            turn = self.store.take_turn(&host, delay, last_turn(page.job)).await?;
            match turn {
                Some(at) if at <= Timestamp::now() => return Ok(Turn::Now(slot)),
                Some(_) => self.leave(slot).await?,
                None => {
                    self.leave(slot).await?;
                    let seconds = delay.as_secs_f32();
                    return Ok(Turn::Never(format!(
                        "the site wants {seconds} seconds between two pages, so that a crawl has \
                         no time for this one"
                    )));
                }
            }
        }
        Ok(Turn::Later(AWAY, turn))
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
