//! Conversations: listed, read, deleted.

use domain::{ChatbotId, Conversation, ConversationId, ConversationStatus, Error, Result, Turn};

use crate::Core;

impl Core {
    /// Conversations newest first, with how many there are in all.
    pub async fn conversations(
        &self,
        chatbot: ChatbotId,
        status: Option<ConversationStatus>,
        offset: u32,
        limit: u32,
    ) -> Result<(Vec<Conversation>, u64)> {
        let (page, counters) = tokio::try_join!(
            self.store.conversations(chatbot, status, offset, limit),
            self.store.counters(chatbot)
        )?;
        Ok((page, counters.of(status)))
    }

    /// A conversation with its turns, oldest first.
    pub async fn conversation(
        &self,
        chatbot: ChatbotId,
        id: ConversationId,
    ) -> Result<(Conversation, Vec<Turn>)> {
        let (conversation, turns) =
            tokio::try_join!(self.store.conversation(chatbot, id), self.store.turns(id))?;
        let conversation = conversation.ok_or_else(|| Error::not_found("conversation"))?;
        Ok((conversation, turns))
    }

    /// Deletes a conversation; its turns follow behind the stream.
    pub async fn delete_conversation(&self, chatbot: ChatbotId, id: ConversationId) -> Result<()> {
        match self.store.delete_conversation(chatbot, id).await? {
            true => Ok(()),
            false => Err(Error::not_found("conversation")),
        }
    }
}
