//! Looking at queues: whether anything is left to do.

use app::jobs;
use aws_sdk_sqs::{Client, types::QueueAttributeName};

use crate::{LocalError, Result};

/// Whether messages that are put here wait for a person and not for a worker.
pub fn is_dead_letters(queue: &str) -> bool {
    jobs::ALL.iter().any(|job| job.queue.dead_letters() == queue) || queue == "StreamFailures"
}

/// A look at some queues.
pub struct QueueProbe {
    pub sqs: Client,
    pub urls: Vec<String>,
}

impl QueueProbe {
    /// Messages in sight or being worked on. Those that are held back for later are not counted.
    pub async fn waiting(&self) -> Result<u64> {
        self.count(&[
            QueueAttributeName::ApproximateNumberOfMessages,
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        ])
        .await
    }

    /// Messages that are held back for later.
    pub async fn held_back(&self) -> Result<u64> {
        self.count(&[QueueAttributeName::ApproximateNumberOfMessagesDelayed]).await
    }

    async fn count(&self, states: &[QueueAttributeName]) -> Result<u64> {
        let mut waiting = 0;
        for url in &self.urls {
            let found = self
                .sqs
                .get_queue_attributes()
                .queue_url(url)
                .attribute_names(QueueAttributeName::All)
                .send()
                .await
                .map_err(|e| LocalError(aws_sdk_sqs::error::DisplayErrorContext(e).to_string()))?;
            for name in states {
                let count = found.attributes().and_then(|all| all.get(name));
                waiting += count.and_then(|n| n.parse::<u64>().ok()).unwrap_or(0);
            }
        }
        Ok(waiting)
    }
}
