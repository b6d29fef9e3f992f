//! The channel worker: has one peer's entries settled at a time and in order, under that peer's lease.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{
    Channel, ChannelId, ChannelStatus, EntryState, Error, MessageId, PeerKey, Plan, Result,
    Timestamp, WorkspaceId,
};
use platforms::WebhookHealth;
use store::LeasedPeer;

use super::{
    backoff,
    connect::Channels,
    job::{ChannelJob, ChannelTask},
    session::PeerSession,
};
use crate::{
    adapters::{random, sqs::LONGEST_DELAY},
    chat::turn::Chat,
    work_queue::JobQueue,
};

/// How long a workspace's plan is taken for what it was.
const PLAN_KEPT: Duration = Duration::from_secs(60);
/// Plans that are kept.
const MAX_PLANS: usize = 1_000;

type KnownPlans = Arc<Mutex<HashMap<WorkspaceId, (Plan, Timestamp)>>>;

/// Answers and sends: what `channel-worker` needs.
#[derive(Clone)]
pub struct ChannelWorker {
    pub(super) channels: Channels,
    pub(super) chat: Chat,
    queue: JobQueue<ChannelJob>,
    plans: KnownPlans,
}

impl ChannelWorker {
    /// A worker that has `chat` answer; what has to wait goes through `queue`.
    pub fn new(channels: Channels, chat: Chat, queue: JobQueue<ChannelJob>) -> Self {
        Self { channels, chat, queue, plans: KnownPlans::default() }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.channels.app.now()
    }

    /// `time` as long as a test's clock makes it.
    pub(super) fn scaled(&self, time: Duration) -> Duration {
        time / self.channels.app.clock.retry_time_scale().max(1)
    }

    /// Handles one message.
    pub async fn handle(&self, job: &ChannelJob) -> Result<()> {
        match &job.task {
            ChannelTask::Removal => self.remove(job.channel_id).await,
            ChannelTask::Check => self.check(job.channel_id).await,
            ChannelTask::Entry { peer, place, deferrals } => {
                self.settle(job, peer, place, *deferrals).await
            }
        }
    }

    /// Settles the entries of `peer` from `place` on, unless another worker does that.
    async fn settle(
        &self,
        job: &ChannelJob,
        peer: &PeerKey,
        place: &str,
        deferrals: u32,
    ) -> Result<()> {
        let Some(channel) = self.channel(job.channel_id).await? else { return Ok(()) };
        let (store, now) = (&self.channels.app.store, self.now());
        let holder = MessageId::new().to_string();
        let until = now.plus(self.scaled(backoff::LEASE));
        let leased = store.lease_peer(channel.id, peer, &holder, now, until).await?;
        let Some(LeasedPeer { peer: known, was_abandoned }) = leased else {
            return self.busy(job, peer, place, deferrals).await;
        };
        let mut session = PeerSession::new(self, &channel, peer, known, was_abandoned);
        let worked = tokio::select! {
            worked = session.work(place) => worked,
            lost = self.hold(channel.id, peer, &holder) => return Err(lost),
        };
        store.release_peer(channel.id, peer, &holder, &session.peer, self.now()).await?;
        match worked? {
            Some(next) => self.again(job, next).await,
            None => Ok(()),
        }
    }

    /// The channel, unless it was deleted. Asked eventually consistent first, since it is most often there.
    async fn channel(&self, id: ChannelId) -> Result<Option<Channel>> {
        let store = &self.channels.app.store;
        match store.channel(id, false).await? {
            Some(channel) => Ok(Some(channel)),
            None => store.channel(id, true).await,
        }
    }

    /// Keeps the lease for as long as this is polled; why that ended.
    async fn hold(&self, channel: ChannelId, peer: &PeerKey, holder: &str) -> Error {
        let lease = self.scaled(backoff::LEASE);
        loop {
            self.channels.app.clock.sleep(lease / 3).await;
            let until = self.now().plus(lease);
            match self.channels.app.store.renew_peer_lease(channel, peer, holder, until).await {
                Ok(true) => {}
                Ok(false) => return Error::internal("the lease on a peer was lost"),
                Err(error) => return error,
            }
        }
    }

    /// Another worker has the peer. It may have looked for entries before this one was there, so the job
    /// comes again, unless that is settled.
    async fn busy(
        &self,
        job: &ChannelJob,
        peer: &PeerKey,
        place: &str,
        deferrals: u32,
    ) -> Result<()> {
        let entry = self.channels.app.store.entry(job.channel_id, peer, place).await?;
        if entry.is_none_or(|entry| entry.state != EntryState::Pending) {
            return Ok(());
        }
        let task = ChannelTask::Entry {
            peer: peer.clone(),
            place: place.to_owned(),
            deferrals: deferrals.saturating_add(1),
        };
        let later = ChannelJob { task, ..job.clone() };
        self.queue.send(&later, backoff::busy(deferrals)).await
    }

    /// Has `job` come again at `next`. What is further away than a queue can hold back, the ticker sends.
    async fn again(&self, job: &ChannelJob, next: Timestamp) -> Result<()> {
        let delay = next.since(self.now());
        if delay > LONGEST_DELAY {
            return Ok(());
        }
        // A queue counts whole seconds, and a job that comes early has to wait again.
        let whole = Duration::from_secs(delay.as_millis().div_ceil(1_000).try_into().unwrap_or(0));
        self.queue.send(job, whole).await
    }

    /// Asks the platform of a connected channel whether it still takes the credentials and delivers here. A
    /// channel without messages is lost as well where its platform says so, and only then.
    async fn check(&self, id: ChannelId) -> Result<()> {
        let Some(channel) = self.channel(id).await? else { return Ok(()) };
        if channel.status != ChannelStatus::Connected {
            return Ok(());
        }
        let after = match self.channels.health(&channel).await? {
            WebhookHealth::Lost(reason) => return self.channels.lose(&channel, &reason).await,
            WebhookHealth::Ours => backoff::CHECK_EVERY,
            WebhookHealth::Unknown(reason) => {
                tracing::warn!(channel = %id, reason, "a platform could not be asked about a channel");
                backoff::CHECK_AGAIN
            }
        };
        let jitter = after.mul_f64(random::fraction() / 10.0);
        let next = self.now().plus(after + jitter);
        self.channels.app.store.check_channel_at(id, next).await
    }

    /// Tells the platform of a deleted channel that it delivers no more, for a day at most.
    async fn remove(&self, id: ChannelId) -> Result<()> {
        let store = &self.channels.app.store;
        let Some((channel, deleted_at)) = store.deleted_channel(id).await? else { return Ok(()) };
        let is_over = self.now().since(deleted_at) > backoff::MAX_AGE;
        match self.channels.unregister(&channel).await? || is_over {
            true => store.remove_channel(id).await,
            // The ticker sends another job.
            false => Ok(()),
        }
    }

    /// The plan of a workspace, as it was within the last minute.
    pub(super) async fn plan(&self, workspace: WorkspaceId) -> Result<Plan> {
        let now = self.now();
        let known = {
            let plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
            plans.get(&workspace).copied()
        };
        if let Some((plan, _)) = known.filter(|(_, at)| now.since(*at) < PLAN_KEPT) {
            return Ok(plan);
        }
        let found = self.channels.app.store.workspace(workspace).await?;
        let plan = found.ok_or_else(|| Error::not_found("workspace"))?.plan;
        let mut plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        if plans.len() >= MAX_PLANS {
            plans.clear();
        }
        plans.insert(workspace, (plan, now));
        Ok(plan)
    }
}
