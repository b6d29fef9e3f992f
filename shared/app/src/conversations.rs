//! Conversations: listed, read, handed over, deleted.

use domain::{
    ChatbotId, Conversation, ConversationId, ConversationStatus, Error, Result, Timestamp, Turn,
};

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

    /// Hands a conversation over to a person, in which the bot is silent from here on. One that a
    /// person has already stays as it is.
    pub async fn hand_off(
        &self,
        chatbot: ChatbotId,
        id: ConversationId,
        reason: Option<&str>,
    ) -> Result<()> {
        if self.store.hand_off(chatbot, id, reason, Timestamp::now()).await? {
            return Ok(());
        }
        let found = self.store.conversation(chatbot, id).await?;
        found.map(drop).ok_or_else(|| Error::not_found("conversation"))
    }

    /// Deletes a conversation; its turns follow behind the stream.
    pub async fn delete_conversation(&self, chatbot: ChatbotId, id: ConversationId) -> Result<()> {
        match self.store.delete_conversation(chatbot, id).await? {
            true => Ok(()),
            false => Err(Error::not_found("conversation")),
        }
    }
}
