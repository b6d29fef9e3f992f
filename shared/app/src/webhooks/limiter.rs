//! Limits concurrent requests per endpoint, so that a slow one can't take all of a worker. The
//! limit is one process's; together with the worker's own concurrency it bounds an endpoint's load.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::WebhookId;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

/// Concurrent requests to one endpoint.
pub const MAX_CONCURRENT: usize = 4;
/// The longest wait for a permit.
const MAX_WAIT: Duration = Duration::from_secs(1);
/// The latency of an endpoint that has answered no request yet.
const UNKNOWN_LATENCY: Duration = Duration::from_millis(250);

/// Hands out the permits of all endpoints; keeps nothing of an idle one. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct EndpointLimiter(Arc<Mutex<HashMap<WebhookId, EndpointQueue>>>);

/// The requests to one endpoint.
#[derive(Debug)]
struct EndpointQueue {
    permits: Arc<Semaphore>,
    /// Requests in flight and those that wait for a permit.
    length: usize,
    /// Moving average of the latency of requests.
    latency: Duration,
    /// When a request last began or ended.
    moved: Instant,
}

impl EndpointQueue {
    fn new() -> Self {
        let permits = Arc::new(Semaphore::new(MAX_CONCURRENT));
        Self { permits, length: 0, latency: UNKNOWN_LATENCY, moved: Instant::now() }
    }

    /// How long one more request would wait: the requests before it at the usual latency, or at
    /// that of a queue that has stopped moving.
    fn wait(&self) -> Duration {
        let before =
            u32::try_from((self.length + 1).saturating_sub(MAX_CONCURRENT)).unwrap_or(u32::MAX);
        let each = self.latency.max(self.moved.elapsed());
        each.saturating_mul(before) / u32::try_from(MAX_CONCURRENT).unwrap_or(1)
    }
}

/// One request may be in flight for as long as this is kept.
#[derive(Debug)]
pub struct Permit {
    id: WebhookId,
    limiter: EndpointLimiter,
    in_flight: Option<(OwnedSemaphorePermit, Instant)>,
}

impl EndpointLimiter {
    /// Waits for a permit for the endpoint of `id`; `None` at once if that would take longer than
    /// [`MAX_WAIT`].
    pub async fn acquire(&self, id: WebhookId) -> Option<Permit> {
        let permits = self.enqueue(id)?;
        // From here on whatever ends early, this future included, leaves the queue.
        let mut permit = Permit { id, limiter: self.clone(), in_flight: None };
        let acquired = tokio::time::timeout(MAX_WAIT, permits.acquire_owned()).await;
        let acquired = acquired.ok()?.ok()?;
        let now = Instant::now();
        if let Some(queue) = self.queues().get_mut(&id) {
            queue.moved = now;
        }
        permit.in_flight = Some((acquired, now));
        Some(permit)
    }

    fn enqueue(&self, id: WebhookId) -> Option<Arc<Semaphore>> {
        let mut queues = self.queues();
        let queue = queues.entry(id).or_insert_with(EndpointQueue::new);
        if queue.wait() > MAX_WAIT {
            return None;
        }
        queue.length += 1;
        Some(queue.permits.clone())
    }

    /// Rejects all that wait for a permit for the endpoint of `id`, as it has stopped answering.
    pub fn reject_waiting(&self, id: WebhookId) {
        if let Some(queue) = self.queues().get_mut(&id) {
            // Requests in flight keep their permits of the old semaphore.
            let fresh = Arc::new(Semaphore::new(MAX_CONCURRENT));
            std::mem::replace(&mut queue.permits, fresh).close();
        }
    }

    fn queues(&self) -> MutexGuard<'_, HashMap<WebhookId, EndpointQueue>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let took = self.in_flight.take().map(|(_, begun)| begun.elapsed());
        let mut queues = self.limiter.queues();
        let Some(queue) = queues.get_mut(&self.id) else { return };
        if let Some(took) = took {
            queue.moved = Instant::now();
            queue.latency = (queue.latency * 3 + took) / 4;
        }
        queue.length = queue.length.saturating_sub(1);
        if queue.length == 0 {
            queues.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;

    use super::*;

    #[test]
    fn a_queue_is_as_long_as_can_be_served_in_time() {
        let latency = Duration::from_millis(100);
        let wait = |length| EndpointQueue { length, latency, ..EndpointQueue::new() }.wait();
        // Four at a time: the first four wait for no other.
        assert_eq!((wait(0), wait(3)), (Duration::ZERO, Duration::ZERO));
        assert!(wait(4) >= latency / 4 && wait(43) >= MAX_WAIT && wait(42) < MAX_WAIT);
        // Nothing has moved for long, whatever was usual before.
        let Some(moved) = Instant::now().checked_sub(Duration::from_secs(60)) else { return };
        let stuck = EndpointQueue { length: 4, latency, moved, ..EndpointQueue::new() };
        assert!(stuck.wait() > MAX_WAIT);
    }

    #[tokio::test]
    async fn few_are_in_flight_and_the_others_are_rejected_at_once() {
        let limiter = EndpointLimiter::default();
        let (slow, fast) = (WebhookId::new(), WebhookId::new());
        let held = join_all((0..MAX_CONCURRENT).map(|_| limiter.acquire(slow))).await;
        assert!(held.iter().all(Option::is_some));
        let more = join_all((0..100).map(|_| limiter.acquire(slow))).await;
        assert!(more.iter().all(Option::is_none), "those in flight do not end");
        assert!(limiter.acquire(fast).await.is_some(), "another endpoint has its own queue");
        drop(held);
        assert!(limiter.acquire(slow).await.is_some());
        assert!(limiter.queues().is_empty(), "nothing is kept of idle ones");
    }

    #[tokio::test]
    async fn all_that_wait_are_rejected_when_the_endpoint_stops_answering() {
        let (limiter, id) = (EndpointLimiter::default(), WebhookId::new());
        let held = join_all((0..MAX_CONCURRENT).map(|_| limiter.acquire(id))).await;
        let waiting = join_all((0..3).map(|_| limiter.acquire(id)));
        let rejecting = async {
            tokio::task::yield_now().await;
            limiter.reject_waiting(id);
        };
        let (waited, ()) = tokio::join!(waiting, rejecting);
        assert!(waited.iter().all(Option::is_none));
        drop((held, waited));
        assert!(limiter.queues().is_empty());
    }

    #[tokio::test]
    async fn a_request_that_is_cancelled_leaves_the_queue() {
        let (limiter, id) = (EndpointLimiter::default(), WebhookId::new());
        let held = join_all((0..MAX_CONCURRENT).map(|_| limiter.acquire(id))).await;
        let waiting = limiter.acquire(id);
        assert!(tokio::time::timeout(Duration::from_millis(10), waiting).await.is_err());
        drop(held);
        assert!(limiter.queues().is_empty());
    }
}
