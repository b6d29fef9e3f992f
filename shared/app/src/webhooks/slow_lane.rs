//! Slow endpoints are set apart by how long they take and not only by failing: one that answers after
//! fourteen seconds would take every worker's time without ever timing out. Of a slow one few
//! requests are under way over all workers, and of all slow ones of a workspace or a host not many more; the
//! others are deferred, and take no time of a worker meanwhile. A request that turns out to be slow while it is
//! under way steps aside, out of the room that quick ones have at its host: many endpoints may be on one host,
//! and one that never answers is no reason for the others to wait.

use std::time::Duration;

use domain::{
    Result, Webhook,
    webhook::{
        TIMEOUT,
        latency::{SLOW, slow_average},
    },
};
use store::Store;

use crate::{adapters::clock::SharedClock, webhooks::job::Deliver};

/// Requests to one slow endpoint that are under way over all workers.
const MAX_OF_ENDPOINT: u8 = 4;
/// Requests to slow endpoints of one workspace that are under way over all workers.
const MAX_OF_WORKSPACE: u8 = 8;
/// Requests to slow endpoints at one host that are under way over all workers, whoever's they are.
const MAX_OF_HOST: u8 = 16;
/// Places that are tried before a request is deferred, or stays where it is.
const TRIES: u8 = 8;
/// How long a place is taken, should its worker die: longer than any request.
const LEASE: Duration = Duration::from_secs(2 * TIMEOUT.as_secs());
/// The longest deferral of a request to a slow endpoint.
const MAX_DEFERRAL: Duration = TIMEOUT;

/// Lets requests to slow endpoints through, few at a time.
#[derive(Debug, Clone)]
pub(super) struct SlowLane {
    store: Store,
    clock: SharedClock,
}

/// The places of a request to a slow endpoint; none of one to another.
#[derive(Debug, Default)]
pub(super) struct SlowPlaces {
    taken: Vec<(String, u8)>,
    holder: String,
}

impl SlowPlaces {
    fn of(job: &Deliver) -> Self {
        Self { taken: Vec::new(), holder: format!("{} {}", job.delivery_id, job.attempt) }
    }
}

/// The row of the slow requests to a host.
fn host_row(host: &str) -> String {
    format!("slow-host:{host}")
}

impl SlowLane {
    pub fn new(store: Store, clock: SharedClock) -> Self {
        Self { store, clock }
    }

    /// Lets the request of `job` to the endpoint of `webhook`, which takes `slow_ms` on average, through to
    /// `host`; else how long it is deferred.
    pub async fn enter(
        &self,
        webhook: &Webhook,
        slow_ms: u32,
        host: &str,
        job: &Deliver,
    ) -> Result<Result<SlowPlaces, Duration>> {
        let mut places = SlowPlaces::of(job);
        let rows = [
            (format!("slow:{}", webhook.id), MAX_OF_ENDPOINT),
            (format!("slow:{}", webhook.workspace_id), MAX_OF_WORKSPACE),
            (host_row(host), MAX_OF_HOST),
        ];
        for (row, most) in rows {
            if !self.take(row, most, job, &mut places).await? {
                self.leave(places).await?;
                return Ok(Err(deferral(slow_ms)));
            }
        }
        Ok(Ok(places))
    }

    /// Takes a place among the slow requests to `host` for one that is under way to it already; `None` if there
    /// is none.
    pub async fn step_aside(&self, host: &str, job: &Deliver) -> Result<Option<SlowPlaces>> {
        let mut places = SlowPlaces::of(job);
        let taken = self.take(host_row(host), MAX_OF_HOST, job, &mut places).await?;
        Ok(taken.then_some(places))
    }

    async fn take(
        &self,
        row: String,
        most: u8,
        job: &Deliver,
        places: &mut SlowPlaces,
    ) -> Result<bool> {
        // Not all workers try the same place first.
        let first = job.delivery_id.uuid().as_bytes()[15] % most;
        for number in (0..most.min(TRIES)).map(|n| (first + n) % most) {
            let now = self.clock.now();
            if self.store.take_place(&row, number, &places.holder, LEASE, now).await? {
                places.taken.push((row, number));
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Gives places back. Those of a worker that died are free after [`LEASE`].
    pub async fn leave(&self, places: SlowPlaces) -> Result<()> {
        for (row, number) in places.taken {
            self.store.leave_place(&row, number, &places.holder).await?;
        }
        Ok(())
    }

    /// Notes that a request is under way for longer than [`SLOW`], so that other workers know before
    /// it has ended.
    pub async fn note_slow(&self, webhook: &Webhook) -> Result<()> {
        match webhook.slow_ms {
            Some(_) => Ok(()),
            None => self.set(webhook, None, slow_average(None, SLOW)).await,
        }
    }

    /// Notes how long a request took that was answered. One that times out is the circuit breaker's.
    pub async fn record(&self, webhook: &Webhook, took: Duration) -> Result<()> {
        let seen = match webhook.slow_ms {
            // It was noted while the request was under way.
            None if took >= SLOW => slow_average(None, SLOW),
            seen => seen,
        };
        self.set(webhook, seen, slow_average(webhook.slow_ms, took)).await
    }

    async fn set(&self, webhook: &Webhook, seen: Option<u32>, next: Option<u32>) -> Result<()> {
        match seen == next {
            true => Ok(()),
            false => self.store.set_slow(webhook.scope(), webhook.id, seen, next).await,
        }
    }
}

/// How long a request is deferred whose endpoint takes `slow_ms` on average: as long as one of those
/// before it takes.
fn deferral(slow_ms: u32) -> Duration {
    Duration::from_millis(u64::from(slow_ms)).min(MAX_DEFERRAL)
}
