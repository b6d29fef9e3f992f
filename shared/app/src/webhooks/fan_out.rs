//! Fan-out: from an event to one delivery for each subscription that listens to it. Ids of
//! deliveries are derived, so a change that comes again makes the same deliveries.

use std::collections::HashMap;

use domain::{Context, Delivery, Dialect, Event, Needs, Result, Scope, Webhook, WebhookStatus};
use futures::{StreamExt, TryStreamExt, stream};
use store::{Change, PutDelivery, Store};

use crate::{
    Core, adapters::clock::SharedClock, jobs::JobQueue, webhooks::job::Deliver,
    webhooks::replay::replay_failed,
};

/// Deliveries of one event that are put at the same time.
const AT_ONCE: usize = 10;

/// One message for one subscription, in the dialect of that subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The dialect's name of the event.
    pub event: String,
    /// The exact bytes to send.
    pub body: String,
}

/// What an event is in a dialect. Handed in, since use cases know no wire shape.
#[derive(Debug, Clone, Copy)]
pub struct Voice {
    /// What it is called: nothing, one name, or several.
    pub names: fn(Dialect, &Event) -> Vec<&'static str>,
    /// What has to be read to tell of it under that name.
    pub needs: fn(Dialect, &str) -> Needs,
    /// The exact bytes to send under that name.
    pub body: fn(Dialect, &str, &Event, &Context) -> String,
}

/// The subscriptions that a batch of changes has read already, by their scopes.
pub type SubscriptionCache = HashMap<Scope, Vec<Webhook>>;

/// Puts deliveries and sends their first attempts to the delivery queue.
#[derive(Debug, Clone)]
pub(crate) struct FanOut {
    store: Store,
    queue: JobQueue<Deliver>,
    voice: Voice,
    /// Whether failed deliveries are sent again.
    replays: bool,
    clock: SharedClock,
}

impl FanOut {
    /// Fan-out over `core` to the delivery queue `queue`.
    pub fn new(core: Core, queue: JobQueue<Deliver>, voice: Voice) -> Self {
        let Core { store, clock, .. } = core;
        Self { store, queue, voice, replays: false, clock }
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
            .filter_map(|scope| cache.get(scope))
            .flatten()
            .flat_map(|webhook| self.names_for(event, webhook))
            .collect();
        if listening.is_empty() {
            return Ok(Vec::new());
        }
        let needs = listening
            .iter()
            .map(|(webhook, name)| (self.voice.needs)(webhook.dialect, name))
            .fold(Needs::default(), |all, one| all | one);
        let context = self.context(event, needs).await?;
        // Made one by one, since the compiler can't tell that a closure's would be Send.
        let mut puts = Vec::with_capacity(listening.len());
        for (webhook, name) in listening {
            let body = (self.voice.body)(webhook.dialect, name, event, &context);
            puts.push(self.put(event, webhook, Message { event: name.to_owned(), body }));
        }
        let put: Vec<_> = stream::iter(puts).buffer_unordered(AT_ONCE).try_collect().await?;
        Ok(put.into_iter().flatten().collect())
    }

    /// Reads into `cache` the subscriptions of both scopes of `event`, unless they are there.
    async fn load_subscriptions(&self, event: &Event, cache: &mut SubscriptionCache) -> Result<()> {
        let missing = |scope: Scope| (!cache.contains_key(&scope)).then_some(scope);
        let [chatbot, workspace] = scopes(event).map(missing);
        let load = async |scope: Option<Scope>| match scope {
            Some(scope) => self.store.webhooks(scope).await.map(|found| Some((scope, found))),
            None => Ok(None),
        };
        let (chatbot, workspace) = tokio::try_join!(load(chatbot), load(workspace))?;
        cache.extend(chatbot.into_iter().chain(workspace));
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
        let names = if listens { (self.voice.names)(webhook.dialect, event) } else { Vec::new() };
        names
            .into_iter()
            .filter(|name| webhook.events.iter().any(|wanted| wanted == name))
            .map(move |name| (webhook, name))
    }

    /// Reads what the listening dialects tell besides the event itself.
    async fn context(&self, event: &Event, needs: Needs) -> Result<Context> {
        let Some(id) = event.conversation_id() else { return Ok(Context::default()) };
        let conversation = async {
            match needs.conversation {
                true => self.store.conversation(event.chatbot_id, id).await,
                false => Ok(None),
            }
        };
        let opening = async {
            match needs.opening {
                true => self.store.first_turns(id, 1).await,
                false => Ok(Vec::new()),
            }
        };
        let (conversation, opening) = tokio::try_join!(conversation, opening)?;
        Ok(Context { conversation, opening: opening.into_iter().next() })
    }

    /// Puts the delivery of `message`; the job of its first attempt, if one is to be made.
    async fn put(
        &self,
        event: &Event,
        webhook: &Webhook,
        message: Message,
    ) -> Result<Option<Deliver>> {
        let Message { event: name, body } = message;
        let delivery = Delivery::of_event(event, webhook, name, body);
        let job = Deliver::next(&delivery);
        Ok(match self.store.put_delivery(&delivery).await? {
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
        Change::TurnAdded(turn) => Event::of_turn(turn).to_vec(),
        _ => Vec::new(),
    }
}

/// The scopes whose subscriptions can listen to `event`.
fn scopes(event: &Event) -> [Scope; 2] {
    [Scope::Chatbot(event.chatbot_id), Scope::Workspace(event.workspace_id)]
}
