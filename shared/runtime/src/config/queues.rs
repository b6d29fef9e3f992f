use app::{
    agent_loops::job::RunLoop,
    channels::job::ChannelJob,
    crawl::job::CrawlPage,
    mail::job::Mail,
    ops::purge::Purge,
    webhooks::job::Deliver,
    work_queue::{Job, WorkQueue},
};
use domain::Result;

use super::{Env, Variable};

const CHANNEL_QUEUE: Variable =
    url_of::<ChannelJob>("URL of the queue of messages and replies of channels");
const CRAWL_QUEUE: Variable = url_of::<CrawlPage>("URL of the queue of pages to crawl");
const DELIVERY_QUEUE: Variable = url_of::<Deliver>("URL of the queue of attempts at deliveries");
const MAIL_QUEUE: Variable = url_of::<Mail>("URL of the queue of e-mails to owners");
const PURGE_QUEUE: Variable =
    url_of::<Purge>("URL of the queue of deleted things whose dependents are to be removed");
const LOOP_QUEUE: Variable = url_of::<RunLoop>("URL of the queue of executions of agent loops");
const CRAWL_DEAD_LETTERS: Variable = Variable::required(
    "CRAWL_DEAD_LETTERS_URL",
    "URL of the queue to which `crawl-worker` moves messages that break the schema, with the reason",
);
const STREAM_FAILURES: Variable = Variable::required(
    "STREAM_FAILURES_URL",
    "URL of the queue to which `event-fanout` moves stream records that it can't read",
);

const fn url_of<J: Job>(meaning: &'static str) -> Variable {
    Variable::required(J::QUEUE.setting, meaning)
}

/// The queues that messages are moved to which no worker takes. Work queues are read one by one, by
/// [`queue_url`], since a function sends to some of them.
#[derive(Debug, Clone, Copy)]
pub struct QueuesConfig;

impl QueuesConfig {
    pub(super) const VARIABLES: [Variable; 8] = [
        CHANNEL_QUEUE,
        CRAWL_QUEUE,
        DELIVERY_QUEUE,
        LOOP_QUEUE,
        MAIL_QUEUE,
        PURGE_QUEUE,
        CRAWL_DEAD_LETTERS,
        STREAM_FAILURES,
    ];

    /// `CRAWL_DEAD_LETTERS_URL`.
    pub fn crawl_dead_letters(env: &Env) -> Result<&str> {
        CRAWL_DEAD_LETTERS.get(env)
    }

    /// `STREAM_FAILURES_URL`.
    pub fn stream_failures(env: &Env) -> Result<&str> {
        STREAM_FAILURES.get(env)
    }
}

/// The URL of `queue`.
pub fn queue_url(env: &Env, queue: WorkQueue) -> Result<&str> {
    Variable::required(queue.setting, "").get(env)
}

#[cfg(test)]
mod tests {
    use app::jobs;

    use super::{super::tests::env, *};

    #[test]
    fn the_queue_of_every_job_is_a_variable() {
        for job in jobs::ALL {
            let name = job.queue.setting;
            assert!(QueuesConfig::VARIABLES.iter().any(|variable| variable.name == name), "{name}");
            assert_eq!(queue_url(&env(&[(name, "https://q")]), job.queue).unwrap(), "https://q");
            let error = queue_url(&env(&[]), job.queue).unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
        }
    }
}
