//! Batches of SQS messages.

use std::future::Future;

use app::work_queue::{self, Job};
use aws_lambda_events::sqs::{SqsBatchResponse, SqsEvent};
use domain::{Error, Result};
use futures::{StreamExt, stream};
use serde_json::Value;
use store::meter::Meter;
use tracing::Instrument;

/// Messages of a batch that are worked on at the same time.
const AT_ONCE: usize = 10;

/// Has `worker` carry out the job of each message of `event`; the messages that failed. A message
/// that can't be read fails too: it is received again until it is moved to the dead-letter queue.
pub async fn jobs<J: Job>(event: Value, worker: &J::Worker) -> Result<SqsBatchResponse> {
    bodies(event, |body| async move { work_queue::decode::<J>(&body)?.run(worker).await }).await
}

/// Hands the body of each message of `event` to `handle`; the messages that failed.
pub async fn bodies<F>(event: Value, handle: impl Fn(String) -> F) -> Result<SqsBatchResponse>
where
    F: Future<Output = Result<()>>,
{
    let event: SqsEvent = serde_json::from_value(event).map_err(Error::internal)?;
    let handle = &handle;
    let failed: Vec<Option<String>> = stream::iter(event.records)
        .map(|message| async move {
            let id = message.message_id.unwrap_or_default();
            let span = tracing::info_span!("message", id);
            let body = message.body.unwrap_or_default();
            // Of this message alone, and of whatever the batch is part of.
            let around = Meter::current();
            let forked = around.fork();
            let meter = &forked.concurrent;
            let done = meter.scope(handle(body)).instrument(span.clone()).await;
            let units = meter.units();
            around.join(&forked);
            span.in_scope(|| match done {
                Ok(()) => {
                    tracing::info!(read_units = units.read, write_units = units.write, "job done");
                    None
                }
                Err(error) => {
                    tracing::error!(%error, "job failed, will be retried");
                    Some(id)
                }
            })
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let mut response = SqsBatchResponse::default();
    response.set_failures(failed.into_iter().flatten());
    Ok(response)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use app::work_queue::WorkQueue;
    use serde::{Deserialize, Serialize};
    use serde_json::json;

    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Count {
        n: u8,
    }

    impl Job for Count {
        type Worker = Mutex<Vec<u8>>;
        const QUEUE: WorkQueue = WorkQueue { name: "", worker: "", setting: "" };
        const VERSION: u8 = 3;

        async fn run(self, counted: &Self::Worker) -> Result<()> {
            counted.lock().unwrap().push(self.n);
            if self.n == 2 { Err(Error::internal("no")) } else { Ok(()) }
        }
    }

    #[tokio::test]
    async fn what_failed_what_is_no_job_and_what_is_of_another_version_is_received_again() {
        let message = |id: &str, body: &str| json!({"messageId": id, "body": body});
        let event = json!({"Records": [
            message("a", "{\"v\":3,\"n\":1}"),
            message("b", "{\"v\":3,\"n\":2}"),
            message("c", "not json"),
            message("d", "{\"v\":4,\"n\":1}"),
            message("e", "{\"n\":1}"),
        ]});
        let counted = Mutex::default();
        let response = jobs::<Count>(event, &counted).await.unwrap();
        let response = serde_json::to_value(response).unwrap();
        let mut failed: Vec<_> = response["batchItemFailures"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| f["itemIdentifier"].as_str().unwrap())
            .collect();
        failed.sort_unstable();
        assert_eq!(failed, ["b", "c", "d", "e"]);
        let mut counted = counted.into_inner().unwrap();
        counted.sort_unstable();
        assert_eq!(counted, [1, 2]);
    }
}
