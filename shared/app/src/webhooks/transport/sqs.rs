//! Attempts at SQS queues of the deployer's account.

use std::borrow::Cow;

use aws_sdk_sqs::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    types::MessageAttributeValue,
};
use cache::ByteCache;
use domain::{Delivery, Timestamp, Webhook, webhook::TIMEOUT};
use futures::FutureExt;
use outbound::{OutboundError, Sent};

/// Bytes of the queue URLs that are cached.
const MAX_CACHED: usize = 256 * 1024;

/// The ARN of a standard queue: `arn:<partition>:sqs:<region>:<account>:<name>`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct QueueArn {
    pub text: String,
    account: String,
    name: String,
}

impl QueueArn {
    /// Reads the ARN of a standard queue.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let (arn, partition, service) = (parts.next()?, parts.next()?, parts.next()?);
        let (region, account, name) = (parts.next()?, parts.next()?, parts.next()?);
        let plain = |text: &str, max: usize| {
            (1..=max).contains(&text.len())
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

/// Sends deliveries to queues. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct SqsTransport {
    client: Client,
    /// Queue URLs by ARN.
    urls: ByteCache<String, String>,
}

impl SqsTransport {
    pub fn new(client: Client) -> Self {
        Self { client, urls: ByteCache::new(MAX_CACHED, |arn, url| arn.len() + url.len()) }
    }

    /// Sends the body of `delivery`, with event, dialect and id as attributes. SQS's answer is
    /// logged as an endpoint's would be: 200 and the message's id.
    pub async fn send(
        &self,
        arn: &QueueArn,
        webhook: &Webhook,
        delivery: &Delivery,
    ) -> Result<Sent, OutboundError> {
        let begun = Timestamp::now();
        let text = |value: &str| {
            let value = MessageAttributeValue::builder().data_type("String").string_value(value);
            value.build().map_err(|e| OutboundError::Queue(e.to_string()))
        };
        let send = async {
            let request = self
                .client
                .send_message()
                .queue_url(self.url(arn).await?)
                .message_body(accepted(&delivery.body))
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
        let load = async {
            let request = self
                .client
                .get_queue_url()
                .queue_name(&arn.name)
                .queue_owner_aws_account_id(&arn.account);
            let found = request.send().boxed().await.map_err(|error| failed(&error))?;
            Ok(found.queue_url.unwrap_or_default())
        };
        self.urls.get_or_load(&arn.text, load).await
    }
}

/// `body`, which is JSON, without the two characters that SQS refuses: as their escapes.
fn accepted(body: &str) -> Cow<'_, str> {
    match body.contains(['\u{fffe}', '\u{ffff}']) {
        false => Cow::Borrowed(body),
        true => body.replace('\u{fffe}', "\\ufffe").replace('\u{ffff}', "\\uffff").into(),
    }
}

/// What SQS said; user-facing.
fn failed<E: ProvideErrorMetadata>(error: &SdkError<E>) -> OutboundError {
    OutboundError::Queue(match (error.code(), error.message()) {
        (Some(code), Some(message)) => format!("{code}: {message}"),
        (Some(code), None) => code.to_owned(),
        _ => "SQS could not be reached".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sqs_refuses_is_escaped_and_says_the_same() {
        let said = "a \u{fffe} b \u{ffff} c \u{fffd} é 😀";
        let body = serde_json::json!({ "message": said }).to_string();
        let sent = accepted(&body);
        assert!(!sent.contains(['\u{fffe}', '\u{ffff}']) && sent.contains('\u{fffd}'));
        let read: serde_json::Value = serde_json::from_str(&sent).unwrap();
        assert_eq!(read["message"], said);
        assert_eq!(accepted("{}"), "{}");
    }
}
