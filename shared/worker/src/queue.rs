//! Batches of SQS messages.

use std::future::Future;

use aws_lambda_events::sqs::SqsEvent;
use domain::{Error, Result};
use futures::{StreamExt, stream};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use store::meter::Meter;
use tracing::Instrument;

/// Messages of a batch that are worked on at the same time.
const AT_ONCE: usize = 10;

/// Hands each message of `event` to `handle` and answers with those that failed. A message that
/// can't be read fails too: it comes again until it is put aside in the dead-letter queue.
pub async fn messages<J, F>(event: Value, handle: impl Fn(J) -> F) -> Result<Value>
where
    J: DeserializeOwned,
    F: Future<Output = Result<()>>,
{
    let handle = &handle;
    bodies(event, |body| async move {
        let job: J = serde_json::from_str(&body).map_err(Error::internal)?;
        handle(job).await
    })
    .await
}

/// The same for bodies that are not read yet.
pub async fn bodies<F>(event: Value, handle: impl Fn(String) -> F) -> Result<Value>
where
    F: Future<Output = Result<()>>,
{
    let event: SqsEvent = serde_json::from_value(event).map_err(Error::internal)?;
    let handle = &handle;
    let failed: Vec<Option<Value>> = stream::iter(event.records)
        .map(|message| async move {
            let id = message.message_id.unwrap_or_default();
            let span = tracing::info_span!("message", id);
            let body = message.body.unwrap_or_default();
            let meter = Meter::default();
            let done = meter.scope(handle(body)).instrument(span.clone()).await;
            let units = meter.units();
            span.in_scope(|| match done {
                Ok(()) => {
                    tracing::info!(read_units = units.read, write_units = units.write, "job done");
                    None
                }
                Err(error) => {
                    tracing::error!(%error, "job failed and will come again");
                    Some(json!({ "itemIdentifier": id }))
                }
            })
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let failures: Vec<Value> = failed.into_iter().flatten().collect();
    Ok(json!({ "batchItemFailures": failures }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_what_failed_comes_again() {
        let message = |id: &str, body: &str| json!({"messageId": id, "body": body});
        let event = json!({"Records": [
            message("a", "{\"n\": 1}"), message("b", "{\"n\": 2}"), message("c", "not json"),
        ]});
        let answer = messages(event, |job: Value| async move {
            if job["n"] == 2 { Err(Error::internal("no")) } else { Ok(()) }
        })
        .await
        .unwrap();
        let mut failed: Vec<_> = answer["batchItemFailures"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| f["itemIdentifier"].as_str().unwrap())
            .collect();
        failed.sort_unstable();
        assert_eq!(failed, ["b", "c"]);
    }
}
