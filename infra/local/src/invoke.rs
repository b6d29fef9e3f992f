//! Calling a worker: in this process, or one that runs under `cargo lambda watch`.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use serde_json::Value;

use crate::{LocalError, Result, registry::Work};

/// A worker runs and, the first time, compiles for this long at most.
const LONGEST_CALL: Duration = Duration::from_secs(15 * 60);

/// Kills workers in the middle of their calls: how often, and how soon.
#[derive(Debug, Clone, Copy)]
pub struct FaultInjection {
    /// Of a thousand calls, this many.
    pub of_thousand: u16,
    /// Within this time, evenly.
    pub within: Duration,
}

impl FaultInjection {
    /// When the next call ends, if it is to end early.
    fn next(self) -> Option<Duration> {
        let fraction = || app::adapters::random::fraction();
        let (whether, when) = (fraction(), fraction());
        let dies = whether * 1000.0 < f64::from(self.of_thousand);
        dies.then(|| self.within.mul_f64(when))
    }
}

/// A worker, wherever it runs.
#[derive(Clone)]
pub enum Worker {
    /// Here.
    Here(Work),
    /// Here, and killed in the middle of some calls, as a Lambda may be: for tests. With how often
    /// that was.
    Faulty(Work, FaultInjection, Arc<AtomicU64>),
    /// Behind the invoke endpoint of `cargo lambda watch`.
    Watched {
        /// Its client.
        client: reqwest::Client,
        /// Its URL.
        url: String,
    },
}

impl Worker {
    /// The function `binary` under `cargo lambda watch` on `port`.
    pub fn watched(binary: &str, port: u16) -> Result<Self> {
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(LONGEST_CALL)
            .build()
            .map_err(LocalError::of)?;
        let url = format!("http://127.0.0.1:{port}/2015-03-31/functions/{binary}/invocations");
        Ok(Self::Watched { client, url })
    }

    /// Hands it `event`.
    pub async fn call(&self, event: Value) -> Result<Value> {
        match self {
            Self::Here(work) => work(event).await.map_err(LocalError::of),
            Self::Faulty(work, faults, killed) => {
                let Some(at) = faults.next() else {
                    return work(event).await.map_err(LocalError::of);
                };
                match tokio::time::timeout(at, work(event)).await {
                    Ok(answer) => answer.map_err(LocalError::of),
                    Err(_) => {
                        killed.fetch_add(1, Ordering::SeqCst);
                        Err(LocalError("the worker was killed".to_owned()))
                    }
                }
            }
            Self::Watched { client, url } => {
                let sent = client
                    .post(url)
                    .header("content-type", "application/json")
                    .body(event.to_string())
                    .send()
                    .await
                    .map_err(LocalError::of)?;
                let status = sent.status();
                let body = sent.text().await.map_err(LocalError::of)?;
                if !status.is_success() {
                    return Err(LocalError(format!("{url} answered {status}: {body}")));
                }
                serde_json::from_str(&body).map_err(LocalError::of)
            }
        }
    }
}
