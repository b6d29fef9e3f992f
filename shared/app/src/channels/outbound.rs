//! The way out: text of a bot or of a person, in pieces that its platform takes.

use std::time::Duration;

use domain::{
    ChannelEntry, Conversation, EntryState, MessageId, Platform, Result, bounds, channel::REPLY,
};
use platforms::{
    Piece, PieceError, PlatformApi, ReplyContext, SendFailure, SendTarget, SentPiece, render,
};

use super::{
    backoff,
    secrets::{self, ChannelSecrets},
    session::{PeerSession, Settled},
};
use crate::App;

/// How many messages a reply has at most.
const MAX_PIECES: usize = 10;
/// The time of one request to a platform.
const SEND_TIME: Duration = Duration::from_secs(10);
/// The time of a request that nothing waits for.
const TYPING_TIME: Duration = Duration::from_secs(3);
/// Attempts at one piece before its lease is given back.
const MAX_TRIES: u32 = 3;

impl App {
    /// Has `text` of a person, or of anyone else than the bot, sent where `conversation` is held. The same
    /// `id` is sent once, however often this is called. `false` if no channel leads there: the visitor
    /// reads it through the chat routes.
    ///
    /// # Errors
    ///
    /// The text breaks its bounds.
    pub async fn send_reply(
        &self,
        conversation: &Conversation,
        id: MessageId,
        text: &str,
    ) -> Result<bool> {
        let Some(origin) = &conversation.origin else { return Ok(false) };
        if origin.platform == Platform::Web {
            return Ok(false);
        }
        let now = self.now();
        let entry = ChannelEntry {
            workspace_id: conversation.workspace_id,
            chatbot_id: conversation.chatbot_id,
            channel_id: origin.channel_id,
            peer: origin.peer.clone(),
            place: ChannelEntry::outbound_place(id),
            content: bounds::text("text", text, REPLY)?,
            state: EntryState::Pending,
            at: now,
            answered_by: None,
            pieces_sent: 0,
            attempts: 0,
            next_attempt_at: None,
            note: None,
        };
        // Its row's change leads to the job, as that of a message does.
        self.store.put_entry(&entry, now.plus(backoff::LOOK_AFTER)).await?;
        Ok(true)
    }

    /// What became of a reply that [`Self::send_reply`] took, and why it failed if it did; `None` if there
    /// is none, or its row is gone after eight days.
    pub async fn reply_state(
        &self,
        conversation: &Conversation,
        id: MessageId,
    ) -> Result<Option<(EntryState, Option<String>)>> {
        let Some(origin) = &conversation.origin else { return Ok(None) };
        let place = ChannelEntry::outbound_place(id);
        let found = self.store.entry(origin.channel_id, &origin.peer, &place).await?;
        Ok(found.map(|entry| (entry.state, entry.note)))
    }
}

/// What is to be done after a piece was not sent.
enum Next {
    /// The piece is sent again, to where the peer is now.
    Again,
    /// The entry is over: settled, or to be tried again.
    Over(Settled),
}

impl PeerSession<'_> {
    /// Sends `text` as the answer of `entry`, from the first piece on that the platform has not taken.
    pub(super) async fn send(
        &mut self,
        mut entry: ChannelEntry,
        reply: &ReplyContext,
        text: &str,
    ) -> Settled {
        let pieces = self.pieces(reply, text);
        let sent = usize::try_from(entry.pieces_sent).unwrap_or(usize::MAX);
        for (nth, piece) in pieces.iter().enumerate().skip(sent) {
            let mut tries = 0;
            while let Err(error) = self.send_piece(&entry, reply, piece, nth).await {
                tries += 1;
                match self.after(&entry, error, tries).await? {
                    Next::Again => {}
                    Next::Over(settled) => return settled,
                }
            }
            entry.pieces_sent = entry.pieces_sent.saturating_add(1);
            if nth + 1 < pieces.len() {
                // A worker that takes over continues behind this piece.
                let due = self.worker.now().plus(backoff::LOOK_AFTER);
                self.worker.channels.app.store.defer_entry(&entry, due).await?;
            }
        }
        self.done(entry, None).await
    }

    fn pieces(&self, reply: &ReplyContext, text: &str) -> Vec<Piece> {
        let most = reply.max_pieces.unwrap_or(MAX_PIECES).min(MAX_PIECES);
        render(self.channel.platform, text, most)
    }

    async fn send_piece(
        &self,
        entry: &ChannelEntry,
        reply: &ReplyContext,
        piece: &Piece,
        nth: usize,
    ) -> Result<SentPiece, PieceError> {
        let api = &self.worker.channels.api;
        let (secrets, account) = self.account()?;
        let target = SendTarget {
            credentials: &secrets.credentials,
            account: &account,
            peer: &self.peer.name,
            reply,
            now: self.worker.now(),
        };
        let key = format!("{}:{nth}", entry.turn_id());
        api.send(target, piece, nth, &key, SEND_TIME).await
    }

    /// The channel's secrets and account; a channel without them can't send.
    fn account(&self) -> Result<(ChannelSecrets, platforms::ChannelAccount), PieceError> {
        let open = || {
            let secrets = ChannelSecrets::open(&self.worker.channels.sealer, self.channel)?;
            Ok((secrets, secrets::account(self.channel)?))
        };
        open().map_err(|error: domain::Error| PieceError {
            failure: SendFailure::OurFault,
            reason: error.message,
        })
    }

    /// What `error` leads to, the `tries`th of one piece.
    async fn after(&mut self, entry: &ChannelEntry, error: PieceError, tries: u32) -> Result<Next> {
        let PieceError { failure, reason } = error;
        let entry = entry.clone();
        tracing::warn!(channel = %self.channel.id, ?failure, reason, "a platform took no message");
        Ok(Next::Over(match failure {
            SendFailure::ChannelLost => {
                self.worker.channels.lose(self.channel, &reason).await?;
                self.fail(entry, &reason).await
            }
            SendFailure::OwnerSetup => {
                self.worker.channels.tell_owner(self.channel, &reason).await?;
                self.fail(entry, &reason).await
            }
            SendFailure::ThisConversation => {
                self.peer.is_blocked = true;
                self.fail(entry, &reason).await
            }
            SendFailure::Moved(to) if tries < MAX_TRIES => {
                let (channels, now) = (&self.worker.channels, self.worker.now());
                let (id, conversation) = (self.channel.id, self.peer.conversation_id);
                let key = domain::PeerKey::of(&to);
                channels.app.store.move_peer(id, &key, &to, conversation, now).await?;
                self.peer.name = to;
                return Ok(Next::Again);
            }
            SendFailure::RetryAfter(asks) => {
                let wait = asks.map(|asks| self.worker.scaled(asks));
                if let Some(wait) = wait.filter(|w| *w <= backoff::MAX_WAIT && tries < MAX_TRIES) {
                    self.worker.channels.app.clock.sleep(wait).await;
                    return Ok(Next::Again);
                }
                self.later(entry, asks, &reason).await
            }
            SendFailure::Transient { may_have_arrived: _ } => {
                self.later(entry, None, &reason).await
            }
            SendFailure::Moved(_)
            | SendFailure::WindowClosed
            | SendFailure::Expired
            | SendFailure::OurFault => self.fail(entry, &reason).await,
        }))
    }

    /// Shows that an answer is on its way, for as long as this is polled. Nothing waits for it, and its
    /// failures follow from the answer's own request.
    pub(super) async fn typing(&self, reply: &ReplyContext) {
        let Ok((secrets, account)) = self.account() else {
            return std::future::pending().await;
        };
        loop {
            let target = SendTarget {
                credentials: &secrets.credentials,
                account: &account,
                peer: &self.peer.name,
                reply,
                now: self.worker.now(),
            };
            let _ = self.worker.channels.api.typing(target, TYPING_TIME).await;
            match PlatformApi::typing_interval(self.channel.platform) {
                Some(interval) => self.worker.channels.app.clock.sleep(interval).await,
                None => return std::future::pending().await,
            }
        }
    }
}
