//! What is due: idle conversations, syncs and hung crawls, deliveries and entries of channels to try again. However many
//! tickers run at once, each thing is done once, since each is taken on under a condition.
//!
//! Each kind has partitions of its own in the index, and a tick works on all partitions at the same
//! time, each with a slice of its own: much of one kind, or an error of one partition, delays no
//! other. What is left at the end of a slice is taken on by the next tick, which begins at that moment.

use std::{
    collections::{BTreeMap, HashSet},
    time::{Duration, Instant},
};

use domain::{ChannelId, DeliveryStatus, EntryState, Result, Timestamp, source::COPY_LEASE};
use futures::{StreamExt, future::join_all, stream};
use store::{
    CrawlResult, DueItem, PurgeTarget, Store, Waiting,
    keys::{self, ItemKind},
};

use crate::{
    App,
    agent_loops::job::RunLoop,
    channels::job::ChannelJob,
    crawl::copy::{CopyKnowledge, MAX_COPY_TIME},
    ops::purge::Purge,
    webhooks::backoff::LEASE,
    webhooks::job::Deliver,
    work_queue::JobQueue,
};

/// Items taken from a partition in one go.
const BATCH: u32 = 200;
/// Items of a partition that are handled at the same time…
const AT_ONCE: usize = 8;
/// … and while there are more than a batch of them.
const AT_ONCE_BEHIND: usize = 32;
/// How long a tick works on a partition: until the next tick takes over, which begins a minute after
/// this one and finds what is left over still due. So a partition that is full is worked on all the
/// time.
const SLICE: Duration = Duration::from_secs(60);

/// Ticking: what `ticker` needs beyond [`App`].
#[derive(Debug, Clone)]
pub struct Ticker {
    app: App,
    store: Store,
    deliveries: JobQueue<Deliver>,
    channels: JobQueue<ChannelJob>,
    purges: Option<JobQueue<Purge>>,
    copies: Option<JobQueue<CopyKnowledge>>,
    loops: JobQueue<RunLoop>,
}

/// What a tick did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ticked {
    /// Conversations closed.
    pub closed: u32,
    /// Crawls begun.
    pub crawls: u32,
    /// Crawls called off.
    pub called_off: u32,
    /// Deliveries sent to be tried again.
    pub deliveries: u32,
    /// Entries of channels sent to be tried again, deletions and checks of channels.
    pub channels: u32,
    /// Deletions carried on.
    pub deletions: u32,
    /// Copies of chatbots, and sources of them, carried on.
    pub copies: u32,
    /// Changes of plans carried on.
    pub plans: u32,
    /// Agent loops run by their schedules.
    pub runs: u32,
    /// Executions of agent loops sent to be carried out again.
    pub executions: u32,
    /// Things that failed; they are due again. A partition that could not be read is one.
    pub failed: u32,
    /// Partitions that had more due than their slice was long enough for.
    pub left_over: u32,
    /// How long the oldest item of each kind had been due when the tick began.
    pub oldest: BTreeMap<&'static str, Duration>,
}

impl Ticked {
    fn add(&mut self, other: Self) {
        let Self {
            closed,
            crawls,
            called_off,
            deliveries,
            channels,
            deletions,
            copies,
            plans,
            runs,
            executions,
            failed,
            left_over,
            oldest,
        } = other;
        self.deletions += deletions;
        self.copies += copies;
        self.plans += plans;
        self.closed += closed;
        self.crawls += crawls;
        self.called_off += called_off;
        self.deliveries += deliveries;
        self.channels += channels;
        self.runs += runs;
        self.executions += executions;
        self.failed += failed;
        self.left_over += left_over;
        for (kind, age) in oldest {
            let known = self.oldest.entry(kind).or_default();
            *known = age.max(*known);
        }
    }

    /// How long the oldest of all items had been due when the tick began.
    pub fn oldest_due(&self) -> Duration {
        self.oldest.values().copied().max().unwrap_or_default()
    }
}

impl Ticker {
    /// Ticking over `app`; deliveries go through `deliveries`, entries of channels through `channels`,
    /// executions of agent loops through `loops`.
    pub fn new(
        app: App,
        deliveries: JobQueue<Deliver>,
        channels: JobQueue<ChannelJob>,
        loops: JobQueue<RunLoop>,
    ) -> Self {
        Self {
            store: app.store.clone(),
            app,
            deliveries,
            channels,
            purges: None,
            copies: None,
            loops,
        }
    }

    /// The same, with deletions that were cut short carried on through `purges`.
    #[must_use]
    pub fn with_purges(self, purges: JobQueue<Purge>) -> Self {
        Self { purges: Some(purges), ..self }
    }

    /// The same, with copies of chatbots that hang carried on through `copies`.
    #[must_use]
    pub fn with_copies(self, copies: JobQueue<CopyKnowledge>) -> Self {
        Self { copies: Some(copies), ..self }
    }

    /// Does everything that is due. One thing that fails does not hold up the others.
    pub async fn tick(&self) -> Ticked {
        let now = self.app.now();
        let partitions = keys::due_partitions();
        let work = partitions.iter().map(|(kind, partition)| self.partition(kind, partition, now));
        let mut ticked = Ticked::default();
        join_all(work).await.into_iter().for_each(|part| ticked.add(part));
        ticked
    }

    /// Does what is due in one partition, for [`SLICE`].
    async fn partition(&self, kind: &'static str, partition: &str, now: Timestamp) -> Ticked {
        let begun = Instant::now();
        let mut ticked = Ticked::default();
        // What was handled may still be in the index for a moment.
        let mut seen = HashSet::new();
        loop {
            let mut due = match self.store.due(partition, now, BATCH).await {
                Ok(due) => due,
                Err(error) => {
                    tracing::error!(partition, %error, "what is due could not be read");
                    ticked.failed += 1;
                    return ticked;
                }
            };
            if let Some(oldest) = due.first().and_then(|due| Timestamp::parse(&due.due_at)) {
                let age = ticked.oldest.entry(kind).or_default();
                *age = now.since(oldest).max(*age);
            }
            let full = due.len() >= usize::try_from(BATCH).unwrap_or(usize::MAX);
            due.retain(|due| seen.insert((due.key.clone(), due.due_at.clone())));
            if due.is_empty() {
                return ticked;
            }
            let mut work = stream::iter(due)
                .map(|due| async move {
                    match begun.elapsed() < SLICE {
                        true => Some(self.handle_or_defer(&due, now).await),
                        false => None,
                    }
                })
                .buffer_unordered(if full { AT_ONCE_BEHIND } else { AT_ONCE });
            let mut in_time = true;
            while let Some(done) = work.next().await {
                in_time &= done.is_some();
                ticked.add(done.unwrap_or_default());
            }
            if !in_time || (full && begun.elapsed() >= SLICE) {
                ticked.left_over += 1;
                return ticked;
            }
            if !full {
                return ticked;
            }
        }
    }

    /// Handles one item; if that fails, the item gets out of the way of what is behind it for a
    /// while.
    async fn handle_or_defer(&self, due: &DueItem, now: Timestamp) -> Ticked {
        let mut ticked = Ticked::default();
        let Err(error) = self.handle(due, now, &mut ticked).await else { return ticked };
        tracing::error!(pk = due.key.pk, sk = due.key.sk, %error, "due item failed");
        ticked.failed += 1;
        if let Err(error) = self.store.defer(due, now.plus(LEASE)).await {
            tracing::error!(pk = due.key.pk, sk = due.key.sk, %error, "due item not deferred");
        }
        ticked
    }

    async fn handle(&self, due: &DueItem, now: Timestamp, ticked: &mut Ticked) -> Result<()> {
        match due.kind {
            ItemKind::Conversation => {
                let waiting = self.store.close_if_idle(&due.key, self.app.idle, now).await?;
                ticked.closed += u32::from(waiting == Waiting::Closed);
            }
            ItemKind::Source => self.source(due, now, ticked).await?,
            ItemKind::Delivery => self.delivery(due, now, ticked).await?,
            ItemKind::PeerEntry => self.entry(due, now, ticked).await?,
            ItemKind::Channel => self.channel(due, now, ticked).await?,
            ItemKind::Tombstone => self.deletion(due, now, ticked).await?,
            ItemKind::ChatbotCopy => self.chatbot_copy(due, now, ticked).await?,
            ItemKind::Workspace => self.plan(due, now, ticked).await?,
            ItemKind::Retention => self.retention(due, now, ticked).await?,
            ItemKind::AgentLoop => {
                ticked.runs += u32::from(self.app.run_planned(due, now).await?);
            }
            ItemKind::Execution => self.execution(due, now, ticked).await?,
            other => tracing::error!(?other, pk = due.key.pk, "no handler for due item"),
        }
        Ok(())
    }

    /// A source is due for its next sync, or its crawl has been going on for too long.
    async fn source(&self, due: &DueItem, now: Timestamp, ticked: &mut Ticked) -> Result<()> {
        let Some(source) = self.store.source_at(&due.key).await? else { return Ok(()) };
        if let Some(from) = source.copying_from() {
            if now.since(from.requested_at) < MAX_COPY_TIME {
                return self.copy(due, &CopyKnowledge::of_source(&source), now, ticked).await;
            }
            let reason = "the copy did not come to an end".to_owned();
            let result = CrawlResult::Failed { reason };
            self.store.end_crawl(&source, &result, now, Some(&due.due_at)).await?;
        } else if source.is_crawling() {
            let reason = "the crawl did not come to an end".to_owned();
            let result = CrawlResult::Failed { reason };
            let ended = self.store.end_crawl(&source, &result, now, Some(&due.due_at)).await?;
            ticked.called_off += u32::from(ended);
        } else if self.app.begin_crawl(&source, Some(&due.due_at)).await? {
            ticked.crawls += 1;
        }
        Ok(())
    }

    /// The sources of a copy of a chatbot are not there yet: the message that adds them got lost, or
    /// failed.
    async fn chatbot_copy(&self, due: &DueItem, now: Timestamp, ticked: &mut Ticked) -> Result<()> {
        let Some(copy) = self.store.chatbot_copy_at(&due.key).await? else { return Ok(()) };
        if now.since(copy.requested_at) < MAX_COPY_TIME {
            return self.copy(due, &CopyKnowledge::of(&copy), now, ticked).await;
        }
        tracing::error!(chatbot = %copy.chatbot_id, "a copy of a chatbot stays without its sources");
        self.store.end_chatbot_copy(copy.chatbot_id).await
    }

    async fn copy(
        &self,
        due: &DueItem,
        job: &CopyKnowledge,
        now: Timestamp,
        ticked: &mut Ticked,
    ) -> Result<()> {
        let Some(copies) = &self.copies else { return Ok(()) };
        if self.store.lease_due(due, now.plus(COPY_LEASE)).await? {
            copies.send_all(std::slice::from_ref(job)).await?;
            ticked.copies += 1;
        }
        Ok(())
    }

    /// The job of a channel's entry was lost, or is to come later than a queue can hold it back.
    async fn entry(&self, due: &DueItem, now: Timestamp, ticked: &mut Ticked) -> Result<()> {
        let Some(entry) = self.store.entry_at(&due.key).await? else { return Ok(()) };
        if entry.state != EntryState::Pending {
            return Ok(());
        }
        let next = entry.next_attempt_at.unwrap_or(now).max(now);
        if !self.store.lease_due(due, next.plus(LEASE)).await? {
            return Ok(());
        }
        let delay = Duration::from_secs(next.since(now).as_secs());
        self.channels.send(&ChannelJob::of(&entry), delay).await?;
        ticked.channels += 1;
        Ok(())
    }

    /// A change of plan was cut short.
    async fn plan(&self, due: &DueItem, now: Timestamp, ticked: &mut Ticked) -> Result<()> {
        let Some(id) = due.key.partition_id() else { return Ok(()) };
        let until = now.plus(LEASE);
        if self.store.lease_due(due, until).await? {
            ticked.plans += u32::from(self.store.carry_plan_on(id, until).await?);
        }
        Ok(())
    }

    /// The platform of a deleted channel was not reached yet, or it is time to ask that of a connected one.
    async fn channel(&self, due: &DueItem, now: Timestamp, ticked: &mut Ticked) -> Result<()> {
        let Some(id) = due.key.partition_id::<ChannelId>() else { return Ok(()) };
        let job = match self.store.deleted_channel(id).await? {
            Some((channel, _)) => ChannelJob::removal(channel.workspace_id, id),
            None => match self.store.channel(id, true).await? {
                Some(channel) => ChannelJob::check(channel.workspace_id, id),
                None => return Ok(()),
            },
        };
        if self.store.lease_due(due, now.plus(LEASE)).await? {
            self.channels.send(&job, Duration::ZERO).await?;
            ticked.channels += 1;
        }
        Ok(())
    }

    /// What belonged to something deleted is still there: the message that clears it away got lost,
    /// or failed.
    async fn deletion(&self, due: &DueItem, now: Timestamp, ticked: &mut Ticked) -> Result<()> {
        let Some(purges) = &self.purges else { return Ok(()) };
        let found = self.store.tombstone(&due.key).await?;
        let Some(tombstone) = found.filter(|found| found.completed_at.is_none()) else {
            return Ok(());
        };
        if self.store.lease_tombstone(&due.key, &due.due_at, now).await? {
            purges.send(&Purge { target: tombstone.target }, Duration::ZERO).await?;
            ticked.deletions += 1;
        }
        Ok(())
    }

    /// It is time to look for conversations and leads of a chatbot that have expired.
    async fn retention(&self, due: &DueItem, now: Timestamp, ticked: &mut Ticked) -> Result<()> {
        let Some(purges) = &self.purges else { return Ok(()) };
        let Some(stored) = self.store.retention_at(&due.key).await? else { return Ok(()) };
        if self.store.lease_due(due, now.plus(LEASE)).await? {
            let target = PurgeTarget::Expired { chatbot: stored.chatbot };
            purges.send(&Purge { target }, Duration::ZERO).await?;
            ticked.deletions += 1;
        }
        Ok(())
    }

    /// An execution waits without a message, or its worker's lease is over.
    async fn execution(&self, due: &DueItem, now: Timestamp, ticked: &mut Ticked) -> Result<()> {
        let found = self.store.execution_at(&due.key).await?;
        let Some(execution) = found.filter(|found| !found.status.is_final()) else { return Ok(()) };
        // The lease first: if the message is lost after that, the row is due again.
        if self.store.lease_execution(&due.key, &due.due_at, now.plus(LEASE)).await? {
            self.loops.send_all(&[RunLoop::of(&execution)]).await?;
            ticked.executions += 1;
        }
        Ok(())
    }

    async fn delivery(&self, due: &DueItem, now: Timestamp, ticked: &mut Ticked) -> Result<()> {
        let Some(delivery) = self.store.delivery(&due.key).await? else { return Ok(()) };
        if delivery.status != DeliveryStatus::Pending {
            return Ok(());
        }
        let next = delivery.next_attempt_at.unwrap_or(now).max(now);
        let until = next.plus(LEASE);
        // The lease first: if the message is lost after that, the row is due again.
        if !self.store.lease_delivery(&due.key, &due.due_at, until).await? {
            return Ok(());
        }
        let message = Deliver::next(&delivery);
        let wait = next.since(now);
        self.deliveries.send(&message, Duration::from_secs(wait.as_secs())).await?;
        ticked.deliveries += 1;
        Ok(())
    }
}
