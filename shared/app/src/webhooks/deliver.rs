//! The delivery worker: one attempt at a delivery a message. The row is the truth; a message only
//! says that it is time to look.

use std::{
    pin::pin,
    time::{Duration, Instant},
};

use domain::{
    Attempt, Delivery, DeliveryStatus, EventRenderer, Result, Webhook, WebhookStatus,
    webhook::{HealthChange, latency::SLOW},
};
use store::Store;

use crate::{
    App,
    adapters::clock::SharedClock,
    adapters::random,
    adapters::seal::Sealer,
    adapters::sqs::LONGEST_DELAY,
    webhooks::backoff::{self, Backoff, LEASE},
    webhooks::circuit_breaker::{Admission, CircuitBreaker},
    webhooks::host_limit::{HostLimit, HostPermit},
    webhooks::job::Deliver,
    webhooks::limiter::EndpointLimiter,
    webhooks::sign::Signer,
    webhooks::slow_lane::{SlowLane, SlowPlaces},
    webhooks::transport::{self, SendOutcome, Transport},
    work_queue::JobQueue,
};

/// Makes attempts: what `delivery-worker` needs beyond [`App`].
#[derive(Debug, Clone)]
pub struct DeliveryWorker {
    store: Store,
    queue: JobQueue<Deliver>,
    breaker: CircuitBreaker,
    limiter: EndpointLimiter,
    hosts: HostLimit,
    slow_lane: SlowLane,
    signer: Signer,
    transport: Transport,
    backoff: Backoff,
    clock: SharedClock,
}

/// What a message leads to.
enum Loaded {
    /// This attempt.
    Attempt(Box<(Delivery, Webhook)>),
    /// None: it was made before, or there is no delivery or webhook to make it for.
    Nothing,
}

/// What a request takes up at its host: of the room that quick requests have, or of that for slow ones.
struct Room {
    host: String,
    quick: Option<HostPermit>,
    slow: Option<SlowPlaces>,
}

impl DeliveryWorker {
    /// A worker over `app`; retries go through `queue`.
    pub fn new(
        app: App,
        queue: JobQueue<Deliver>,
        transport: Transport,
        sealer: Sealer,
        renderer: &'static dyn EventRenderer,
    ) -> Self {
        let App { store, clock, .. } = app;
        let time_scale = clock.retry_time_scale();
        Self {
            breaker: CircuitBreaker::new(store.clone(), time_scale),
            limiter: EndpointLimiter::default(),
            hosts: HostLimit::new(store.clone(), clock.clone()),
            slow_lane: SlowLane::new(store.clone(), clock.clone()),
            signer: Signer::new(sealer, renderer),
            backoff: Backoff::new(time_scale),
            store,
            queue,
            transport,
            clock,
        }
    }

    /// Handles one message: makes the attempt it names, unless that was made before.
    pub async fn handle(&self, job: &Deliver) -> Result<()> {
        let Loaded::Attempt(loaded) = self.load(job).await? else { return Ok(()) };
        let (delivery, webhook) = *loaded;
        let admitted = match self.breaker.admit(&webhook, self.clock.now()).await? {
            Admission::Admitted(admitted) => admitted,
            Admission::Denied(wait) => return self.defer(job, wait).await,
        };
        let Some(_permit) = self.limiter.acquire(webhook.id).await else {
            return self.defer(job, backoff::busy(job.deferrals)).await;
        };
        let room = match self.room(&webhook, job).await? {
            Ok(room) => room,
            Err(wait) => return self.defer(job, wait).await,
        };
        let sent = self.send(job, &webhook, &delivery, room).await?;
        // Before anything that takes time: others are about to run into the same.
        if sent.timed_out {
            self.limiter.reject_waiting(webhook.id);
        }
        self.breaker.record(&webhook, admitted, sent.timed_out, self.clock.now()).await?;
        self.settle(job, &delivery, &webhook, sent).await
    }

    /// Asks for room for a request of `job` at its host; else how long it is deferred.
    async fn room(&self, webhook: &Webhook, job: &Deliver) -> Result<Result<Room, Duration>> {
        let host = transport::host(&webhook.url);
        if let Some(slow_ms) = webhook.slow_ms {
            let entered = self.slow_lane.enter(webhook, slow_ms, &host, job).await?;
            return Ok(entered.map(|places| Room { host, quick: None, slow: Some(places) }));
        }
        let quick = self.hosts.acquire(&host).await?;
        Ok(match quick.is_some() {
            true => Ok(Room { host, quick, slow: None }),
            false => Err(backoff::busy(job.deferrals)),
        })
    }

    /// Makes the attempt, and notes how long the endpoint takes as soon as that is slow.
    async fn send(
        &self,
        job: &Deliver,
        webhook: &Webhook,
        delivery: &Delivery,
        mut room: Room,
    ) -> Result<SendOutcome> {
        let headers = self.signer.sign(webhook, delivery, self.clock.now())?;
        let begun = Instant::now();
        let mut sending = pin!(self.transport.send(&self.store, webhook, delivery, &headers));
        let sent = match tokio::time::timeout(SLOW, &mut sending).await {
            Ok(sent) => sent,
            Err(_) => {
                let (sent, noted) = tokio::join!(sending, self.set_apart(job, webhook, &mut room));
                noted?;
                sent
            }
        };
        if let Some(places) = room.slow {
            self.slow_lane.leave(places).await?;
        }
        let sent = sent?;
        if sent.attempt.status.is_some() {
            self.slow_lane.record(webhook, begun.elapsed()).await?;
        }
        Ok(sent)
    }

    /// Notes that a request that is under way is slow, and gives the room that quick ones have to the next.
    async fn set_apart(&self, job: &Deliver, webhook: &Webhook, room: &mut Room) -> Result<()> {
        self.slow_lane.note_slow(webhook).await?;
        if room.quick.is_some() {
            room.slow = self.slow_lane.step_aside(&room.host, job).await?;
            if room.slow.is_some() {
                room.quick = None;
            }
        }
        Ok(())
    }

    /// Reads the delivery and its webhook, and abandons the delivery if that is disabled or gone.
    async fn load(&self, job: &Deliver) -> Result<Loaded> {
        let key = job.delivery().key();
        let (delivery, webhook) = tokio::try_join!(
            self.store.delivery(&key),
            self.store.webhook(job.scope, job.webhook_id, false)
        )?;
        // One that was just replayed may look as it did before.
        let delivery = match delivery {
            Some(delivery) if !awaits(job, &delivery) => self.store.fresh_delivery(&key).await?,
            found => found,
        };
        let Some(delivery) = delivery else { return Ok(Loaded::Nothing) };
        if !awaits(job, &delivery) {
            self.resume(job, &delivery).await?;
            return Ok(Loaded::Nothing);
        }
        let webhook = match webhook {
            Some(webhook) => Some(webhook),
            None => self.store.webhook(job.scope, job.webhook_id, true).await?,
        };
        match webhook.filter(|webhook| webhook.status == WebhookStatus::Active) {
            Some(webhook) => Ok(Loaded::Attempt(Box::new((delivery, webhook)))),
            None => self.store.abandon_delivery(&key).await.map(|()| Loaded::Nothing),
        }
    }

    /// The message of an attempt that was made is received again where its worker died, perhaps
    /// before it sent the next attempt's message. That is sent again; of two the second finds
    /// nothing to do.
    async fn resume(&self, job: &Deliver, delivery: &Delivery) -> Result<()> {
        let follows = delivery.attempts.len() == job.attempt + 1;
        let pending = delivery.status == DeliveryStatus::Pending && follows;
        let Some(next) = delivery.next_attempt_at.filter(|_| pending) else { return Ok(()) };
        let delay = next.since(self.clock.now());
        match delay <= LONGEST_DELAY {
            true => self.queue.send(&Deliver::next(delivery), delay).await,
            // The ticker sends it in time.
            false => Ok(()),
        }
    }

    /// Sends the message again instead of making the attempt, which stays the delivery's next.
    async fn defer(&self, job: &Deliver, delay: Duration) -> Result<()> {
        let delay = backoff::spread(delay, random::fraction());
        // Should the message be lost, the ticker finds the row.
        if backoff::renews_lease(job.deferrals, delay) {
            let until = self.clock.now().plus(delay + LEASE);
            self.store.defer_delivery(&job.delivery().key(), until).await?;
        }
        let later = Deliver { deferrals: job.deferrals.saturating_add(1), ..job.clone() };
        self.queue.send(&later, delay).await
    }

    /// Writes down the attempt with its effects: the delivery's next attempt, and the
    /// webhook's health.
    async fn settle(
        &self,
        job: &Deliver,
        delivery: &Delivery,
        webhook: &Webhook,
        SendOutcome { attempt, retry_after, .. }: SendOutcome,
    ) -> Result<()> {
        // The schedule of a replayed delivery begins at its replay.
        let attempts = (job.attempt + 1).saturating_sub(delivery.replayed_after);
        let retry = self.backoff.retry_delay(attempts, random::fraction(), retry_after);
        let (status, retry) = verdict(&attempt, retry);
        tracing::info!(
            delivery = %job.delivery_id, webhook = %job.webhook_id, attempt = job.attempt,
            status = attempt.status, latency_ms = attempt.latency_ms, "webhook attempt"
        );
        // The row first: if the message is lost after that, the ticker finds the row.
        let next = retry.map(|delay| {
            let next = self.clock.now().plus(delay);
            (next, backoff::look_again(next, delay))
        });
        let written =
            self.store.log_attempt(&job.delivery(), job.attempt, &attempt, status, next).await?;
        if let Some(delay) = retry.filter(|delay| written && *delay <= LONGEST_DELAY) {
            let again = Deliver { attempt: job.attempt + 1, deferrals: 0, ..job.clone() };
            self.queue.send(&again, delay).await?;
        }
        self.record_health(webhook, &attempt).await
    }

    async fn record_health(&self, webhook: &Webhook, attempt: &Attempt) -> Result<()> {
        let (scope, id) = (webhook.scope(), webhook.id);
        match webhook.health_after(attempt) {
            HealthChange::None => Ok(()),
            HealthChange::Recovers => self.store.end_failing(scope, id).await,
            HealthChange::BeginsFailing(at) => self.store.begin_failing(scope, id, at).await,
            HealthChange::Disable(why, since) => {
                if self.store.auto_disable_webhook(scope, id, why, since).await? {
                    tracing::info!(webhook = %id, reason = ?why.reason, "webhook disabled");
                }
                Ok(())
            }
        }
    }
}

/// Whether `delivery` awaits the attempt that `job` names.
fn awaits(job: &Deliver, delivery: &Delivery) -> bool {
    delivery.status == DeliveryStatus::Pending && delivery.attempts.len() == job.attempt
}

/// What `attempt` makes of its delivery, and the delay of the next attempt if there is one; `retry`
/// is that of the schedule.
fn verdict(attempt: &Attempt, retry: Option<Duration>) -> (DeliveryStatus, Option<Duration>) {
    match retry.filter(|_| !attempt.is_gone()) {
        _ if attempt.succeeded() => (DeliveryStatus::Delivered, None),
        Some(delay) => (DeliveryStatus::Pending, Some(delay)),
        None => (DeliveryStatus::Failed, None),
    }
}

#[cfg(test)]
mod tests {
    use domain::Timestamp;

    use super::*;

    #[test]
    fn a_failed_attempt_is_retried_unless_the_endpoint_is_gone_or_the_schedule_exhausted() {
        let verdict = |status, retry| {
            let (at, response) = (Timestamp::from_millis(0), String::new());
            let attempt = Attempt { at, status, latency_ms: 1, response };
            verdict(&attempt, retry)
        };
        let retry = Some(Duration::from_secs(5));
        for success in [200, 204, 299] {
            assert_eq!(verdict(Some(success), retry), (DeliveryStatus::Delivered, None));
            assert_eq!(verdict(Some(success), None), (DeliveryStatus::Delivered, None));
        }
        for failure in [None, Some(199), Some(301), Some(400), Some(429), Some(500)] {
            assert_eq!(verdict(failure, retry), (DeliveryStatus::Pending, retry));
            assert_eq!(verdict(failure, None), (DeliveryStatus::Failed, None));
        }
        assert_eq!(verdict(Some(410), retry), (DeliveryStatus::Failed, None));
    }
}
