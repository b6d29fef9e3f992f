//! From the table's stream to jobs for the queues and deliveries for the subscriptions.

use app::fan_out::{FanOut, Known, Voice};
use domain::Result;
use runtime::{Aws, Env};
use serde_json::Value;

/// What this worker needs.
#[derive(Debug, Clone)]
pub struct Ctx {
    fan_out: FanOut,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        let crawls = aws.queue(env, "CRAWL_QUEUE_URL")?;
        let deliveries = aws.queue(env, "DELIVERY_QUEUE_URL")?;
        let purges = aws.queue(env, "PURGE_QUEUE_URL")?;
        let mails = aws.queue(env, "MAIL_QUEUE_URL")?;
        let core = aws.core(env)?;
        Ok(Self { fan_out: FanOut::new(core, crawls, deliveries, purges, mails, VOICE) })
    }
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
            if let Some(change) = record.change
                && let Err(error) = ctx.fan_out.handle(change, &mut known).await
            {
                tracing::error!(%error, sequence = record.sequence, "a record failed");
                break;
            }
            done += 1;
        }
        done
    })
    .await
}
