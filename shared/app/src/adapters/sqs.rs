//! One SQS queue, and what can be sent to it. What messages say is in the room of each job.

use std::time::Duration;

use aws_sdk_sqs::{
    Client,
    error::DisplayErrorContext,
    types::{MessageAttributeValue, SendMessageBatchRequestEntry},
};
use domain::{Error, Result};
use futures::FutureExt;

/// SQS holds a message back for at most a quarter of an hour.
pub const LONGEST_DELAY: Duration = Duration::from_secs(15 * 60);

/// A message to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueMessage {
    /// Its body.
    pub body: String,
    /// Its group, by which a fair queue keeps one sender's many from holding up all others.
    pub group: Option<String>,
}

/// One SQS queue.
#[derive(Debug, Clone)]
pub struct Queue {
    client: Client,
    url: String,
}

impl Queue {
    /// The queue at `url`.
    pub fn new(client: Client, url: impl Into<String>) -> Self {
        Self { client, url: url.into() }
    }

    /// Sends one message, to be seen after `delay`.
    pub async fn send(&self, message: &QueueMessage, delay: Duration) -> Result<()> {
        let delay = i32::try_from(delay.min(LONGEST_DELAY).as_secs()).unwrap_or(0);
        let request = self
            .client
            .send_message()
            .queue_url(&self.url)
            .message_body(&message.body)
            .set_delay_seconds((delay > 0).then_some(delay))
            .set_message_group_id(message.group.clone());
        // On the heap, since the client's futures nest too deep for the compiler.
        let sent = request.send().boxed();
        sent.await.map_err(|e| Error::internal(DisplayErrorContext(e).to_string()))?;
        Ok(())
    }

    /// Puts a message that can't be worked on aside, as it came, with the reason as an attribute.
    pub async fn put_aside(&self, body: &str, reason: &str) -> Result<()> {
        let reason = MessageAttributeValue::builder().data_type("String").string_value(reason);
        let request = self
            .client
            .send_message()
            .queue_url(&self.url)
            // An empty body is none that SQS takes.
            .message_body(if body.is_empty() { "(empty)" } else { body })
            .message_attributes("reason", reason.build().map_err(Error::internal)?);
        let sent = request.send().boxed();
        sent.await.map_err(|e| Error::internal(DisplayErrorContext(e).to_string()))?;
        Ok(())
    }

    /// Sends all `messages`, ten at a time. Fails if any was not taken.
    pub async fn send_all(&self, messages: &[QueueMessage]) -> Result<()> {
        for chunk in messages.chunks(10) {
            let mut entries = Vec::with_capacity(chunk.len());
            for (at, message) in chunk.iter().enumerate() {
                let entry = SendMessageBatchRequestEntry::builder().id(at.to_string());
                let entry = entry.message_body(&message.body);
                let entry = entry.set_message_group_id(message.group.clone());
                entries.push(entry.build().map_err(Error::internal)?);
            }
            let request =
                self.client.send_message_batch().queue_url(&self.url).set_entries(Some(entries));
            let sent = request.send().boxed();
            let sent =
                sent.await.map_err(|e| Error::internal(DisplayErrorContext(e).to_string()))?;
            if !sent.failed().is_empty() {
                let count = sent.failed().len();
                return Err(Error::internal(format!("{count} messages were not taken")));
            }
        }
        Ok(())
    }
}
