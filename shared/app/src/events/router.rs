//! The router: hands each change of an item to the subscribers that act on it.

use domain::{EventRenderer, Result, source::Page};
use store::Change;

use crate::{
    App,
    agent_loops::job::RunLoop,
    channels::job::ChannelJob,
    crawl::{batch::CrawlBatch, copy::CopyKnowledge, job::CrawlPage},
    events::{
        channels::ChannelSubscriber, crawls::CrawlSubscriber, inbox::InboxSubscriber,
        loops::LoopSubscriber, mail::MailSubscriber, purges::PurgeSubscriber,
    },
    mail::job::Mail,
    ops::purge::Purge,
    webhooks::fan_out::{FanOut, SubscriptionCache},
    webhooks::job::Deliver,
    work_queue::JobQueue,
};

/// The queues that subscribers send their jobs to.
#[derive(Debug, Clone)]
pub struct EventQueues {
    /// Pages to crawl.
    pub crawls: JobQueue<CrawlPage>,
    /// Several pages of a host to crawl.
    pub batches: JobQueue<CrawlBatch>,
    /// Copies of chatbots to fill.
    pub copies: JobQueue<CopyKnowledge>,
    /// Attempts at webhook deliveries.
    pub deliveries: JobQueue<Deliver>,
    /// Deleted things whose dependents are to be removed.
    pub purges: JobQueue<Purge>,
    /// E-mails to owners.
    pub mails: JobQueue<Mail>,
    /// Entries of channels, and channels that were deleted.
    pub channels: JobQueue<ChannelJob>,
    /// Executions of agent loops.
    pub loops: JobQueue<RunLoop>,
}

/// The page that was queued, if `change` is that: one for which no subscriber but the one of the crawl
/// queue does anything.
pub fn queued_page(change: &Change) -> Option<&Page> {
    match change {
        Change::PageQueued(page) => Some(page),
        _ => None,
    }
}

/// Routes changes: what `event-fanout` needs beyond [`App`].
#[derive(Debug, Clone)]
pub struct EventRouter {
    pub(super) app: App,
    purges: PurgeSubscriber,
    crawls: CrawlSubscriber,
    mail: MailSubscriber,
    channels: ChannelSubscriber,
    inbox: InboxSubscriber,
    loops: LoopSubscriber,
    webhooks: FanOut,
}

impl EventRouter {
    /// A router over `app` whose subscribers send to `queues`; `renderer` tells webhooks of
    /// events.
    pub fn new(app: App, queues: EventQueues, renderer: &'static dyn EventRenderer) -> Self {
        let EventQueues { crawls, batches, copies, deliveries, purges, mails, channels, loops } =
            queues;
        Self {
            purges: PurgeSubscriber::new(app.store.clone(), purges),
            crawls: CrawlSubscriber::new(crawls, batches, copies),
            mail: MailSubscriber::new(mails),
            channels: ChannelSubscriber::new(app.clone(), channels),
            inbox: InboxSubscriber::new(&app),
            loops: LoopSubscriber::new(loops),
            webhooks: FanOut::new(app.clone(), deliveries, renderer),
            app,
        }
    }

    /// Hands `change` to every subscriber, one after the other. A record that comes again leads
    /// to the same ids, so a failure midway repeats the first subscribers without effect.
    pub async fn handle(&self, change: &Change, cache: &mut SubscriptionCache) -> Result<()> {
        // At the same time: each has a call of the table for a conversation that begins.
        tokio::try_join!(self.purges.on(change), self.inbox.on(change))?;
        self.crawls.on(change).await?;
        self.mail.on(change).await?;
        self.channels.on(change).await?;
        self.loops.on(change).await?;
        self.webhooks.on(change, cache).await
    }

    /// Hands pages that were queued to the subscriber that acts on them, as [`EventRouter::handle`] hands
    /// each, in fewer calls of the queue.
    pub async fn queue_pages(&self, pages: &[&Page]) -> Result<()> {
        self.crawls.queue(pages).await
    }

    /// The same router for events that are replayed: failed deliveries are sent again.
    pub(super) fn replaying(&self) -> Self {
        Self { webhooks: self.webhooks.replaying(), ..self.clone() }
    }
}
