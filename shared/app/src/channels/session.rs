//! A peer under a worker's lease: which of its entries are settled, in which order, and what a message
//! leads to.

use std::time::Duration;

use domain::{
    Channel, ChannelEntry, ChannelOrigin, ChannelPeer, Conversation, ConversationId, EntryState,
    Error, ErrorKind, KeyId, KeyKind, PeerKey, Principal, Result, Timestamp, Turn, Widget,
    channel::{DIALECT, INBOUND_PLACE, OUTBOUND_PLACE},
    conversation::{ChatRequest, shorten},
};
use platforms::{PlatformApi, ReplyContext};

use super::{
    backoff,
    inbound::{Said, StoredMessage, open_reply},
    worker::ChannelWorker,
};
use crate::{
    adapters::random,
    chat::turn::channel_message::{TakenMessage, is_a_person_s},
};

/// Entries are taken for this long; the rest is for another message.
const SLICE: Duration = Duration::from_secs(20);
/// What a peer is told that sends anything but text.
const TEXT_ONLY: &str = "Sorry, I can only read text messages.";
/// What a person who has taken over reads of anything but text.
const NO_TEXT: &str = "[sent something other than text]";
/// Characters of a note.
const MAX_NOTE: usize = 300;

/// A peer while its lease is held.
pub(super) struct PeerSession<'a> {
    pub worker: &'a ChannelWorker,
    pub channel: &'a Channel,
    key: &'a PeerKey,
    /// As it is to be remembered.
    pub peer: ChannelPeer,
    /// The holder before died and may have stored a turn.
    was_abandoned: bool,
}

/// What became of an entry: settled, or to be tried again at a time.
pub(super) type Settled = Result<Option<Timestamp>>;

/// What is said to a message.
enum Answer {
    Say(String),
    Nothing,
    /// The entry can't be answered, for this reason.
    Never(String),
    /// Not now.
    Later(String),
}

impl<'a> PeerSession<'a> {
    pub fn new(
        worker: &'a ChannelWorker,
        channel: &'a Channel,
        key: &'a PeerKey,
        peer: ChannelPeer,
        was_abandoned: bool,
    ) -> Self {
        Self { worker, channel, key, peer, was_abandoned }
    }

    /// Settles the peer's entries from `place` on, in order; when to go on, if that is not now.
    pub async fn work(&mut self, place: &str) -> Settled {
        let store = &self.worker.channels.app.store;
        let is_inbound = place.starts_with(INBOUND_PLACE);
        let prefix = if is_inbound { INBOUND_PLACE } else { OUTBOUND_PLACE };
        let through = match is_inbound {
            true => self.peer.settled_through.clone(),
            false => self.peer.replied_through.clone(),
        };
        if through.as_deref().is_some_and(|through| place < order_of(through)) {
            // It came behind what the user wrote later.
            let entry = store.entry(self.channel.id, self.key, place).await?;
            let entry = entry.filter(|entry| entry.state == EntryState::Pending);
            return match entry {
                Some(entry) => self.settle(entry, None).await,
                None => Ok(None),
            };
        }
        let begun = self.worker.now();
        let mut from = through.as_deref().map_or(prefix, order_of).to_owned();
        // The entry of the job is in the table; a read that lacks it is a moment behind.
        let mut is_expected = true;
        loop {
            let read = store.entries_from(self.channel.id, self.key, prefix, &from, false).await?;
            let lacks = is_expected && !read.0.iter().any(|entry| entry.place == place);
            let (entries, is_full) = match lacks {
                true => store.entries_from(self.channel.id, self.key, prefix, &from, true).await?,
                false => read,
            };
            is_expected = is_full && lacks;
            let Some(last) = entries.last().map(|entry| entry.place.clone()) else { break };
            self.recall(&entries);
            let mut pending: Vec<ChannelEntry> =
                entries.into_iter().filter(|entry| entry.state == EntryState::Pending).collect();
            // WhatsApp counts whole seconds: within one, what came first is first.
            pending.sort_by(|a, b| (order_of(&a.place), a.at).cmp(&(order_of(&b.place), b.at)));
            if pending.is_empty() && !is_full {
                self.settled(last, is_inbound);
                break;
            }
            let took_over = took_over(&pending);
            for entry in pending {
                let place = entry.place.clone();
                if let Some(next) = self.settle(entry, took_over.as_deref()).await? {
                    return Ok(Some(next));
                }
                self.settled(place, is_inbound);
                if self.worker.now().since(begun) > SLICE {
                    return Ok(Some(self.worker.now()));
                }
            }
            from = if is_full { last } else { order_of(&last).to_owned() };
        }
        Ok(None)
    }

    /// What a worker that died had settled without remembering it: the conversation that it opened.
    fn recall(&mut self, entries: &[ChannelEntry]) {
        let through = self.peer.settled_through.as_deref();
        let unknown = entries.iter().filter(|entry| through < Some(entry.place.as_str()));
        let last = unknown.filter_map(|entry| entry.answered_by).next_back();
        if let Some((conversation, _)) = last {
            self.peer.conversation_id = Some(conversation);
        }
    }

    fn settled(&mut self, place: String, is_inbound: bool) {
        let through = match is_inbound {
            true => &mut self.peer.settled_through,
            false => &mut self.peer.replied_through,
        };
        *through = through.take().max(Some(place));
    }

    /// Settles one entry; when to try again, if that is not now. What a user wrote before a person
    /// `took_over` is not answered.
    async fn settle(&mut self, entry: ChannelEntry, took_over: Option<&str>) -> Settled {
        if let Some(next) = entry.next_attempt_at.filter(|next| *next > self.worker.now()) {
            return Ok(Some(next));
        }
        match entry.is_inbound() {
            true => {
                let is_over = took_over.is_some_and(|place| entry.place.as_str() < place);
                self.message(entry, is_over).await
            }
            false => self.reply(entry).await,
        }
    }

    /// A message of the user.
    async fn message(&mut self, mut entry: ChannelEntry, is_over: bool) -> Settled {
        let sealer = &self.worker.channels.sealer;
        let message = StoredMessage::read(&entry.content);
        let read = message.and_then(|m| m.reply(sealer, self.channel.id).map(|reply| (m, reply)));
        let (message, reply) = match read {
            Ok(read) => read,
            Err(error) => return self.fail(entry, &error.to_string()).await,
        };
        self.peer.name.clone_from(&message.peer);
        self.peer.is_blocked = false;
        self.peer.last_inbound_at = self.peer.last_inbound_at.max(Some(entry.at));
        self.peer.sealed_reply.clone_from(&message.sealed_reply);
        if is_over || message.said == Said::HumanTookOver {
            return self.done(entry, is_over.then_some("a person answered")).await;
        }
        if let Some(why) = self.is_too_late(&reply, message.sent_at.max(entry.at)) {
            return self.fail(entry, why).await;
        }
        let answer = match &message.said {
            Said::HumanTookOver => Answer::Nothing,
            Said::Greeting => self.greeting().await?,
            Said::Unsupported => self.unsupported(&mut entry).await?,
            Said::Text(text) => self.answer(&mut entry, &message, &reply, text).await?,
        };
        match answer {
            Answer::Say(text) => self.send(entry, &reply, &text).await,
            Answer::Nothing => self.done(entry, None).await,
            Answer::Never(why) => self.fail(entry, &why).await,
            Answer::Later(why) => self.later(entry, None, &why).await,
        }
    }

    /// A reply that no message asks: its text goes to wherever the peer last wrote from.
    async fn reply(&mut self, entry: ChannelEntry) -> Settled {
        let sealer = &self.worker.channels.sealer;
        let reply = match &self.peer.sealed_reply {
            Some(sealed) => open_reply(sealer, self.channel.id, sealed)?,
            None => ReplyContext::default(),
        };
        let last = self.peer.last_inbound_at.unwrap_or(entry.at);
        if self.peer.name.is_empty() {
            return self.fail(entry, "the channel doesn't know the peer").await;
        }
        if self.peer.is_blocked {
            return self.fail(entry, "the user blocked the bot or left").await;
        }
        if let Some(why) = self.is_too_late(&reply, last) {
            return self.fail(entry, why).await;
        }
        let text = entry.content.clone();
        self.send(entry, &reply, &text).await
    }

    /// Why the platform would take no answer to a message of the time `written`.
    fn is_too_late(&self, reply: &ReplyContext, written: Timestamp) -> Option<&'static str> {
        let now = self.worker.now();
        if reply.until.is_some_and(|until| until <= now) {
            return Some("the time in which the platform takes an answer is over");
        }
        let window = PlatformApi::window(self.channel.platform)?;
        (now.since(written) > window).then_some("the user's last message is more than a day ago")
    }

    /// Once a day a peer is told that only text is read. A person who has taken over is told of it instead.
    async fn unsupported(&mut self, entry: &mut ChannelEntry) -> Result<Answer> {
        let id = entry.turn_id();
        if let Some(conversation) = self.taken_over().await?
            && self.worker.chat.leave_to_person(&conversation, id, NO_TEXT).await?
        {
            return Ok(self.left_to_person(entry, conversation.id));
        }
        let today = self.worker.now().day();
        if self.peer.text_only_on.as_ref() == Some(&today) {
            return Ok(Answer::Nothing);
        }
        self.peer.text_only_on = Some(today);
        Ok(Answer::Say(TEXT_ONLY.to_owned()))
    }

    /// The peer's conversation, if a person has taken it over and there is room in it.
    async fn taken_over(&self) -> Result<Option<Conversation>> {
        let Some(id) = self.peer.conversation_id else { return Ok(None) };
        let store = &self.worker.channels.app.store;
        let found = store.conversation(self.channel.chatbot_id, id).await?;
        Ok(found.filter(|found| is_a_person_s(found) && !found.is_full()))
    }

    /// The chatbot's greeting, where no person talks.
    async fn greeting(&self) -> Result<Answer> {
        if self.taken_over().await?.is_some() {
            return Ok(Answer::Nothing);
        }
        let app = &self.worker.channels.app;
        let chatbot = self.channel.chatbot_id;
        let (bot, set) = tokio::try_join!(
            app.store.chatbot(self.channel.workspace_id, chatbot),
            app.store.widget(chatbot)
        )?;
        let name = bot.map(|bot| bot.name).unwrap_or_default();
        Ok(Answer::Say(Widget::new(set, &name).greeting))
    }

    /// What the chatbot answers to `text`; nothing where a person has taken over. What comes of it is stored
    /// once, however often this is asked.
    async fn answer(
        &mut self,
        entry: &mut ChannelEntry,
        message: &StoredMessage,
        reply: &ReplyContext,
        text: &str,
    ) -> Result<Answer> {
        let is_retry = self.was_abandoned || entry.attempts > 0 || entry.answered_by.is_some();
        if is_retry && let Some(answer) = self.answered_before(entry).await? {
            return Ok(answer);
        }
        if !is_retry && !self.peer.count_message(entry.at) {
            return Ok(Answer::Never("the user writes too many messages a minute".to_owned()));
        }
        let principal = self.principal().await?;
        let (origin, conversation) = (self.origin(message), self.peer.conversation_id);
        let request = ChatRequest::of_channel(text, conversation, &message.user_id, origin)?;
        let id = entry.turn_id();
        let chat = self.worker.chat.take_channel_message(&principal, DIALECT, request, id);
        let taken = tokio::select! {
            taken = chat => taken,
            () = self.typing(reply) => Err(Error::internal("typing never ends")),
        };
        match taken {
            Ok(TakenMessage::Answered(turn)) => Ok(self.answered(entry, *turn, false)),
            Ok(TakenMessage::LeftToPerson(conversation)) => {
                Ok(self.left_to_person(entry, conversation))
            }
            Err(error) if error.kind == ErrorKind::Conflict => {
                let before = self.answered_before(entry).await?;
                Ok(before.unwrap_or(Answer::Later(error.message)))
            }
            Err(error) if matches!(error.kind, ErrorKind::Internal | ErrorKind::RateLimited) => {
                tracing::error!(channel = %self.channel.id, %error, "a message could not be answered");
                Ok(Answer::Later("the answer failed".to_owned()))
            }
            Err(error) => Ok(Answer::Never(error.message)),
        }
    }

    /// The answer of a turn, or that a person has the message, if either was stored before.
    async fn answered_before(&mut self, entry: &mut ChannelEntry) -> Result<Option<Answer>> {
        let store = &self.worker.channels.app.store;
        let id = entry.turn_id();
        let known = entry.answered_by.map(|(conversation, _)| conversation);
        let places = [known, self.peer.conversation_id, Some(ConversationId::opened_by(id))];
        for conversation in places.into_iter().flatten() {
            let Some(turn) = store.turn(conversation, id).await? else {
                match store.has_direct_message(conversation, id).await? {
                    true => return Ok(Some(self.left_to_person(entry, conversation))),
                    false => continue,
                }
            };
            let found = store.conversation(self.channel.chatbot_id, conversation).await?;
            let is_handed_off = found.as_ref().is_some_and(is_a_person_s);
            return Ok(Some(self.answered(entry, turn, is_handed_off)));
        }
        Ok(None)
    }

    fn answered(&mut self, entry: &mut ChannelEntry, turn: Turn, is_handed_off: bool) -> Answer {
        self.peer.conversation_id = Some(turn.conversation_id);
        entry.answered_by = Some((turn.conversation_id, turn.id));
        // The person who has taken over answers.
        if is_handed_off { Answer::Nothing } else { Answer::Say(turn.answer) }
    }

    fn left_to_person(&mut self, entry: &mut ChannelEntry, conversation: ConversationId) -> Answer {
        self.peer.conversation_id = Some(conversation);
        entry.answered_by = Some((conversation, entry.turn_id()));
        Answer::Nothing
    }

    /// Who asks: the channel, on behalf of its workspace.
    async fn principal(&self) -> Result<Principal> {
        Ok(Principal {
            key_id: KeyId::derived(&["channel", &self.channel.id.to_string()]),
            workspace_id: self.channel.workspace_id,
            chatbot_id: Some(self.channel.chatbot_id),
            dialect: DIALECT,
            kind: KeyKind::Secret,
            plan: self.worker.plan(self.channel.workspace_id).await?,
        })
    }

    fn origin(&self, message: &StoredMessage) -> ChannelOrigin {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        ChannelOrigin {
            channel_id: self.channel.id,
            platform: self.channel.platform,
            peer: self.key.clone(),
            chat_id: message.chat_id.clone(),
            user_name: given(&message.user_name),
            username: given(&message.username),
        }
    }

    /// The entry is settled.
    pub(super) async fn done(&self, mut entry: ChannelEntry, note: Option<&str>) -> Settled {
        entry.note = note.map(str::to_owned).or(entry.note);
        self.worker.channels.app.store.settle_entry(&entry, EntryState::Done).await?;
        Ok(None)
    }

    /// The entry failed for good, for the reason `why`.
    pub(super) async fn fail(&self, mut entry: ChannelEntry, why: &str) -> Settled {
        tracing::warn!(channel = %self.channel.id, why, "an entry of a channel failed");
        entry.note = Some(shorten(why, MAX_NOTE));
        self.worker.channels.app.store.settle_entry(&entry, EntryState::Failed).await?;
        Ok(None)
    }

    /// The entry is tried again later: after what the platform `asks`, or with backoff.
    pub(super) async fn later(
        &self,
        mut entry: ChannelEntry,
        asks: Option<Duration>,
        why: &str,
    ) -> Settled {
        let now = self.worker.now();
        if now.since(entry.at) > backoff::MAX_AGE {
            return self.fail(entry, why).await;
        }
        entry.attempts = entry.attempts.saturating_add(1);
        let delay = backoff::retry_delay(entry.attempts, asks, random::fraction());
        let delay = self.worker.scaled(delay);
        let next = now.plus(delay);
        entry.next_attempt_at = Some(next);
        entry.note = Some(shorten(why, MAX_NOTE));
        let due = backoff::look_again(next, delay);
        self.worker.channels.app.store.defer_entry(&entry, due).await?;
        Ok(Some(next))
    }
}

/// The beginning of a place that entries of the same order share: that of a message without its hash.
fn order_of(place: &str) -> &str {
    match place.rsplit_once('#') {
        Some((order, _)) if place.starts_with(INBOUND_PLACE) => order,
        _ => place,
    }
}

/// The last place at which a person took over.
fn took_over(pending: &[ChannelEntry]) -> Option<String> {
    let is_person = |entry: &&ChannelEntry| {
        let message = entry.is_inbound().then(|| StoredMessage::read(&entry.content));
        message.is_some_and(|m| m.is_ok_and(|m| m.said == Said::HumanTookOver))
    };
    pending.iter().rev().find(is_person).map(|entry| entry.place.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_the_same_second_share_their_order_and_replies_have_one_each() {
        let (a, b) = (ChannelEntry::inbound_place(7, "a"), ChannelEntry::inbound_place(7, "b"));
        assert_eq!(order_of(&a), order_of(&b));
        assert!(order_of(&a) < a.as_str() && order_of(&a) > INBOUND_PLACE);
        assert_ne!(order_of(&a), order_of(&ChannelEntry::inbound_place(8, "a")));
        let reply = ChannelEntry::outbound_place(domain::MessageId::new());
        assert_eq!(order_of(&reply), reply);
    }
}
