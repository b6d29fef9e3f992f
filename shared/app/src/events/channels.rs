//! Subscriber of the channel queue: a message that came in is answered, a reply is sent, and the platform
//! of a deleted channel is told. A member's message leaves where its conversation is held.

use domain::{DirectAuthor, DirectMessage, Result};
use store::Change;

use crate::{
    App,
    channels::{backoff::MAX_AGE, job::ChannelJob},
    work_queue::JobQueue,
};

/// Sends a job for each entry, and for each channel that was deleted.
#[derive(Debug, Clone)]
pub(super) struct ChannelSubscriber {
    app: App,
    queue: JobQueue<ChannelJob>,
}

impl ChannelSubscriber {
    pub fn new(app: App, queue: JobQueue<ChannelJob>) -> Self {
        Self { app, queue }
    }

    pub async fn on(&self, change: &Change) -> Result<()> {
        let job = match change {
            Change::EntryAdded(entry) => ChannelJob::of(entry),
            Change::ChannelBuried(channel) => ChannelJob::removal(channel.workspace_id, channel.id),
            Change::DirectMessageAdded(message) => return self.send(message).await,
            _ => return Ok(()),
        };
        self.queue.send_all(&[job]).await
    }

    /// Puts a member's message on its way; its id keeps a change that comes again from sending it twice, and
    /// a replay of what is long past sends nothing.
    async fn send(&self, message: &DirectMessage) -> Result<()> {
        let is_past = self.app.now().since(message.created_at) > MAX_AGE;
        if message.author == DirectAuthor::Visitor || is_past {
            return Ok(());
        }
        let found =
            self.app.store.conversation(message.chatbot_id, message.conversation_id).await?;
        match found {
            Some(talk) => self.app.send_reply(&talk, message.id, &message.text).await.map(drop),
            None => Ok(()),
        }
    }
}
