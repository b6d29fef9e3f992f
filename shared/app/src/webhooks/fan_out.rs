//! Fan-out: from an event to one delivery for each subscription that listens to it. Ids of
//! deliveries are derived, so a change that comes again makes the same deliveries.

use std::collections::HashMap;

use domain::{
    Context, Delivery, Event, EventBody, EventRenderer, RenderedEvent, RequiredData, Result, Scope,
    Webhook, WebhookStatus,
};
use futures::{StreamExt, TryStreamExt, stream};
use store::{Change, PutDelivery, Store};

use crate::{
    App, adapters::clock::SharedClock, webhooks::backoff, webhooks::job::Deliver,
    webhooks::replay::replay_failed, work_queue::JobQueue,
};

/// Deliveries of one event that are put at the same time.
const AT_ONCE: usize = 10;

/// The subscriptions that a batch of changes has read already, by their scopes.
pub type SubscriptionCache = HashMap<Scope, Vec<Webhook>>;

/// Puts deliveries and sends their first attempts to the delivery queue.
#[derive(Debug, Clone)]
pub(crate) struct FanOut {
    store: Store,
    queue: JobQueue<Deliver>,
    renderer: &'static dyn EventRenderer,
    /// Whether failed deliveries are sent again.
    replays: bool,
    clock: SharedClock,
}

impl FanOut {
    /// Fan-out over `app` to the delivery queue `queue`.
    pub fn new(app: App, queue: JobQueue<Deliver>, renderer: &'static dyn EventRenderer) -> Self {
        let App { store, clock, .. } = app;
        Self { store, queue, renderer, replays: false, clock }
    }

    /// The same for events that are replayed.
    pub fn replaying(&self) -> Self {
        Self { replays: true, ..self.clone() }
    }

    /// Announces the events that `change` amounts to; a delivery that was replayed gets its next
    /// attempt.
    pub async fn on(&self, change: &Change, cache: &mut SubscriptionCache) -> Result<()> {
        if let Change::DeliveryReplayed(delivery) = change {
            // One that was tried meanwhile has another message on its way.
            return self.queue.send_all(&[Deliver::next(delivery)]).await;
        }
        let mut jobs = Vec::new();
        for event in events(change) {
            jobs.extend(self.announce(&event, cache).await?);
        }
        self.queue.send_all(&jobs).await
    }

    /// Puts the deliveries of `event`; the jobs that make their first attempts.
    async fn announce(&self, event: &Event, cache: &mut SubscriptionCache) -> Result<Vec<Deliver>> {
        self.load_subscriptions(event, cache).await?;
        let listening: Vec<_> = scopes(event)
            .iter()
            .flatten()
            .filter_map(|scope| cache.get(scope))
            .flatten()
            .flat_map(|webhook| self.names_for(event, webhook))
            .collect();
        if listening.is_empty() {
            return Ok(Vec::new());
        }
        let required = listening
            .iter()
            .map(|(webhook, name)| self.renderer.required_data(webhook.dialect, name))
            .fold(RequiredData::default(), |all, one| all | one);
        let context = self.context(event, required).await?;
        // Made one by one, since the compiler can't tell that a closure's would be Send.
        let mut puts = Vec::with_capacity(listening.len());
        for (webhook, name) in listening {
            let rendered = self.renderer.render(webhook.dialect, name, event, &context);
            puts.push(self.put(event, webhook, rendered));
        }
        let put: Vec<_> = stream::iter(puts).buffer_unordered(AT_ONCE).try_collect().await?;
        Ok(put.into_iter().flatten().collect())
    }

    /// Reads into `cache` the subscriptions of all scopes of `event`, unless they are there.
    async fn load_subscriptions(&self, event: &Event, cache: &mut SubscriptionCache) -> Result<()> {
        let missing = |scope: Scope| (!cache.contains_key(&scope)).then_some(scope);
        let [narrow, wide, callback] = scopes(event).map(|scope| scope.and_then(missing));
        let load = async |scope: Option<Scope>| match scope {
            Some(scope) => self.store.webhooks(scope).await.map(|found| Some((scope, found))),
            None => Ok(None),
        };
        let found = tokio::try_join!(load(narrow), load(wide), load(callback))?;
        cache.extend([found.0, found.1, found.2].into_iter().flatten());
        Ok(())
    }

    /// The names under which `webhook` listens to `event`.
    fn names_for<'a>(
        &self,
        event: &Event,
        webhook: &'a Webhook,
    ) -> impl Iterator<Item = (&'a Webhook, &'static str)> + use<'a> {
        // A subscription hears of events after it was made, replays included.
        let listens = webhook.status == WebhookStatus::Active && webhook.created_at <= event.at;
        let names = if listens { self.renderer.names(webhook.dialect, event) } else { Vec::new() };
        names
            .into_iter()
            .filter(|name| webhook.events.iter().any(|wanted| wanted == name))
            .map(move |name| (webhook, name))
    }

    /// Reads what the listening dialects tell besides the event itself.
    async fn context(&self, event: &Event, required: RequiredData) -> Result<Context> {
        if let EventBody::ExecutionEnded(execution) = &event.body {
            let execution_result = match required.execution_result {
                true => self.store.execution_result(execution.id).await?,
                false => None,
            };
            return Ok(Context { execution_result, ..Context::default() });
        }
        let (Some(id), Some(chatbot)) = (event.conversation_id(), event.chatbot_id) else {
            return Ok(Context::default());
        };
        let conversation = async {
            match required.conversation {
                true => self.store.conversation(chatbot, id).await,
                false => Ok(None),
            }
        };
        let first_turn = async {
            match required.first_turn {
                true => self.store.first_turns(id, 1).await,
                false => Ok(Vec::new()),
            }
        };
        let (conversation, turns) = tokio::try_join!(conversation, first_turn)?;
        let first_turn = turns.into_iter().next();
        Ok(Context { conversation, first_turn, ..Context::default() })
    }

    /// Puts the delivery of `rendered`; the job of its first attempt, if one is to be made.
    async fn put(
        &self,
        event: &Event,
        webhook: &Webhook,
        rendered: RenderedEvent,
    ) -> Result<Option<Deliver>> {
        let delivery = Delivery::of_event(event, webhook, rendered);
        let job = Deliver::next(&delivery);
        let look = backoff::first_look(self.clock.now());
        Ok(match self.store.put_delivery(&delivery, look).await? {
            // A pending one may have lost its message between the row and the queue.
            PutDelivery::Added | PutDelivery::Pending => Some(job),
            PutDelivery::Failed if self.replays => {
                replay_failed(&self.store, &job.delivery(), self.clock.now()).await?;
                None
            }
            PutDelivery::Failed | PutDelivery::Delivered => None,
        })
    }
}

/// The events that `change` amounts to.
fn events(change: &Change) -> Vec<Event> {
    match change {
        Change::ConversationStarted(conversation) => vec![Event::started(conversation.clone())],
        Change::ConversationChanged { new, ended_at: Some(at), .. } => {
            vec![Event::ended(new.clone(), *at)]
        }
        Change::ConversationChanged { new, handoff_at: Some(at), .. } => {
            vec![Event::handed_off(new.clone(), *at)]
        }
        Change::LeadCaptured(lead) => vec![Event::captured(lead.clone())],
        Change::TurnRated { turn, rating, at, .. } => {
            vec![Event::rated(turn.clone(), *rating, *at)]
        }
        Change::TurnAdded(turn) => Event::of_turn(turn),
        Change::ChannelDisconnected(channel) => vec![Event::channel_disconnected(channel.clone())],
        Change::DirectMessageAdded(message) => vec![Event::sent(message.clone())],
        Change::ExecutionEnded(execution) => {
            let at = execution.completed_at.unwrap_or(execution.created_at);
            vec![Event::executed(execution.clone(), at)]
        }
        _ => Vec::new(),
    }
}

/// The scopes whose subscriptions can listen to `event`.
fn scopes(event: &Event) -> [Option<Scope>; 3] {
    let callback = match &event.body {
        EventBody::ExecutionEnded(execution) => Some(Scope::AgentLoop(execution.agent_loop_id)),
        _ => None,
    };
    [event.chatbot_id.map(Scope::Chatbot), Some(Scope::Workspace(event.workspace_id)), callback]
}
