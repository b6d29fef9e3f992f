//! From the table's stream to jobs for the queues and deliveries for the subscriptions.

use app::{
    adapters::sqs::Queue,
    events::router::{FanOut, Known, Voice},
};
use domain::Result;
use runtime::{Aws, Env};
use serde_json::{Value, json};
use worker::Unreadable;

/// What this worker needs.
#[derive(Debug, Clone)]
pub struct Ctx {
    fan_out: FanOut,
    failures: Queue,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        let failures = aws.queue(env, "STREAM_FAILURES_URL")?;
        Ok(Self { fan_out: fan_out(env, aws)?, failures })
    }
}

/// Fanning out, for an operator too.
pub fn fan_out(env: &Env, aws: &Aws) -> Result<FanOut> {
    let crawls = aws.queue(env, "CRAWL_QUEUE_URL")?;
    let deliveries = aws.queue(env, "DELIVERY_QUEUE_URL")?;
    let purges = aws.queue(env, "PURGE_QUEUE_URL")?;
    let mails = aws.queue(env, "MAIL_QUEUE_URL")?;
    Ok(FanOut::new(aws.core(env)?, crawls, deliveries, purges, mails, VOICE))
}

const VOICE: Voice = Voice {
    names: dialects::webhook::names,
    needs: dialects::webhook::needs,
    body: dialects::webhook::body,
};

/// Handles a batch of records, in order. The first that fails comes again with all after it.
pub async fn handle(event: Value, ctx: &Ctx) -> Result<Value> {
    worker::records(event, |records| async move {
        let mut known = Known::default();
        let mut done = 0;
        for record in records {
            let handled = match (record.change, record.unreadable) {
                (Some(change), _) => ctx.fan_out.handle(change, &mut known).await,
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
