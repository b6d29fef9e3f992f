//! From the table's stream to jobs for the queues and deliveries for the subscriptions.

use app::fan_out::{FanOut, Message, Subscriptions};
use domain::{Dialect, Event, Result};
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
        Ok(Self { fan_out: FanOut::new(core, crawls, deliveries, purges, mails, render) })
    }
}

fn render(dialect: Dialect, event: &Event) -> Vec<Message> {
    dialects::webhook::render(dialect, event)
        .into_iter()
        .map(|rendered| Message { event: rendered.event, body: rendered.body })
        .collect()
}

/// Handles a batch of records, in order. The first that fails comes again with all after it.
pub async fn handle(event: Value, ctx: &Ctx) -> Result<Value> {
    worker::records(event, |records| async move {
        let mut known = Subscriptions::default();
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
