//! Transport: where deliveries go, a web address or a queue of the deployer's, and one attempt at
//! either.

mod http;
mod sqs;

use std::{sync::Arc, time::Duration};

use domain::{Attempt, Delivery, Error, Timestamp, Webhook, WorkspaceId, bounds, webhook::TIMEOUT};
use outbound::{Client, OutboundError, Policy, Sent};
use store::Store;
use url::Url;

use http::HttpTransport;
use sqs::{QueueArn, SqsTransport};

/// Which addresses a subscription may name, whoever makes it.
#[derive(Debug, Clone)]
pub struct Targets {
    /// Which web addresses.
    pub policy: Policy,
    /// Which queues: their ARNs; a `*` at the end matches anything.
    queues: Arc<[String]>,
}

impl Targets {
    /// Web addresses by `policy`, and the queues whose ARNs `queues` lists, separated by commas.
    pub fn new(policy: Policy, queues: &str) -> Self {
        let queues = queues.split(',').map(str::trim).filter(|arn| !arn.is_empty());
        Self { policy, queues: queues.map(str::to_owned).collect() }
    }

    /// Checks what a subscription names in its field `url`.
    pub(crate) fn check(&self, text: &str) -> domain::Result<Url> {
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
        matches_any(&self.queues, arn)
    }
}

/// The host that an address names; an address without one is its own.
pub(super) fn host(url: &str) -> String {
    let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    host.unwrap_or_else(|| url.to_owned())
}

/// Whether `arn` is one of `allowed`, in which a `*` at the end matches anything.
fn matches_any(allowed: &[String], arn: &str) -> bool {
    allowed.iter().any(|allowed| match allowed.strip_suffix('*') {
        Some(begin) => arn.starts_with(begin),
        None => allowed == arn,
    })
}

/// Whether a webhook of `workspace` may name `url`: any web address, and the queues that the operator
/// allotted to the workspace.
pub(super) async fn is_allotted(
    store: &Store,
    workspace: WorkspaceId,
    url: &str,
) -> domain::Result<bool> {
    let Some(arn) = QueueArn::parse(url) else { return Ok(true) };
    Ok(matches_any(&store.allotted_queues(workspace).await?, &arn.text))
}

/// The outcome of one attempt.
#[derive(Debug, Clone)]
pub struct SendOutcome {
    /// The attempt, as it is logged.
    pub attempt: Attempt,
    /// The endpoint's `Retry-After`.
    pub retry_after: Option<Duration>,
    /// Whether there was no answer in time.
    pub timed_out: bool,
}

/// Makes attempts, over HTTP or SQS. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Transport {
    http: HttpTransport,
    sqs: SqsTransport,
    targets: Targets,
}

impl Transport {
    /// Sends through `client` and `sqs` to what `targets` allows.
    pub fn new(client: Client, sqs: aws_sdk_sqs::Client, targets: Targets) -> Self {
        Self { http: HttpTransport::new(client), sqs: SqsTransport::new(sqs), targets }
    }

    /// Which addresses a subscription may name.
    pub fn targets(&self) -> &Targets {
        &self.targets
    }

    /// Makes one attempt at `delivery`, with `headers` if it goes to a web address.
    pub(crate) async fn send(
        &self,
        store: &Store,
        webhook: &Webhook,
        delivery: &Delivery,
        headers: &[(String, String)],
    ) -> domain::Result<SendOutcome> {
        let at = Timestamp::now();
        let is_allotted = is_allotted(store, webhook.workspace_id, &webhook.url).await?;
        let sent = match QueueArn::parse(&webhook.url) {
            Some(arn) if !is_allotted => {
                let why = "is not a queue that this workspace may send to";
                Err(OutboundError::Refused(arn.text, why))
            }
            // The deployer may have taken a queue off the list since the subscription was made.
            Some(arn) if !self.targets.has(&arn.text) => {
                let why = "is not a queue that this deployment sends to";
                Err(OutboundError::Refused(arn.text, why))
            }
            Some(arn) => self.sqs.send(&arn, webhook, delivery).await,
            None => self.http.send(&webhook.url, delivery, headers).await,
        };
        Ok(outcome(at, sent))
    }
}

/// What became of an attempt that began `at`.
fn outcome(at: Timestamp, sent: Result<Sent, OutboundError>) -> SendOutcome {
    let millis = |took: Duration| u32::try_from(took.as_millis()).unwrap_or(u32::MAX);
    match sent {
        Ok(Sent { status, body, retry_after, latency }) => SendOutcome {
            attempt: Attempt {
                at,
                status: Some(status),
                latency_ms: millis(latency),
                response: body,
            },
            retry_after,
            timed_out: false,
        },
        Err(error) => {
            // A tenant is not told a port that refuses from one that is silent, or one that speaks
            // something else: neither by the text nor by the time that it took.
            let (latency_ms, response) = match error {
                OutboundError::TimedOut(_) | OutboundError::Lost(_) | OutboundError::Failed(_) => {
                    tracing::debug!(?error, "an endpoint did not answer");
                    (millis(TIMEOUT), error.to_string())
                }
                _ => (millis(Timestamp::now().since(at)), error.to_string()),
            };
            SendOutcome {
                attempt: Attempt { at, status: None, latency_ms, response },
                retry_after: None,
                timed_out: matches!(error, OutboundError::TimedOut(_)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_tenant_reads_of_an_attempt_does_not_tell_which_ports_are_open() {
        let at = Timestamp::now();
        let read = |error| {
            let Attempt { status, latency_ms, response, .. } = outcome(at, Err(error)).attempt;
            (status, latency_ms, response)
        };
        let silent = read(OutboundError::TimedOut(TIMEOUT.as_secs()));
        assert_eq!(silent.1, 15_000);
        assert_eq!(read(OutboundError::Lost("connection refused".into())), silent);
        assert_eq!(read(OutboundError::Failed("received corrupt message".into())), silent);
    }

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
