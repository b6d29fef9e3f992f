//! Attempts at deliveries. The row is the truth: a message only says that it is time to look.

use std::time::Duration;

use domain::{
    Attempt, Delivery, DeliveryStatus, Error, OffReason, Result, SwitchedOff, Timestamp, Webhook,
    WebhookStatus,
    webhook::{KEPT_BODY, TIMEOUT, wait},
};
use outbound::{Client, OutboundError, Sent};
use store::Store;
use url::Url;

use crate::{
    Core,
    queue::{Deliver, LONGEST_DELAY, Queue, VERSION},
    random,
    seal::Sealer,
};

/// How long a message may be on its way before the ticker sends another.
pub(crate) const LEASE: Duration = Duration::from_secs(5 * 60);

/// The endpoint is gone for good.
const GONE: u16 = 410;

/// Builds the headers of a delivery, signature included. Handed in, since use cases know no
/// dialect's shapes. Takes the secrets to sign with, the newest first, and the time of the attempt.
pub type Headers = fn(&Webhook, &Delivery, &[String], Timestamp) -> Vec<(String, String)>;

/// Delivering: what `delivery-worker` needs beyond [`Core`].
#[derive(Debug, Clone)]
pub struct Delivering {
    store: Store,
    queue: Queue,
    client: Client,
    sealer: Sealer,
    headers: Headers,
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

/// Makes one attempt; used for tests of a webhook too.
pub(crate) async fn attempt(
    client: &Client,
    url: &str,
    headers: &[(String, String)],
    body: String,
) -> (Attempt, Option<Duration>) {
    let at = Timestamp::now();
    let sent = match Url::parse(url) {
        Ok(url) => client.post_json(&url, headers, body, TIMEOUT, KEPT_BODY).await,
        Err(error) => Err(OutboundError::Failed(error.to_string())),
    };
    let millis = |took: Duration| u32::try_from(took.as_millis()).unwrap_or(u32::MAX);
    match sent {
        Ok(Sent { status, body, retry_after, latency }) => (
            Attempt { at, status: Some(status), latency_ms: millis(latency), response: body },
            retry_after,
        ),
        Err(error) => {
            let latency_ms = millis(Timestamp::now().since(at));
            (Attempt { at, status: None, latency_ms, response: error.to_string() }, None)
        }
    }
}

impl Delivering {
    /// Delivering over `core`; retries go through `queue`.
    pub fn new(core: Core, queue: Queue, client: Client, sealer: Sealer, headers: Headers) -> Self {
        Self { store: core.store, queue, client, sealer, headers }
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
        let Some(delivery) = delivery.filter(awaits) else { return Ok(()) };
        let webhook = match webhook {
            Some(webhook) => Some(webhook),
            None => self.store.webhook(job.scope, job.webhook_id, true).await?,
        };
        let Some(webhook) = webhook.filter(|w| w.status == WebhookStatus::Active) else {
            return self.store.abandon_delivery(&key).await;
        };
        let now = Timestamp::now();
        let secrets = secrets(&self.sealer, &webhook, now)?;
        let headers = (self.headers)(&webhook, &delivery, &secrets, now);
        let (attempt, asked) =
            attempt(&self.client, &webhook.url, &headers, delivery.body.clone()).await;
        self.settle(job, &delivery, &webhook, attempt, asked).await
    }

    async fn settle(
        &self,
        job: &Deliver,
        delivery: &Delivery,
        webhook: &Webhook,
        attempt: Attempt,
        asked: Option<Duration>,
    ) -> Result<()> {
        let gone = attempt.status == Some(GONE);
        // The schedule of one that was sent again begins there.
        let tried = (job.attempt + 1).saturating_sub(delivery.replayed_after);
        let wait = wait(tried, random::fraction(), asked).filter(|_| !gone);
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
            let again = Deliver { attempt: job.attempt + 1, ..job.clone() };
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
