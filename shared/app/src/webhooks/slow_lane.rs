//! Slow endpoints are set apart by how long they take and not only by failing: one that answers after
//! fourteen seconds would take every worker's time without ever timing out. Of a slow one few
//! requests are under way over all workers, and of all slow ones of a workspace not many more; the others
//! are deferred, and take no time of a worker meanwhile.

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

impl SlowLane {
    pub fn new(store: Store, clock: SharedClock) -> Self {
        Self { store, clock }
    }

    /// Lets the request of `job` to the endpoint of `webhook` through; else how long it is deferred.
    pub async fn enter(
        &self,
        webhook: &Webhook,
        job: &Deliver,
    ) -> Result<Result<SlowPlaces, Duration>> {
        let Some(slow_ms) = webhook.slow_ms else { return Ok(Ok(SlowPlaces::default())) };
        let holder = format!("{} {}", job.delivery_id, job.attempt);
        let mut places = SlowPlaces { taken: Vec::new(), holder };
        let rows = [
            (format!("slow:{}", webhook.id), MAX_OF_ENDPOINT),
            (format!("slow:{}", webhook.workspace_id), MAX_OF_WORKSPACE),
        ];
        for (row, most) in rows {
            // Not all workers try the same place first.
            let first = job.delivery_id.uuid().as_bytes()[15] % most;
            match self.take(&row, first, most, &places.holder).await? {
                Some(number) => places.taken.push((row, number)),
                None => {
                    self.leave(places).await?;
                    return Ok(Err(deferral(slow_ms)));
                }
            }
        }
        Ok(Ok(places))
    }

    async fn take(&self, row: &str, first: u8, most: u8, holder: &str) -> Result<Option<u8>> {
        for number in (0..most).map(|n| (first + n) % most) {
            let now = self.clock.now();
            if self.store.take_place(row, number, holder, LEASE, now).await? {
                return Ok(Some(number));
            }
        }
        Ok(None)
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
