//! From the table's stream to jobs for the queues and deliveries for the subscriptions.

use app::{
    adapters::sqs::Queue,
    events::router::{EventQueues, EventRouter},
    webhooks::fan_out::SubscriptionCache,
};
use domain::Result;
use runtime::{Aws, Env};
use serde_json::{Value, json};
use worker::{StreamResponse, Unreadable};

/// What this worker needs.
#[derive(Debug, Clone)]
pub struct Ctx {
    router: EventRouter,
    failures: Queue,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        let failures = aws.stream_failures_queue(env)?;
        Ok(Self { router: router(env, aws)?, failures })
    }
}

/// The event router, for an operator's replays too.
pub fn router(env: &Env, aws: &Aws) -> Result<EventRouter> {
    let queues = EventQueues {
        crawls: aws.jobs(env)?,
        deliveries: aws.jobs(env)?,
        purges: aws.jobs(env)?,
        mails: aws.jobs(env)?,
        loops: aws.jobs(env)?,
    };
    Ok(EventRouter::new(aws.app(env)?, queues, &dialects::Renderer))
}

/// Handles a batch of records, in order. The first that fails comes again with all after it.
pub async fn handle(event: Value, ctx: &Ctx) -> Result<StreamResponse> {
    worker::records(event, |records| async move {
        let mut cache = SubscriptionCache::default();
        let mut done = 0;
        for record in records {
            let handled = match (record.change, record.unreadable) {
                (Some(change), _) => ctx.router.handle(&change, &mut cache).await,
                // It will be no better the next time, and all behind it would wait.
                (None, Some(Unreadable { keys, reason })) => {
                    let body = json!({"sequence": record.sequence, "keys": keys}).to_string();
                    ctx.failures.put_aside(&body, &reason).await
                }
                (None, None) => Ok(()),
            };
            if let Err(error) = handled {
                tracing::error!(%error, sequence = record.sequence, "a record failed");
                break;
            }
            done += 1;
        }
        done
    })
    .await
}
