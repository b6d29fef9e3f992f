//! Where deliveries go, a web address or a queue of the deployer's, and one attempt at either.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use aws_sdk_sqs::{
    Client as Sqs,
    error::{ProvideErrorMetadata, SdkError},
    types::MessageAttributeValue,
};
use domain::{
    Attempt, Delivery, Error, Result, Timestamp, Webhook, bounds,
    webhook::{KEPT_BODY, TIMEOUT},
};
use futures::FutureExt;
use outbound::{Client, OutboundError, Policy, Sent};
use url::Url;

/// Queue URLs that are remembered.
const MOST_QUEUES: usize = 1_000;

/// Which addresses a subscription may name.
#[derive(Debug, Clone)]
pub struct Targets {
    /// Which web addresses.
    pub policy: Policy,
    /// Which queues: their ARNs; a `*` at the end stands for anything.
    queues: Arc<[String]>,
}

impl Targets {
    /// Web addresses by `policy`, and the queues whose ARNs `queues` lists, separated by commas.
    pub fn new(policy: Policy, queues: &str) -> Self {
        let queues = queues.split(',').map(str::trim).filter(|arn| !arn.is_empty());
        Self { policy, queues: queues.map(str::to_owned).collect() }
    }

    /// Checks what a subscription names in its field `url`.
    pub(crate) fn check(&self, text: &str) -> Result<Url> {
        let refused = |why: &str| Error::field("url", why);
        if text.trim().starts_with("arn:") {
            let arn = QueueArn::parse(text.trim())
                .ok_or_else(|| refused("must be the ARN of a standard SQS queue, or a URL"))?;
            return match self.has(&arn.text) {
                true => Url::parse(&arn.text).map_err(|_| refused("must be an ARN")),
                false => Err(refused("must be a queue that this deployment sends to, or a URL")),
            };
        }
        let url = bounds::web_url("url", text)?;
        if url.scheme() != "https" && self.policy == Policy::Public {
            return Err(refused("must begin with https://"));
        }
        match self.policy.refuses(&url) {
            Some(why) => Err(refused(why)),
            None => Ok(url),
        }
    }

    fn has(&self, arn: &str) -> bool {
        self.queues.iter().any(|allowed| match allowed.strip_suffix('*') {
            Some(begin) => arn.starts_with(begin),
            None => allowed == arn,
        })
    }
}

/// `arn:<partition>:sqs:<region>:<account>:<name>`
#[derive(Debug, Clone, PartialEq, Eq)]
struct QueueArn {
    text: String,
    account: String,
    name: String,
}

impl QueueArn {
    /// Reads the ARN of a standard queue.
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let (arn, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
        let (region, account, name) = (parts.next()?, parts.next()?, parts.next()?);
        let plain = |text: &str, most: usize| {
            (1..=most).contains(&text.len())
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        };
        let fits = arn == "arn" && service == "sqs" && parts.next().is_none();
        let sound = plain(partition, 20)
            && plain(region, 30)
            && account.len() == 12
            && account.bytes().all(|b| b.is_ascii_digit())
            // A FIFO queue's name ends in .fifo, which does not fit.
            && plain(name, 80);
        (fits && sound).then(|| Self {
            text: text.to_owned(),
            account: account.to_owned(),
            name: name.to_owned(),
        })
    }
}

/// What came of an attempt.
#[derive(Debug, Clone)]
pub struct Tried {
    /// The attempt, as it is logged.
    pub attempt: Attempt,
    /// How long the endpoint asked to be left alone.
    pub asked: Option<Duration>,
    /// Whether there was no answer in time.
    pub timed_out: bool,
}

/// Makes attempts. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Sender {
    client: Client,
    sqs: Sqs,
    targets: Targets,
    /// By their ARNs.
    urls: Arc<Mutex<HashMap<String, String>>>,
}

impl Sender {
    /// Sends through `client` and `sqs` to what `targets` allows.
    pub fn new(client: Client, sqs: Sqs, targets: Targets) -> Self {
        Self { client, sqs, targets, urls: Arc::default() }
    }

    /// Where may be sent to.
    pub fn targets(&self) -> &Targets {
        &self.targets
    }

    /// Makes one attempt at `delivery`, with `headers` if it goes to a web address.
    pub(crate) async fn send(
        &self,
        webhook: &Webhook,
        delivery: &Delivery,
        headers: &[(String, String)],
    ) -> Tried {
        let at = Timestamp::now();
        let sent = match QueueArn::parse(&webhook.url) {
            Some(arn) => self.enqueue(&arn, webhook, delivery).await,
            None => match Url::parse(&webhook.url) {
                Ok(url) => {
                    let body = delivery.body.clone();
                    self.client.post_json(&url, headers, body, TIMEOUT, KEPT_BODY).await
                }
                Err(error) => Err(OutboundError::Failed(error.to_string())),
            },
        };
        let millis = |took: Duration| u32::try_from(took.as_millis()).unwrap_or(u32::MAX);
        match sent {
            Ok(Sent { status, body, retry_after, latency }) => Tried {
                attempt: Attempt {
                    at,
                    status: Some(status),
                    latency_ms: millis(latency),
                    response: body,
                },
                asked: retry_after,
                timed_out: false,
            },
            Err(error) => Tried {
                attempt: Attempt {
                    at,
                    status: None,
                    latency_ms: millis(Timestamp::now().since(at)),
                    response: error.to_string(),
                },
                asked: None,
                timed_out: matches!(error, OutboundError::TimedOut(_)),
            },
        }
    }

    /// Puts the envelope on a queue, with what tells it from others as attributes. SQS's answer is
    /// logged as an endpoint's would be: 200 and the message's id.
    async fn enqueue(
        &self,
        arn: &QueueArn,
        webhook: &Webhook,
        delivery: &Delivery,
    ) -> Result<Sent, OutboundError> {
        let begun = Timestamp::now();
        // A queue that the deployer took off the list since the subscription was made.
        if !self.targets.has(&arn.text) {
            let why = "is not a queue that this deployment sends to";
            return Err(OutboundError::Refused(arn.text.clone(), why));
        }
        let text = |value: &str| {
            let value = MessageAttributeValue::builder().data_type("String").string_value(value);
            value.build().map_err(|e| OutboundError::Failed(e.to_string()))
        };
        let send = async {
            let request = self
                .sqs
                .send_message()
                .queue_url(self.url(arn).await?)
                .message_body(&delivery.body)
                .message_attributes("event", text(&delivery.event)?)
                .message_attributes("dialect", text(webhook.dialect.name())?)
                .message_attributes("id", text(&delivery.id.to_string())?);
            // On the heap, since the client's futures nest too deep for the compiler.
            request.send().boxed().await.map_err(|error| failed(&error))
        };
        let sent = tokio::time::timeout(TIMEOUT, send)
            .await
            .map_err(|_| OutboundError::TimedOut(TIMEOUT.as_secs()))??;
        Ok(Sent {
            status: 200,
            body: sent.message_id.unwrap_or_default(),
            retry_after: None,
            latency: Timestamp::now().since(begun),
        })
    }

    async fn url(&self, arn: &QueueArn) -> Result<String, OutboundError> {
        let known =
            self.urls.lock().unwrap_or_else(PoisonError::into_inner).get(&arn.text).cloned();
        if let Some(url) = known {
            return Ok(url);
        }
        let request =
            self.sqs.get_queue_url().queue_name(&arn.name).queue_owner_aws_account_id(&arn.account);
        let found = request.send().boxed().await.map_err(|error| failed(&error))?;
        let url = found.queue_url.unwrap_or_default();
        let mut urls = self.urls.lock().unwrap_or_else(PoisonError::into_inner);
        if urls.len() >= MOST_QUEUES {
            urls.clear();
        }
        urls.insert(arn.text.clone(), url.clone());
        Ok(url)
    }
}

/// What SQS said, in words that fit its owner's eyes.
fn failed<E: ProvideErrorMetadata>(error: &SdkError<E>) -> OutboundError {
    OutboundError::Failed(match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        _ => "SQS could not be reached".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_queues_that_are_listed_are_taken() {
        let targets = Targets::new(
            Policy::Public,
            "arn:aws:sqs:eu-central-1:123456789012:orders, arn:aws:sqs:eu-central-1:123456789012:x-*",
        );
        let queue = |name: &str| format!("arn:aws:sqs:eu-central-1:123456789012:{name}");
        for good in ["orders", "x-", "x-1"] {
            assert_eq!(targets.check(&queue(good)).unwrap().as_str(), queue(good));
        }
        for bad in ["order", "orders2", "x", "x-1.fifo", "x-1:y", "x-%2f", ""] {
            assert_eq!(targets.check(&queue(bad)).unwrap_err().fields[0].field, "url", "{bad}");
        }
        for bad in ["arn:aws:sns:eu-central-1:123456789012:orders", "arn:", "http://example.com/"] {
            assert!(targets.check(bad).is_err(), "{bad}");
        }
        assert!(Targets::new(Policy::Local, "").check(&queue("orders")).is_err());
    }
}
