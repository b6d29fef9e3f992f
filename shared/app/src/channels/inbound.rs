//! What platforms deliver: verified, stored, acknowledged. Nothing here waits for a platform or a model.

use domain::{
    Channel, ChannelEntry, ChannelId, ChannelStatus, EntryState, Error, ErrorKind, PeerKey, Result,
    Timestamp, bounds, conversation::shorten,
};
use futures::{StreamExt, TryStreamExt, stream};
pub use platforms::{Acknowledgment, InboundRequest};
use platforms::{
    ChannelSide, InboundEvent, InboundKind, PieceError, ReplyContext, SendFailure, max_body,
    receive,
};
use serde::{Deserialize, Serialize};

use super::{
    backoff,
    connect::Channels,
    secrets::{self, ChannelSecrets, is_messaging},
};
use crate::adapters::seal::Sealer;

/// Messages of one delivery that are stored at the same time.
const AT_ONCE: usize = 20;

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Said {
    /// Text for the bot.
    Text(String),
    /// Something else than text.
    Unsupported,
    /// The user opened the chat.
    Greeting,
    /// A person answered on the platform itself.
    HumanTookOver,
}

/// The content of a message's entry.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct StoredMessage {
    pub said: Said,
    /// Where an answer goes.
    pub peer: String,
    pub chat_id: String,
    pub user_id: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub user_name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub username: String,
    pub sent_at: Timestamp,
    /// What an answer needs, where nothing in it is secret.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reply: Option<ReplyContext>,
    /// The same as JSON, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed_reply: Option<String>,
}

impl StoredMessage {
    /// The message in an entry's content.
    pub fn read(content: &str) -> Result<Self> {
        serde_json::from_str(content).map_err(Error::internal)
    }

    /// What an answer to it needs.
    pub fn reply(&self, sealer: &Sealer, channel: ChannelId) -> Result<ReplyContext> {
        match (&self.sealed_reply, &self.reply) {
            (Some(sealed), _) => open_reply(sealer, channel, sealed),
            (None, Some(reply)) => Ok(reply.clone()),
            (None, None) => Ok(ReplyContext::default()),
        }
    }
}

/// What an answer needs, opened.
pub(super) fn open_reply(
    sealer: &Sealer,
    channel: ChannelId,
    sealed: &str,
) -> Result<ReplyContext> {
    let text = sealer.open(&channel.to_string(), sealed)?;
    serde_json::from_str(&text).map_err(Error::internal)
}

impl Channels {
    /// Takes a delivery for the channel `id`; what to answer. Everything that it says is stored by then.
    ///
    /// # Errors
    ///
    /// There is no such channel; the body is larger than its platform sends; the table failed, and the
    /// platform is to deliver again.
    pub async fn receive(
        &self,
        id: ChannelId,
        request: InboundRequest<'_>,
    ) -> Result<Acknowledgment> {
        let found = self.app.store.channel(id, true).await?;
        let channel = found.filter(|channel| is_messaging(channel.platform));
        let channel = channel.ok_or_else(|| Error::not_found("channel"))?;
        if request.body.len() > max_body(channel.platform) {
            return Err(Error::new(ErrorKind::PayloadTooLarge, "the body is too large"));
        }
        let secrets = ChannelSecrets::open(&self.sealer, &channel)?;
        let account = secrets::account(&channel)?;
        let side = ChannelSide {
            credentials: &secrets.credentials,
            account: &account,
            secret: &secrets.secret,
        };
        let inbound = match receive(side, request) {
            Ok(inbound) => inbound,
            Err(unverified) => {
                tracing::info!(channel = %id, why = unverified.why, "a delivery was refused");
                let status = unverified.status;
                return Ok(Acknowledgment { status, content_type: None, body: String::new() });
            }
        };
        let taken = stream::iter(inbound.events)
            .map(|event| self.take(&channel, event))
            .buffer_unordered(AT_ONCE)
            .try_collect::<Vec<()>>();
        let (taken, ()) = tokio::join!(taken, self.plan_check(&channel));
        taken?;
        Ok(inbound.answer)
    }

    /// Stores a message, or acts on what else a platform tells.
    async fn take(&self, channel: &Channel, event: InboundEvent) -> Result<()> {
        let store = &self.app.store;
        let peer = PeerKey::of(&event.peer);
        let said = match &event.kind {
            InboundKind::Text(text) => Said::Text(shorten(text, bounds::MESSAGE.1)),
            InboundKind::Unsupported(_) => Said::Unsupported,
            InboundKind::Greeting => Said::Greeting,
            InboundKind::HumanTookOver => Said::HumanTookOver,
            InboundKind::Blocked => return store.block_peer(channel.id, &peer).await,
            InboundKind::Moved(to) => return self.move_peer(channel, &peer, to).await,
            InboundKind::DeliveryFailed { message_id: _, error } => {
                return self.delivery_failed(channel, &peer, error).await;
            }
            InboundKind::ChannelLost(reason) => return self.lose(channel, reason).await,
        };
        if channel.status != ChannelStatus::Connected {
            tracing::info!(channel = %channel.id, "a message came while the channel is not connected");
            return Ok(());
        }
        let now = self.app.now();
        let entry = ChannelEntry {
            workspace_id: channel.workspace_id,
            chatbot_id: channel.chatbot_id,
            channel_id: channel.id,
            place: ChannelEntry::inbound_place(event.order, &event.dedup_key),
            content: self.content(channel, said, event)?,
            peer,
            state: EntryState::Pending,
            at: now,
            answered_by: None,
            pieces_sent: 0,
            attempts: 0,
            next_attempt_at: None,
            note: None,
        };
        let due = now.plus(backoff::LOOK_AFTER);
        if !store.put_entry(&entry, due).await? {
            tracing::info!(channel = %channel.id, "a message came again");
        }
        Ok(())
    }

    /// What is stored of a message.
    fn content(&self, channel: &Channel, said: Said, event: InboundEvent) -> Result<String> {
        let InboundEvent { peer, user, chat_id, sent_at, reply, .. } = event;
        // What can be answered for a time only holds the right to do so.
        let (reply, sealed_reply) = match reply.until {
            None => (Some(reply), None),
            Some(_) => {
                let text = serde_json::to_string(&reply).map_err(Error::internal)?;
                (None, Some(self.sealer.seal(&channel.id.to_string(), &text)?))
            }
        };
        let message = StoredMessage {
            said,
            peer,
            chat_id,
            user_id: user.id,
            user_name: user.name,
            username: user.username,
            sent_at,
            reply,
            sealed_reply,
        };
        serde_json::to_string(&message).map_err(Error::internal)
    }

    /// A peer of `channel` is called `to` from now on.
    async fn move_peer(&self, channel: &Channel, from: &PeerKey, to: &str) -> Result<()> {
        let store = &self.app.store;
        let known = store.peer(channel.id, from).await?;
        let conversation = known.and_then(|peer| peer.conversation_id);
        let now = self.app.now();
        store.move_peer(channel.id, &PeerKey::of(to), to, conversation, now).await
    }

    /// The platform took a message and could not deliver it.
    async fn delivery_failed(
        &self,
        channel: &Channel,
        peer: &PeerKey,
        error: &PieceError,
    ) -> Result<()> {
        tracing::warn!(channel = %channel.id, reason = error.reason, "a platform could not deliver");
        match error.failure {
            SendFailure::ChannelLost => self.lose(channel, &error.reason).await,
            SendFailure::ThisConversation => self.app.store.block_peer(channel.id, peer).await,
            _ => Ok(()),
        }
    }

    /// The channel is lost, for `reason`; its owner is told once.
    pub(super) async fn lose(&self, channel: &Channel, reason: &str) -> Result<()> {
        if self.app.store.lose_channel(channel, reason, self.app.now()).await? {
            tracing::warn!(channel = %channel.id, reason, "a channel was lost");
        }
        Ok(())
    }

    /// Tells the owner what is missing on the platform; the channel stays connected.
    pub(super) async fn tell_owner(&self, channel: &Channel, reason: &str) -> Result<()> {
        let status_reason = Some(reason.to_owned());
        if channel.status_reason != status_reason {
            let told = Channel { status_reason, ..channel.clone() };
            self.app.store.update_channel(&told, channel).await?;
        }
        Ok(())
    }
}
