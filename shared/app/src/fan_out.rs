//! From a change of an item to what follows from it: jobs for the queues, deliveries for the
//! subscriptions. A record that comes again leads to the same ids, so nothing happens twice.

use std::collections::{HashMap, hash_map::Entry};

use domain::{
    ChatbotId, Conversation, Delivery, DeliveryId, DeliveryStatus, Dialect, Event, Result, Webhook,
    WebhookStatus,
};
use store::{Change, PurgeTarget, PutDelivery, Store};

use crate::{
    Core,
    queue::{CrawlPage, Deliver, Purge, Queue, VERSION},
};

/// One message that an event leads to for one subscription, in the dialect of that subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The dialect's name of the event.
    pub event: String,
    /// The exact bytes to send.
    pub body: String,
}

/// Renders an event in a dialect. Handed in, since use cases know no wire shape.
pub type Render = fn(Dialect, &Event) -> Vec<Message>;

/// Fanning out: what `event-fanout` needs beyond [`Core`].
#[derive(Debug, Clone)]
pub struct FanOut {
    store: Store,
    crawls: Queue,
    deliveries: Queue,
    purges: Queue,
    render: Render,
}

/// The subscriptions that a batch has looked up already.
pub type Subscriptions = HashMap<ChatbotId, Vec<Webhook>>;

impl FanOut {
    /// Fanning out over `core` to the three queues.
    pub fn new(
        core: Core,
        crawls: Queue,
        deliveries: Queue,
        purges: Queue,
        render: Render,
    ) -> Self {
        Self { store: core.store, crawls, deliveries, purges, render }
    }

    /// Does what follows from `change`.
    pub async fn handle(&self, change: Change, known: &mut Subscriptions) -> Result<()> {
        let purges = purges(&change);
        if !purges.is_empty() {
            self.purges.send_all(&purges).await?;
        }
        match change {
            Change::PageQueued(page) => {
                let job = CrawlPage {
                    v: VERSION,
                    workspace_id: page.workspace_id,
                    chatbot_id: page.chatbot_id,
                    source_id: page.source_id,
                    job: page.job,
                    url: page.url,
                };
                self.crawls.send_all(&[job]).await
            }
            Change::ConversationStarted(conversation) => {
                self.clear_if_orphaned(&conversation).await?;
                self.announce(&[Event::started(conversation)], known).await
            }
            Change::ConversationChanged { new, ended_at: Some(at), .. } => {
                self.announce(&[Event::ended(new, at)], known).await
            }
            Change::ConversationChanged { new, handoff_at: Some(at), .. } => {
                self.announce(&[Event::handed_off(new, at)], known).await
            }
            Change::LeadCaptured(lead) => self.announce(&[Event::captured(lead)], known).await,
            Change::TurnRated { turn, rating, at, .. } => {
                self.announce(&[Event::rated(turn, rating, at)], known).await
            }
            Change::TurnAdded(turn) => self.announce(&Event::of_turn(&turn), known).await,
            _ => Ok(()),
        }
    }

    /// A chat that was under way while its chatbot was deleted and cleared away leaves a
    /// conversation behind; clearing away once more takes it along.
    async fn clear_if_orphaned(&self, conversation: &Conversation) -> Result<()> {
        let (workspace, id) = (conversation.workspace_id, conversation.chatbot_id);
        if self.store.chatbot(workspace, id).await?.is_some() {
            return Ok(());
        }
        let target = PurgeTarget::Chatbot { id, workspace };
        self.purges.send_all(&[Purge { v: VERSION, target }]).await
    }

    async fn announce(&self, events: &[Event], known: &mut Subscriptions) -> Result<()> {
        let mut messages = Vec::new();
        for event in events {
            let webhooks = match known.entry(event.chatbot_id) {
                Entry::Occupied(there) => there.into_mut(),
                Entry::Vacant(room) => room.insert(self.store.webhooks(event.chatbot_id).await?),
            };
            for webhook in webhooks.iter() {
                // A subscription hears of what happens after it was made, replays included.
                let wants =
                    webhook.status == WebhookStatus::Active && webhook.created_at <= event.at;
                if !wants {
                    continue;
                }
                for message in (self.render)(webhook.dialect, event) {
                    if webhook.events.contains(&message.event) {
                        messages.extend(self.put(event, webhook, message).await?);
                    }
                }
            }
        }
        self.deliveries.send_all(&messages).await
    }

    async fn put(
        &self,
        event: &Event,
        webhook: &Webhook,
        message: Message,
    ) -> Result<Option<Deliver>> {
        let parts = [event.id.to_string(), webhook.id.to_string(), message.event.clone()];
        let delivery = Delivery {
            id: DeliveryId::derived(&parts.each_ref().map(String::as_str)),
            webhook_id: webhook.id,
            chatbot_id: webhook.chatbot_id,
            event_id: event.id,
            event: message.event,
            body: message.body,
            status: DeliveryStatus::Pending,
            attempts: Vec::new(),
            next_attempt_at: None,
            created_at: event.at,
        };
        let deliver = Deliver {
            v: VERSION,
            chatbot_id: delivery.chatbot_id,
            webhook_id: delivery.webhook_id,
            created_at: delivery.created_at,
            delivery_id: delivery.id,
            attempt: 0,
        };
        Ok(match self.store.put_delivery(&delivery).await? {
            // One that still waits may have lost its message between the row and the queue.
            PutDelivery::Added | PutDelivery::Pending => Some(deliver),
            PutDelivery::Settled => None,
        })
    }
}

fn purges(change: &Change) -> Vec<Purge> {
    let mut targets: Vec<PurgeTarget> =
        change.spent_crawls().into_iter().map(|(id, job)| PurgeTarget::Crawl { id, job }).collect();
    match change {
        Change::ConversationRemoved(conversation) => {
            targets.push(PurgeTarget::Conversation { id: conversation.id });
        }
        Change::ChatbotRemoved(chatbot) => {
            targets.push(PurgeTarget::Chatbot { id: chatbot.id, workspace: chatbot.workspace_id })
        }
        Change::WebhookRemoved(webhook) => targets.push(PurgeTarget::Webhook { id: webhook.id }),
        _ => {}
    }
    targets.into_iter().map(|target| Purge { v: VERSION, target }).collect()
}
