//! From the table's stream to jobs for the queues and deliveries for the subscriptions.

use app::{
    adapters::sqs::Queue,
    events::high_water::HighWaterMarks,
    events::lasting::LastingFailures,
    events::router::{EventQueues, EventRouter, queued_page},
    webhooks::fan_out::SubscriptionCache,
};
use domain::{Error, Result, source::Page};
use runtime::{Aws, Env};
use serde_json::{Value, json};
use worker::{Record, StreamResponse, Unreadable};

/// Characters of the reason that is kept with a record that was put aside.
const MAX_REASON: usize = 1_000;

/// What this worker needs.
#[derive(Debug, Clone)]
pub struct Ctx {
    router: EventRouter,
    failures: Queue,
    lasting: LastingFailures,
    high_water: HighWaterMarks,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        let failures = aws.stream_failures_queue(env)?;
        let app = aws.app(env)?;
        let lasting = LastingFailures::new(&app, "event-fanout");
        let high_water = HighWaterMarks::new(&app, "event-fanout");
        Ok(Self { router: router(env, aws)?, failures, lasting, high_water })
    }
}

impl Ctx {
    /// Puts a record aside that has failed for so long that it always will, so that those behind it
    /// get through; an error as long as it may be a passing one.
    async fn pass_by(&self, sequence: &str, keys: &Value, why: &Error) -> Result<()> {
        if !self.lasting.is_lasting(sequence).await? {
            return Err(Error::internal("what failed may pass"));
        }
        let body = json!({"sequence": sequence, "keys": keys}).to_string();
        let reason: String = why.to_string().chars().take(MAX_REASON).collect();
        self.failures.put_aside(&body, &reason).await
    }
}

/// The event router, for an operator's replays too.
pub fn router(env: &Env, aws: &Aws) -> Result<EventRouter> {
    let queues = EventQueues {
        crawls: aws.jobs(env)?,
        batches: aws.jobs(env)?,
        copies: aws.jobs(env)?,
        deliveries: aws.jobs(env)?,
        purges: aws.jobs(env)?,
        mails: aws.jobs(env)?,
        channels: aws.jobs(env)?,
        loops: aws.jobs(env)?,
    };
    Ok(EventRouter::new(aws.app(env)?, queues, &dialects::Renderer))
}

/// Records in a row of pages that were queued, or of what leads to nothing.
struct QueuedPages<'a> {
    pages: Vec<&'a Page>,
    records: usize,
}

/// Those that `records` begin with.
fn queued_pages(records: &[Record]) -> QueuedPages<'_> {
    let mut run = QueuedPages { pages: Vec::new(), records: 0 };
    for record in records {
        match (record.change.as_ref().map(queued_page), &record.unreadable) {
            (Some(Some(page)), _) => run.pages.push(page),
            (None, None) => {}
            _ => break,
        }
        run.records += 1;
    }
    run
}

/// Handles a batch of records, in order. The first that fails comes again with all after it.
pub async fn handle(event: Value, ctx: &Ctx) -> Result<StreamResponse> {
    let shard = worker::shard_of(&event).ok();
    worker::records(event, |records| async move {
        let mut reached = None;
        let mut cache = SubscriptionCache::default();
        let mut done = 0;
        while let Some(record) = records.get(done) {
            let run = queued_pages(&records[done..]);
            // Should that fail, each of them is handled by itself.
            if run.pages.len() > 1 && ctx.router.queue_pages(&run.pages).await.is_ok() {
                let run = &records[done..done + run.records];
                reached = run.iter().filter_map(|record| record.written_at).max().max(reached);
                done += run.len();
                continue;
            }
            let handled = match (&record.change, &record.unreadable) {
                (Some(change), _) => ctx.router.handle(change, &mut cache).await,
                // It will be no better the next time, and all behind it would wait.
                (None, Some(Unreadable { keys, reason })) => {
                    let body = json!({"sequence": record.sequence, "keys": keys}).to_string();
                    ctx.failures.put_aside(&body, reason).await
                }
                (None, None) => Ok(()),
            };
            if let Err(error) = handled {
                tracing::error!(%error, sequence = record.sequence, "a record failed");
                if let Err(error) = ctx.pass_by(&record.sequence, &record.keys, &error).await {
                    tracing::warn!(%error, "it comes again");
                    break;
                }
            }
            reached = record.written_at.max(reached);
            done += 1;
        }
        if let (Some(shard), Some(at)) = (shard, reached) {
            ctx.high_water.reached(&shard.0, at).await;
        }
        done
    })
    .await
}
