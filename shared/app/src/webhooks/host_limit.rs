//! How many requests are under way to one host, over all webhooks of all workspaces and all workers:
//! many webhooks that name one host make no flood of it. Each worker may have one request to a host
//! under way without asking; for more it needs one of the host's few places, which it keeps for a while,
//! so that most requests cost no write. A request that is slow has a place of
//! [the slow lane's](super::slow_lane) instead.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{EventId, Result, Timestamp, webhook::TIMEOUT};
use store::Store;

use crate::adapters::{clock::SharedClock, random};

/// Places at a host, of which a worker has one at most.
const PLACES: u8 = 8;
/// Requests that a worker may have under way with a place, beside the one that needs none.
const PER_PLACE: usize = 8;
/// How long a worker keeps a place.
const LEASE: Duration = Duration::from_secs(60);
/// Places that are tried before a request is deferred.
const TRIES: u8 = 2;

/// Bounds the requests to each host. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct HostLimit {
    store: Store,
    clock: SharedClock,
    /// This worker, as the holder of places.
    holder: String,
    hosts: Arc<Mutex<HashMap<String, Host>>>,
}

#[derive(Debug, Default)]
struct Host {
    under_way: usize,
    /// Until when a place is held.
    until: Option<Timestamp>,
}

impl Host {
    /// Whether one more request is within what was taken, for as long as it may last.
    fn has_room(&self, now: Timestamp) -> bool {
        let held = self.until.is_some_and(|until| until >= now.plus(TIMEOUT));
        self.under_way < if held { 1 + PER_PLACE } else { 1 }
    }
}

/// One request may be under way for as long as this is kept.
#[derive(Debug)]
pub(super) struct HostPermit {
    host: String,
    limit: HostLimit,
}

impl HostLimit {
    pub fn new(store: Store, clock: SharedClock) -> Self {
        Self { store, clock, holder: EventId::new().to_string(), hosts: Arc::default() }
    }

    /// Asks for one request to `host`; `None` if there are too many.
    pub async fn acquire(&self, host: &str) -> Result<Option<HostPermit>> {
        if let Some(permit) = self.try_acquire(host) {
            return Ok(Some(permit));
        }
        if self.hosts().get(host).is_some_and(|host| host.under_way > PER_PLACE) {
            return Ok(None);
        }
        let row = format!("deliveries:{host}");
        let [first] = random::bytes()?;
        for number in (0..TRIES).map(|n| (first % PLACES + n) % PLACES) {
            let now = self.clock.now();
            if self.store.take_place(&row, number, &self.holder, LEASE, now).await? {
                self.hosts().entry(host.to_owned()).or_default().until = Some(now.plus(LEASE));
                return Ok(self.try_acquire(host));
            }
        }
        Ok(None)
    }

    fn try_acquire(&self, host: &str) -> Option<HostPermit> {
        let now = self.clock.now();
        let mut hosts = self.hosts();
        // Nothing is kept of hosts that are neither asked nor held.
        hosts.retain(|_, host| host.under_way > 0 || host.until.is_some_and(|until| until > now));
        let entry = hosts.entry(host.to_owned()).or_default();
        if !entry.has_room(now) {
            return None;
        }
        entry.under_way += 1;
        Some(HostPermit { host: host.to_owned(), limit: self.clone() })
    }

    fn hosts(&self) -> MutexGuard<'_, HashMap<String, Host>> {
        self.hosts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for HostPermit {
    fn drop(&mut self) {
        if let Some(host) = self.limit.hosts().get_mut(&self.host) {
            host.under_way = host.under_way.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_request_needs_no_place_and_a_place_lasts_as_long_as_a_request() {
        let now = Timestamp::from_millis(0);
        let room = |under_way, seconds: Option<u64>| {
            let until = seconds.map(|seconds| now.plus(Duration::from_secs(seconds)));
            Host { under_way, until }.has_room(now)
        };
        assert!(room(0, None) && !room(1, None));
        assert!(room(PER_PLACE, Some(15)) && !room(PER_PLACE + 1, Some(15)));
        assert!(!room(1, Some(14)), "the request might outlast it");
    }
}
