//! The slots at hosts within one process: its own pages wait for each other here and not for the table,
//! and one that is done hands the slot that it claimed there to the next one.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use cache::ByteCache;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout},
};

/// Bytes of the hosts whose slots are remembered; those in use stay besides.
const MAX_CACHED: usize = 64 * 1024;
/// A slot that this process has had for so long is not handed on, so that other workers get it too.
const MAX_KEPT: Duration = Duration::from_secs(30);

/// A slot that was claimed in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slot {
    pub number: u8,
    /// Who has it there.
    pub holder: String,
    /// Since when this process has it.
    pub since: Instant,
}

/// The slots at all hosts. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct LocalSlots {
    hosts: ByteCache<String, Arc<Host>>,
    each: usize,
}

#[derive(Debug)]
struct Host {
    free: Arc<Semaphore>,
    queue: Mutex<Queue>,
}

/// Who waits at a host, and what the pages that are done have left for them.
#[derive(Debug, Default)]
struct Queue {
    waiting: usize,
    left: Vec<Slot>,
}

/// A local slot.
#[derive(Debug)]
pub(super) struct LocalPermit {
    host: Arc<Host>,
    _permit: OwnedSemaphorePermit,
}

/// What came of waiting for a local slot.
#[derive(Debug)]
pub(super) struct Waited {
    /// The slot, unless it took too long.
    pub permit: Option<LocalPermit>,
    /// What the page that had it before has left in the table.
    pub left: Option<Slot>,
    /// What is left there and no page waits for: to be given back.
    pub unused: Vec<Slot>,
}

impl LocalSlots {
    /// As many as `each` at a host.
    pub fn new(each: u8) -> Self {
        let bytes = |host: &String, _: &Arc<Host>| {
            host.len() + size_of::<Semaphore>() + size_of::<Host>() + 2 * size_of::<Slot>()
        };
        let in_use = |host: &Arc<Host>| Arc::strong_count(host) > 1;
        let hosts = ByteCache::pinning(MAX_CACHED, bytes, in_use);
        Self { hosts, each: usize::from(each) }
    }

    /// Waits for a slot at `host` for at most `time`.
    pub async fn wait(&self, host: &str, time: Duration) -> Waited {
        let host = self.of(host);
        host.lock().waiting += 1;
        let waiting = Waiting(&host);
        let permit = timeout(time, host.free.clone().acquire_owned()).await;
        let permit = permit.ok().and_then(Result::ok);
        drop(waiting);
        let mut queue = host.lock();
        let left = if permit.is_some() { queue.left.pop() } else { None };
        let unused = match queue.waiting {
            0 => std::mem::take(&mut queue.left),
            _ => Vec::new(),
        };
        drop(queue);
        let permit = permit.map(|permit| LocalPermit { host, _permit: permit });
        Waited { permit, left, unused }
    }

    fn of(&self, host: &str) -> Arc<Host> {
        let each = self.each;
        self.hosts.get_or_make(&host.to_owned(), || {
            Arc::new(Host { free: Arc::new(Semaphore::new(each)), queue: Mutex::default() })
        })
    }
}

impl LocalPermit {
    /// Gives the local slot back; and the `slot` of the table to a page that waits, or else to the
    /// caller, who is to give it back.
    pub fn release(self, slot: Slot) -> Option<Slot> {
        let mut queue = self.host.lock();
        if queue.waiting == 0 || slot.since.elapsed() > MAX_KEPT {
            return Some(slot);
        }
        // Whoever waits takes it, or stops waiting and finds it.
        queue.left.push(slot);
        None
    }
}

impl Host {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One that waits, until it is dropped.
struct Waiting<'a>(&'a Host);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.lock().waiting -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "https://a.example";

    fn slot(number: u8) -> Slot {
        Slot { number, holder: number.to_string(), since: Instant::now() }
    }

    #[tokio::test]
    async fn a_page_that_waits_gets_the_slot_of_the_one_before_it() {
        let slots = LocalSlots::new(1);
        let first = slots.wait(HOST, Duration::ZERO).await.permit.unwrap();
        let (waiting, other) = (slots.clone(), slots.clone());
        let second = tokio::spawn(async move { waiting.wait(HOST, Duration::MAX).await });
        while slots.of(HOST).lock().waiting == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(first.release(slot(1)), None);
        let second = second.await.unwrap();
        assert_eq!((second.left.unwrap().number, second.unused.len()), (1, 0));
        let late = other.wait(HOST, Duration::ZERO).await;
        assert!(late.permit.is_none() && late.left.is_none());
        let given_back = second.permit.unwrap().release(slot(1));
        assert_eq!(given_back.unwrap().number, 1, "no page waits");
    }

    #[tokio::test]
    async fn a_slot_that_is_left_to_one_who_stops_waiting_is_given_back() {
        let slots = LocalSlots::new(2);
        let [first, second] = [
            slots.wait(HOST, Duration::ZERO).await.permit.unwrap(),
            slots.wait(HOST, Duration::ZERO).await.permit.unwrap(),
        ];
        slots.of(HOST).lock().waiting += 1;
        assert_eq!(first.release(slot(0)), None);
        // It was killed.
        slots.of(HOST).lock().waiting -= 1;
        let next = slots.wait(HOST, Duration::ZERO).await;
        assert_eq!(next.left.unwrap().number, 0);
        slots.of(HOST).lock().waiting += 1;
        assert_eq!(next.permit.unwrap().release(slot(0)), None);
        slots.of(HOST).lock().waiting -= 1;
        let third = slots.wait(HOST, Duration::ZERO).await.permit.unwrap();
        slots.of(HOST).lock().left.push(slot(1));
        let late = slots.wait(HOST, Duration::ZERO).await;
        assert!(late.permit.is_none());
        assert_eq!(late.unused.len(), 1);
        drop((second, third));
    }

    #[tokio::test]
    async fn a_slot_that_was_kept_for_long_is_free_for_other_workers() {
        let slots = LocalSlots::new(1);
        let first = slots.wait(HOST, Duration::ZERO).await.permit.unwrap();
        slots.of(HOST).lock().waiting += 1;
        let since = Instant::now().checked_sub(MAX_KEPT * 2).unwrap();
        assert!(first.release(Slot { since, ..slot(0) }).is_some());
    }

    #[test]
    fn slots_of_idle_hosts_are_forgotten_and_those_in_use_kept() {
        let slots = LocalSlots::new(2);
        let used = slots.of("https://used.example");
        for n in 0..10_000 {
            slots.of(&format!("https://{n}.example"));
        }
        assert!(slots.hosts.len() < 1_000);
        assert!(Arc::ptr_eq(&used, &slots.of("https://used.example")));
    }
}
