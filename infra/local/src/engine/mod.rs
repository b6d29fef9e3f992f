//! The engines behind the local platform: DynamoDB with its stream, SQS and Secrets Manager,
//! embedded in this process and spoken to by the real AWS SDK over loopback.

mod dynamodb;
mod queues;
mod sqs_and_secrets;
mod streams;
mod threads;

pub use dynamodb::DynamoEngine;
pub use queues::{QueueCounts, Queues};
pub use sqs_and_secrets::SqsAndSecrets;
pub use streams::{StreamBatch, StreamReader};
pub use threads::ENGINE_THREAD;
use threads::EngineThreads;

use std::fmt::Display;
use std::time::Duration;

use tokio::task::JoinHandle;

/// How long a shutdown waits for requests that are under way.
const GRACE: Duration = Duration::from_secs(5);

/// Why an engine could not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct EngineError(pub String);

/// What an engine answers.
pub type Result<T> = std::result::Result<T, EngineError>;

/// Puts what was tried before the reason why it failed.
fn failed<E: Display>(what: impl Display) -> impl FnOnce(E) -> EngineError {
    move |reason| EngineError(format!("{what}: {reason}"))
}

/// Binds a loopback listener and says at which endpoint it is; port 0 takes any free port.
async fn listen(port: u16) -> Result<(tokio::net::TcpListener, String)> {
    let what = format!("listening on 127.0.0.1:{port}");
    let listener =
        tokio::net::TcpListener::bind(("127.0.0.1", port)).await.map_err(failed(&what))?;
    let address = listener.local_addr().map_err(failed(&what))?;
    Ok((listener, format!("http://{address}")))
}

/// Waits for a task that was told to stop, and ends it when it does not.
async fn join<T>(mut task: JoinHandle<T>) {
    if tokio::time::timeout(GRACE, &mut task).await.is_err() {
        task.abort();
    }
}

/// Resolves when the engine shuts down or is dropped.
async fn stopped(mut stop: tokio::sync::watch::Receiver<bool>) {
    // An error means that the sender is gone, which is a stop as well.
    let _ = stop.wait_for(|stop| *stop).await;
}
