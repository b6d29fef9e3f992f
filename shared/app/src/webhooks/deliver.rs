//! Attempts at deliveries. The row is the truth: a message only says that it is time to look.

use std::time::Duration;

use domain::{
    Attempt, Delivery, DeliveryStatus, Error, Held, OffReason, Result, SwitchedOff, Timestamp,
    Webhook, WebhookStatus,
    webhook::{TIMEOUT, hold, wait},
};
use store::Store;

use crate::{
    Core,
    adapters::random,
    adapters::seal::Sealer,
    adapters::sqs::{Deliver, LONGEST_DELAY, Queue, VERSION},
    webhooks::limiter::Turns,
    webhooks::transport::{Sender, Tried},
};

/// How long a message may be on its way before the ticker sends another.
pub(crate) const LEASE: Duration = Duration::from_secs(5 * 60);

/// The endpoint is gone for good.
const GONE: u16 = 410;
/// One that finds its endpoint busy is put off by this, and by twice as long each time, up to
/// [`LONGEST_PUT_OFF`].
const PUT_OFF: Duration = Duration::from_secs(1);
const LONGEST_PUT_OFF: Duration = Duration::from_secs(8);
/// So many times in a row take less than a lease.
const PUT_OFFS: u32 = 16;
/// What is put off is spread over this at the most, so that it does not all come back at once.
const SPREAD: Duration = Duration::from_secs(30);

/// Builds the headers of a delivery, signature included. Handed in, since use cases know no
/// dialect's shapes. Takes the secrets to sign with, the newest first, and the time of the attempt.
pub type Headers = fn(&Webhook, &Delivery, &[String], Timestamp) -> Vec<(String, String)>;

/// Delivering: what `delivery-worker` needs beyond [`Core`].
#[derive(Debug, Clone)]
pub struct Delivering {
    store: Store,
    queue: Queue,
    sender: Sender,
    sealer: Sealer,
    headers: Headers,
    pace: u32,
    turns: Turns,
}

/// The secrets that sign for `webhook` at `now`, the newest first.
pub(crate) fn secrets(sealer: &Sealer, webhook: &Webhook, now: Timestamp) -> Result<Vec<String>> {
    let retired = webhook.retired_secret.as_ref().filter(|retired| now < retired.until);
    [Some(&webhook.sealed_secret), retired.map(|retired| &retired.sealed)]
        .into_iter()
        .flatten()
        .map(|sealed| sealer.open(&webhook.id.to_string(), sealed))
        .collect()
}

/// Whether an attempt may be made at an endpoint now.
enum May {
    /// It may. The hold is as it is then.
    Try(Option<Held>),
    /// Only after this time.
    Wait(Duration),
}

impl Delivering {
    /// Delivering over `core`; retries go through `queue`, `pace` times as fast as the schedule
    /// says.
    pub fn new(
        core: Core,
        queue: Queue,
        sender: Sender,
        sealer: Sealer,
        headers: Headers,
        pace: u32,
    ) -> Self {
        let turns = Turns::default();
        Self { store: core.store, queue, sender, sealer, headers, pace, turns }
    }

    /// Handles one message: makes the attempt it names, unless that was made before.
    pub async fn handle(&self, job: &Deliver) -> Result<()> {
        if job.v != VERSION {
            return Err(Error::internal(format!("delivery message of version {}", job.v)));
        }
        let reference = job.delivery();
        let key = reference.key();
        let (delivery, webhook) = tokio::try_join!(
            self.store.delivery(&key),
            self.store.webhook(job.scope, job.webhook_id, false)
        )?;
        let awaits = |delivery: &Delivery| {
            delivery.status == DeliveryStatus::Pending && delivery.attempts.len() == job.attempt
        };
        // One that was just sent again may look as it did before.
        let delivery = match delivery {
            Some(delivery) if !awaits(&delivery) => self.store.fresh_delivery(&key).await?,
            found => found,
        };
        let Some(delivery) = delivery else { return Ok(()) };
        if !awaits(&delivery) {
            return self.go_on(job, &delivery).await;
        }
        let webhook = match webhook {
            Some(webhook) => Some(webhook),
            None => self.store.webhook(job.scope, job.webhook_id, true).await?,
        };
        let Some(webhook) = webhook.filter(|w| w.status == WebhookStatus::Active) else {
            return self.store.abandon_delivery(&key).await;
        };
        let held = match self.may_try(&webhook).await? {
            May::Try(held) => held,
            May::Wait(wait) => return self.put_off(job, wait).await,
        };
        let Some(_turn) = self.turns.take(webhook.id).await else {
            let busy = PUT_OFF.saturating_mul(1 << job.put_off.min(8)).min(LONGEST_PUT_OFF);
            return self.put_off(job, busy).await;
        };
        let now = Timestamp::now();
        let secrets = secrets(&self.sealer, &webhook, now)?;
        let headers = (self.headers)(&webhook, &delivery, &secrets, now);
        let tried = self.sender.send(&webhook, &delivery, &headers).await;
        // Before anything that takes time: others are about to run into the same.
        self.note_time(&webhook, held, &tried).await?;
        self.settle(job, &delivery, &webhook, tried).await
    }

    /// The message of an attempt that was made comes again where its worker died: perhaps before
    /// the next attempt's message was sent. That is sent once more; of two the second finds nothing
    /// to do.
    async fn go_on(&self, job: &Deliver, delivery: &Delivery) -> Result<()> {
        let follows = delivery.attempts.len() == job.attempt + 1;
        let waits = delivery.status == DeliveryStatus::Pending && follows;
        let Some(next) = delivery.next_attempt_at.filter(|_| waits) else { return Ok(()) };
        let wait = next.since(Timestamp::now());
        match wait <= LONGEST_DELAY {
            true => self.queue.send(&Deliver::next(delivery), wait).await,
            // The ticker sends it in time.
            false => Ok(()),
        }
    }

    /// An endpoint that is held back is asked by one delivery at a time, whatever the number of
    /// workers: the one that moves the hold on.
    async fn may_try(&self, webhook: &Webhook) -> Result<May> {
        let Some(held) = webhook.held else { return Ok(May::Try(None)) };
        let now = Timestamp::now();
        if now < held.until {
            return Ok(May::Wait(held.until.since(now)));
        }
        let asking = Held { until: now.plus(TIMEOUT), ..held };
        let (scope, id) = (webhook.scope(), webhook.id);
        match self.store.hold_webhook(scope, id, Some(held), Some(asking)).await? {
            true => Ok(May::Try(Some(asking))),
            // Another one asks, or the hold has ended.
            false => Ok(May::Wait(PUT_OFF)),
        }
    }

    /// Sends the message once more instead of making the attempt, which stays the delivery's next.
    async fn put_off(&self, job: &Deliver, wait: Duration) -> Result<()> {
        let spread = wait.min(SPREAD).mul_f64(random::fraction());
        let wait = (wait + spread).clamp(PUT_OFF, LONGEST_DELAY);
        // Should the message be lost, the row is found; not written each time, since a lease is
        // longer than many short waits.
        if job.put_off.is_multiple_of(PUT_OFFS) || wait > LONGEST_PUT_OFF * 2 {
            let until = Timestamp::now().plus(wait + LEASE);
            self.store.put_off_delivery(&job.delivery().key(), until).await?;
        }
        let later = Deliver { put_off: job.put_off.saturating_add(1), ..job.clone() };
        self.queue.send(&later, wait).await
    }

    /// Begins, goes on with or ends holding back an endpoint, by whether it answered in time.
    async fn note_time(&self, webhook: &Webhook, held: Option<Held>, tried: &Tried) -> Result<()> {
        if tried.timed_out {
            self.turns.close(webhook.id);
        }
        let next = tried.timed_out.then(|| {
            let times = held.map_or(0, |held| held.times).saturating_add(1);
            Held { until: Timestamp::now().plus(hold(times) / self.pace), times }
        });
        if next.is_some() || held.is_some() {
            self.store.hold_webhook(webhook.scope(), webhook.id, held, next).await?;
        }
        Ok(())
    }

    async fn settle(
        &self,
        job: &Deliver,
        delivery: &Delivery,
        webhook: &Webhook,
        Tried { attempt, asked, .. }: Tried,
    ) -> Result<()> {
        let gone = attempt.status == Some(GONE);
        // The schedule of one that was sent again begins there.
        let tried = (job.attempt + 1).saturating_sub(delivery.replayed_after);
        let wait = wait(tried, random::fraction(), asked).filter(|_| !gone);
        let wait = wait.map(|wait| wait / self.pace);
        let status = match (attempt.succeeded(), wait) {
            (true, _) => DeliveryStatus::Delivered,
            (false, Some(_)) => DeliveryStatus::Pending,
            (false, None) => DeliveryStatus::Failed,
        };
        let wait = wait.filter(|_| status == DeliveryStatus::Pending);
        tracing::info!(
            delivery = %job.delivery_id, webhook = %job.webhook_id, attempt = job.attempt,
            status = attempt.status, latency_ms = attempt.latency_ms, "webhook attempt"
        );
        // The row first: if the message is lost after that, the ticker finds the row.
        let next = wait.map(|wait| {
            let next = Timestamp::now().plus(wait);
            (next, look_again(next, wait))
        });
        let written =
            self.store.log_attempt(&job.delivery(), job.attempt, &attempt, status, next).await?;
        if let Some(wait) = wait.filter(|wait| written && *wait <= LONGEST_DELAY) {
            let again = Deliver { attempt: job.attempt + 1, put_off: 0, ..job.clone() };
            self.queue.send(&again, wait).await?;
        }
        self.note_health(webhook, &attempt).await
    }

    /// What an attempt says of its endpoint. While that goes on as before, nothing is written.
    async fn note_health(&self, webhook: &Webhook, attempt: &Attempt) -> Result<()> {
        let (scope, id, at) = (webhook.scope(), webhook.id, attempt.at);
        let (reason, since) = match webhook.failing_since {
            _ if attempt.status == Some(GONE) => (OffReason::Gone, None),
            None if attempt.succeeded() => return Ok(()),
            Some(_) if attempt.succeeded() => return self.store.end_failing(scope, id).await,
            None => return self.store.begin_failing(scope, id, at).await,
            Some(since) if webhook.has_failed_for_too_long(at) => (OffReason::Failing, Some(since)),
            Some(_) => return Ok(()),
        };
        let off = SwitchedOff { at, reason };
        if self.store.switch_off_webhook(scope, id, off, since).await? {
            tracing::info!(webhook = %id, ?reason, "subscription switched off");
        }
        Ok(())
    }
}

/// When the ticker looks at a delivery that is due at `next`: well after it where a message is on
/// its way, well before it where it has yet to be sent.
fn look_again(next: Timestamp, wait: Duration) -> Timestamp {
    if wait <= LONGEST_DELAY {
        return next.plus(LEASE);
    }
    let early = i64::try_from((LONGEST_DELAY - LEASE).as_millis()).unwrap_or(0);
    Timestamp::from_millis(next.millis() - early)
}
