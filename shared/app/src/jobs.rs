//! Typed jobs. A job is a message on a work queue: a struct of ids that lives beside the code that
//! carries it out. This file says what every job has, and lists them all in [`ALL`]: workers, the
//! platform on one machine, the operator's command line and a test of `template.yaml` read it there.
//!
//! A message is a cache of what the table says is to be done, and may be received any number of
//! times: every job is idempotent by its ids. Its body is the job's JSON with the version as `v`
//! before it. A worker leaves a message of another version alone, so that it is received again after
//! a deployment, and ends in the dead-letter queue if no worker ever reads that version.

use std::{future::Future, marker::PhantomData, time::Duration};

use domain::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    adapters::sqs::{Queue, QueueMessage},
    agent_loops::job::RunLoop,
    crawl::job::CrawlPage,
    mail::job::Mail,
    ops::purge::Purge,
    webhooks::job::Deliver,
};

/// All types of jobs.
pub const ALL: [JobType; 5] = [
    JobType::of::<CrawlPage>(),
    JobType::of::<Deliver>(),
    JobType::of::<Mail>(),
    JobType::of::<Purge>(),
    JobType::of::<RunLoop>(),
];

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
    const fn of<J: Job>() -> Self {
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

#[cfg(test)]
mod tests {
    use domain::{Scope, Timestamp};
    use store::PurgeTarget;

    use super::*;
    use crate::mail::job::MailAbout;

    fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(n: u8) -> T {
        format!("0197a000-0000-7000-8000-{n:012}").parse().unwrap()
    }

    /// Messages outlive a deployment, so these bodies are what they always were.
    #[test]
    fn payloads_are_what_is_on_the_queues() {
        let uuid = |n: u8| format!("0197a000-0000-7000-8000-{n:012}");
        let (one, two, three, four) = (uuid(1), uuid(2), uuid(3), uuid(4));
        let page = CrawlPage {
            workspace_id: id(1),
            chatbot_id: id(2),
            source_id: id(3),
            job: id(4),
            url: "https://example.com/docs".into(),
            turn: None,
        };
        let crawled = format!(
            r#"{{"v":1,"workspaceId":"{one}","chatbotId":"{two}","sourceId":"{three}","job":"{four}","url":"https://example.com/docs""#
        );
        assert_eq!(encode(&page).unwrap(), format!("{crawled}}}"));
        let turn = Some(Timestamp::from_millis(1_751_360_400_000));
        let later = CrawlPage { turn, ..page };
        assert_eq!(encode(&later).unwrap(), format!(r#"{crawled},"turn":1751360400000}}"#));
        assert_eq!(decode::<CrawlPage>(&encode(&later).unwrap()).unwrap(), later);

        for (scope, named) in [
            (Scope::Chatbot(id(2)), format!(r#""chatbotId":"{two}""#)),
            (Scope::Workspace(id(1)), format!(r#""workspaceId":"{one}""#)),
            (Scope::AgentLoop(id(1)), format!(r#""agentLoopId":"{one}""#)),
        ] {
            let deliver = Deliver {
                scope,
                webhook_id: id(3),
                created_at: Timestamp::from_millis(1_751_360_400_000),
                delivery_id: id(4),
                attempt: 0,
                deferrals: 0,
            };
            let body = format!(
                r#"{{"v":1,{named},"webhookId":"{three}","createdAt":1751360400000,"deliveryId":"{four}","attempt":0"#
            );
            assert_eq!(encode(&deliver).unwrap(), format!("{body}}}"));
            let deferred = Deliver { deferrals: 2, ..deliver };
            assert_eq!(encode(&deferred).unwrap(), format!(r#"{body},"putOff":2}}"#));
            assert_eq!(decode::<Deliver>(&encode(&deferred).unwrap()).unwrap(), deferred);
        }

        let mail = |chatbot_id, about| Mail {
            event_id: id(1),
            at: Timestamp::from_millis(5),
            workspace_id: id(2),
            chatbot_id,
            about,
        };
        let head = format!(r#"{{"v":1,"eventId":"{one}","at":5,"workspaceId":"{two}","#);
        let about = MailAbout::HandoffRequested { conversation_id: id(4) };
        let handoff = mail(Some(id(3)), about);
        assert_eq!(
            encode(&handoff).unwrap(),
            format!(
                r#"{head}"chatbotId":"{three}","about":{{"handoffRequested":{{"conversationId":"{four}"}}}}}}"#
            )
        );
        let disabled = mail(None, MailAbout::WebhookDisabled { webhook_id: id(4) });
        assert_eq!(
            encode(&disabled).unwrap(),
            format!(r#"{head}"about":{{"webhookDisabled":{{"webhookId":"{four}"}}}}}}"#)
        );
        for mail in [handoff, disabled] {
            assert_eq!(decode::<Mail>(&encode(&mail).unwrap()).unwrap(), mail);
        }

        let purge = Purge { target: PurgeTarget::Conversation { id: id(1) } };
        let body = encode(&purge).unwrap();
        assert_eq!(body, format!(r#"{{"v":1,"target":{{"kind":"conversation","id":"{one}"}}}}"#));
        assert_eq!(decode::<Purge>(&body).unwrap(), purge);

        let run = RunLoop {
            workspace_id: id(1),
            agent_loop_id: id(2),
            execution_id: id(3),
            deferrals: 0,
        };
        let body = format!(
            r#"{{"v":1,"workspaceId":"{one}","agentLoopId":"{two}","executionId":"{three}""#
        );
        assert_eq!(encode(&run).unwrap(), format!("{body}}}"));
        let deferred = RunLoop { deferrals: 2, ..run };
        assert_eq!(encode(&deferred).unwrap(), format!(r#"{body},"deferrals":2}}"#));
        assert_eq!(decode::<RunLoop>(&encode(&deferred).unwrap()).unwrap(), deferred);
    }

    #[test]
    fn another_version_is_left_alone_and_what_is_no_job_is_malformed() {
        let body = encode(&Purge { target: PurgeTarget::Conversation { id: id(1) } }).unwrap();
        // Of whatever shape the other version is.
        for other in [body.replace(r#""v":1"#, r#""v":2"#), r#"{"v":2,"things":[]}"#.to_owned()] {
            let error = decode::<Purge>(&other).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Internal);
            assert!(error.to_string().contains("PurgeQueue"), "{error}");
        }
        for wrong in ["", "[]", "{}", r#"{"v":1}"#, r#"{"v":"1"}"#, &body[..body.len() - 1]] {
            assert_eq!(decode::<Purge>(wrong).unwrap_err().kind, ErrorKind::Malformed, "{wrong}");
        }
    }
}
