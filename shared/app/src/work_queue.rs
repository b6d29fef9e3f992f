//! What every job has: a struct of ids on a work queue, which a worker carries out. All types of
//! jobs are listed in `jobs::ALL`.
//!
//! A message is a cache of what the table says is to be done, and may be received any number of
//! times: every job is idempotent by its ids. Its body is the job's JSON with the version as `v`
//! before it. A worker leaves a message of another version alone, so that it is received again after
//! a deployment, and ends in the dead-letter queue if no worker ever reads that version.

use std::{future::Future, marker::PhantomData, time::Duration};

use domain::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::adapters::sqs::{Queue, QueueMessage};

/// What a queue holds, and how a worker carries it out.
pub trait Job: Serialize + DeserializeOwned + Send + Sync {
    /// What carries it out.
    type Worker: Sync;
    /// The queue that holds it.
    const QUEUE: WorkQueue;
    /// The version of its message. A worker takes no other one.
    const VERSION: u8;

    /// Whose job it is. SQS lets the jobs of a tenant that has many wait, not those of all others.
    fn group(&self) -> Option<String> {
        None
    }

    /// Carries it out; without effect where that was done before.
    fn run(self, worker: &Self::Worker) -> impl Future<Output = Result<()>> + Send;
}

/// A work queue, by its names in `template.yaml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkQueue {
    /// Its logical id.
    pub name: &'static str,
    /// The function that works it off, by its binary.
    pub worker: &'static str,
    /// The setting that holds its URL, in the functions that send to it.
    pub setting: &'static str,
}

impl WorkQueue {
    /// The logical id of its dead-letter queue.
    pub fn dead_letters(&self) -> String {
        format!("{}DeadLetters", self.name)
    }
}

/// A type of job, as an entry of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobType {
    /// [`Job::QUEUE`].
    pub queue: WorkQueue,
    /// [`Job::VERSION`].
    pub version: u8,
}

impl JobType {
    pub(crate) const fn of<J: Job>() -> Self {
        Self { queue: J::QUEUE, version: J::VERSION }
    }
}

#[derive(Serialize)]
struct Envelope<'a, J> {
    v: u8,
    #[serde(flatten)]
    job: &'a J,
}

#[derive(Deserialize)]
struct Version {
    v: u8,
}

/// The body of the message that holds `job`.
pub fn encode<J: Job>(job: &J) -> Result<String> {
    serde_json::to_string(&Envelope { v: J::VERSION, job }).map_err(Error::internal)
}

/// The job in the body of a message.
///
/// # Errors
///
/// [`ErrorKind::Malformed`] if it is no such job, [`ErrorKind::Internal`] if it is one of another
/// version.
pub fn decode<J: Job>(body: &str) -> Result<J> {
    let malformed = |error: serde_json::Error| Error::new(ErrorKind::Malformed, error.to_string());
    let Version { v } = serde_json::from_str(body).map_err(malformed)?;
    if v != J::VERSION {
        let (queue, version) = (J::QUEUE.name, J::VERSION);
        return Err(Error::internal(format!(
            "a message of version {v} on {queue}, whose worker takes version {version}"
        )));
    }
    serde_json::from_str(body).map_err(malformed)
}

/// The queue of one type of job.
#[derive(Debug, Clone)]
pub struct JobQueue<J> {
    queue: Queue,
    job: PhantomData<fn() -> J>,
}

impl<J: Job> JobQueue<J> {
    /// Over the queue that [`Job::QUEUE`] names.
    pub fn new(queue: Queue) -> Self {
        Self { queue, job: PhantomData }
    }

    /// Sends one job, to be received after `delay`, which SQS bounds to
    /// [`LONGEST_DELAY`](crate::adapters::sqs::LONGEST_DELAY).
    pub async fn send(&self, job: &J, delay: Duration) -> Result<()> {
        self.queue.send(&message(job)?, delay).await
    }

    /// Sends all `jobs`. Fails if any was not taken; sending all again is harmless, since jobs are
    /// idempotent.
    pub async fn send_all(&self, jobs: &[J]) -> Result<()> {
        let messages: Result<Vec<QueueMessage>> = jobs.iter().map(message).collect();
        self.queue.send_all(&messages?).await
    }
}

fn message<J: Job>(job: &J) -> Result<QueueMessage> {
    Ok(QueueMessage { body: encode(job)?, group: job.group() })
}
