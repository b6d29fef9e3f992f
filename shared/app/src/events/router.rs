//! From a change of an item to what follows from it: jobs for the queues, deliveries for the
//! subscriptions. A record that comes again leads to the same ids, so nothing happens twice.

use std::{collections::HashMap, ops::RangeInclusive};

use domain::{
    ChatbotId, Context, Conversation, Delivery, DeliveryId, DeliveryStatus, Dialect, Event,
    EventBody, EventId, Needs, Result, Scope, SourceKind, SwitchedOff, Timestamp, Webhook,
    WebhookStatus, webhook::MOST_ATTEMPTS,
};
use futures::{StreamExt, TryStreamExt, stream};
use store::{Change, Place, PurgeTarget, PutDelivery, Store};

use crate::{
    Core,
    adapters::sqs::{CrawlPage, Deliver, Mail, MailAbout, Purge, Queue, VERSION},
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

/// Fanning out: what `event-fanout` needs beyond [`Core`].
#[derive(Debug, Clone)]
pub struct FanOut {
    store: Store,
    crawls: Queue,
    deliveries: Queue,
    purges: Queue,
    mails: Queue,
    voice: Voice,
    /// Whether what was given up is tried once more.
    again: bool,
}

/// The subscriptions that a batch has looked up already.
pub type Known = HashMap<Scope, Vec<Webhook>>;

impl FanOut {
    /// Fanning out over `core` to the four queues.
    pub fn new(
        core: Core,
        crawls: Queue,
        deliveries: Queue,
        purges: Queue,
        mails: Queue,
        voice: Voice,
    ) -> Self {
        Self { store: core.store, crawls, deliveries, purges, mails, voice, again: false }
    }

    /// Does what follows from `change`.
    pub async fn handle(&self, change: Change, known: &mut Known) -> Result<()> {
        let purges = purges(&change);
        if !purges.is_empty() {
            self.purges.send_all(&purges).await?;
        }
        match change {
            Change::PageQueued(page) => self.crawls.send_all(&[CrawlPage::of(&page)]).await,
            Change::ConversationStarted(conversation) => {
                self.clear_if_orphaned(&conversation).await?;
                self.announce(&[Event::started(conversation)], known).await
            }
            Change::ConversationChanged { new, ended_at: Some(at), .. } => {
                self.announce(&[Event::ended(new, at)], known).await
            }
            Change::ConversationChanged { new, handoff_at: Some(at), handoff_dialect, .. } => {
                let event = Event::handed_off(new, at);
                self.mail_handoff(&event, handoff_dialect).await?;
                self.announce(&[event], known).await
            }
            Change::WebhookSwitchedOff(webhook, off) => self.mail_switched_off(&webhook, off).await,
            // One that was tried meanwhile has another message on its way.
            Change::DeliveryReplayed(delivery) => {
                self.deliveries.send_all(&[Deliver::next(&delivery)]).await
            }
            Change::LeadCaptured(lead) => self.announce(&[Event::captured(lead)], known).await,
            Change::TurnRated { turn, rating, at, .. } => {
                self.announce(&[Event::rated(turn, rating, at)], known).await
            }
            Change::TurnAdded(turn) => self.announce(&Event::of_turn(&turn), known).await,
            _ => Ok(()),
        }
    }

    /// Does once more what follows from all that happened to `chatbot` within `times`, as far as
    /// its items tell; how many changes there were. Ids are the same as the first time, so what
    /// was delivered is not delivered again, for as long as deliveries are kept.
    pub async fn derive_again(
        &self,
        chatbot: ChatbotId,
        times: &RangeInclusive<Timestamp>,
    ) -> Result<u64> {
        let once_more = Self { again: true, ..self.clone() };
        let mut known = Known::default();
        let mut derived = 0;
        let mut place = Some(Place::default());
        while let Some(from) = place {
            let (changes, next) = self.store.history(chatbot, times, from).await?;
            for change in changes {
                once_more.handle(change, &mut known).await?;
                derived += 1;
            }
            place = next;
        }
        Ok(derived)
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

    /// Helpbot's reference promises its site's owner a mail; the others promise none.
    async fn mail_handoff(&self, event: &Event, asked_in: Option<Dialect>) -> Result<()> {
        let EventBody::HandoffRequested(conversation) = &event.body else { return Ok(()) };
        if asked_in != Some(Dialect::Helpbot) {
            return Ok(());
        }
        let mail = Mail {
            v: VERSION,
            event_id: event.id,
            at: event.at,
            workspace_id: event.workspace_id,
            chatbot_id: Some(event.chatbot_id),
            about: MailAbout::HandoffRequested { conversation_id: conversation.id },
        };
        self.mails.send_all(&[mail]).await
    }

    async fn mail_switched_off(&self, webhook: &Webhook, off: SwitchedOff) -> Result<()> {
        let (id, time) = (webhook.id.to_string(), off.at.to_string());
        let mail = Mail {
            v: VERSION,
            event_id: EventId::derived(&["webhook switched off", &id, &time]),
            at: off.at,
            workspace_id: webhook.workspace_id,
            chatbot_id: webhook.chatbot_id,
            about: MailAbout::WebhookDisabled { webhook_id: webhook.id },
        };
        self.mails.send_all(&[mail]).await
    }

    async fn announce(&self, events: &[Event], known: &mut Known) -> Result<()> {
        let mut messages = Vec::new();
        for event in events {
            self.look_up(event, known).await?;
            let scopes = scopes(event);
            let subscribed: Vec<_> = scopes
                .iter()
                .filter_map(|scope| known.get(scope))
                .flatten()
                .flat_map(|webhook| self.heard(event, webhook))
                .collect();
            if subscribed.is_empty() {
                continue;
            }
            let needs = subscribed
                .iter()
                .map(|(webhook, name)| (self.voice.needs)(webhook.dialect, name))
                .fold(Needs::default(), |all, one| all | one);
            let context = self.context(event, needs).await?;
            // Made one by one, since the compiler can't tell that a closure's would be Send.
            let mut puts = Vec::with_capacity(subscribed.len());
            for (webhook, name) in subscribed {
                let body = (self.voice.body)(webhook.dialect, name, event, &context);
                puts.push(self.put(event, webhook, Message { event: name.to_owned(), body }));
            }
            let put: Vec<_> = stream::iter(puts).buffer_unordered(AT_ONCE).try_collect().await?;
            messages.extend(put.into_iter().flatten());
        }
        self.deliveries.send_all(&messages).await
    }

    /// Makes sure that all who could want `event` are known.
    async fn look_up(&self, event: &Event, known: &mut Known) -> Result<()> {
        let unknown = |scope: Scope| (!known.contains_key(&scope)).then_some(scope);
        let [chatbot, workspace] = scopes(event).map(unknown);
        let look_up = async |scope: Option<Scope>| match scope {
            Some(scope) => self.store.webhooks(scope).await.map(|found| Some((scope, found))),
            None => Ok(None),
        };
        let (chatbot, workspace) = tokio::try_join!(look_up(chatbot), look_up(workspace))?;
        known.extend(chatbot.into_iter().chain(workspace));
        Ok(())
    }

    /// The names under which `webhook` wants to hear of `event`.
    fn heard<'a>(
        &self,
        event: &Event,
        webhook: &'a Webhook,
    ) -> impl Iterator<Item = (&'a Webhook, &'static str)> + use<'a> {
        // A subscription hears of what happens after it was made, replays included.
        let listens = webhook.status == WebhookStatus::Active && webhook.created_at <= event.at;
        let names = if listens { (self.voice.names)(webhook.dialect, event) } else { Vec::new() };
        names
            .into_iter()
            .filter(|name| webhook.events.iter().any(|wanted| wanted == name))
            .map(move |name| (webhook, name))
    }

    /// Reads what those who hear of `event` are told besides.
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

    async fn put(
        &self,
        event: &Event,
        webhook: &Webhook,
        message: Message,
    ) -> Result<Option<Deliver>> {
        let parts = [event.id.to_string(), webhook.id.to_string(), message.event.clone()];
        let delivery = Delivery {
            id: DeliveryId::derived_at(event.at, &parts.each_ref().map(String::as_str)),
            webhook_id: webhook.id,
            scope: webhook.scope(),
            event_id: event.id,
            event: message.event,
            body: message.body,
            status: DeliveryStatus::Pending,
            attempts: Vec::new(),
            replayed_at: None,
            replayed_after: 0,
            next_attempt_at: None,
            created_at: event.at,
        };
        let deliver = Deliver::next(&delivery);
        Ok(match self.store.put_delivery(&delivery).await? {
            // One that still waits may have lost its message between the row and the queue.
            PutDelivery::Added | PutDelivery::Pending => Some(deliver),
            PutDelivery::Failed if self.again => {
                self.send_again(&deliver).await?;
                None
            }
            PutDelivery::Failed | PutDelivery::Delivered => None,
        })
    }
}

impl FanOut {
    /// What was given up is made pending again; its row's change leads to the next attempt.
    async fn send_again(&self, deliver: &Deliver) -> Result<()> {
        let found = self.store.fresh_delivery(&deliver.delivery().key()).await?;
        if let Some(found) = found.filter(|found| found.attempts.len() < MOST_ATTEMPTS) {
            self.store.replay_delivery(&found, Timestamp::now()).await?;
        }
        Ok(())
    }
}

/// Whose subscriptions can want `event`.
fn scopes(event: &Event) -> [Scope; 2] {
    [Scope::Chatbot(event.chatbot_id), Scope::Workspace(event.workspace_id)]
}

fn purges(change: &Change) -> Vec<Purge> {
    let mut targets: Vec<PurgeTarget> =
        change.spent_crawls().into_iter().map(|(id, job)| PurgeTarget::Crawl { id, job }).collect();
    match change {
        Change::ConversationRemoved(conversation) => {
            targets.push(PurgeTarget::Conversation { id: conversation.id });
        }
        Change::SourceRemoved(source) if source.kind == SourceKind::File => {
            targets.push(PurgeTarget::File { chatbot: source.chatbot_id, id: source.id });
        }
        Change::ChatbotRemoved(chatbot) => {
            targets.push(PurgeTarget::Chatbot { id: chatbot.id, workspace: chatbot.workspace_id })
        }
        Change::WebhookRemoved(webhook) => {
            let listed = webhook.dialect == Dialect::Conferbot;
            let listed_by = listed.then_some(webhook.workspace_id);
            targets.push(PurgeTarget::Webhook { id: webhook.id, listed_by });
        }
        _ => {}
    }
    targets.into_iter().map(|target| Purge { v: VERSION, target }).collect()
}
