//! Conversations: listed, read, deleted.

use domain::{
    ChatbotId, Conversation, ConversationId, ConversationStatus, Days, Error, Result, Turn,
    WorkspaceId,
};

use crate::Core;

/// Bytes of text that a list of whole conversations shows at the most: with names and escapes it
/// has to fit the six megabytes that a function may answer.
const MOST_TEXT: usize = 4_000_000;

/// A conversation with its turns, oldest first.
pub type Whole = (Conversation, Vec<Turn>);

impl Core {
    /// Conversations newest first, with how many there are in all.
    pub async fn conversations(
        &self,
        chatbot: ChatbotId,
        status: Option<ConversationStatus>,
        offset: u32,
        limit: u32,
    ) -> Result<(Vec<Conversation>, u64)> {
        let page = async {
            match status {
                None => self.store.conversations(chatbot, Days::ALL, offset, limit).await,
                Some(status) => {
                    self.store.conversations_of_status(chatbot, status, offset, limit).await
                }
            }
        };
        let (page, counters) = tokio::try_join!(page, self.store.counters(chatbot))?;
        Ok((page, counters.of(status)))
    }

    /// Conversations of a chatbot of `workspace` that began within `days`, newest first and with
    /// their turns, and how many there are in all.
    pub async fn whole_conversations(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
        days: Days,
        offset: u32,
        limit: u32,
    ) -> Result<(Vec<Whole>, u64)> {
        let (_, page, total) = tokio::try_join!(
            self.chatbot(workspace, chatbot),
            self.store.conversations(chatbot, days, offset, limit),
            self.conversations_within(chatbot, days)
        )?;
        let ids: Vec<ConversationId> = page.iter().map(|conversation| conversation.id).collect();
        let turns = self.store.turns_of(&ids).await?;
        let text = turns.iter().flatten().map(|turn| turn.question.len() + turn.answer.len());
        if limit > 1 && text.sum::<usize>() > MOST_TEXT {
            let message = format!("is too high: these have more than {MOST_TEXT} bytes of text");
            return Err(Error::field("limit", message));
        }
        Ok((page.into_iter().zip(turns).collect(), total))
    }

    /// How many conversations began within `days`.
    async fn conversations_within(&self, chatbot: ChatbotId, days: Days) -> Result<u64> {
        if days == Days::ALL {
            return Ok(self.store.counters(chatbot).await?.conversations);
        }
        let counted = self.store.daily_counters(chatbot, days).await?;
        Ok(counted.iter().map(|(_, counters)| counters.conversations).sum())
    }

    /// A conversation with its turns.
    pub async fn conversation(&self, chatbot: ChatbotId, id: ConversationId) -> Result<Whole> {
        let (conversation, turns) =
            tokio::try_join!(self.store.conversation(chatbot, id), self.store.turns(id))?;
        let conversation = conversation.ok_or_else(|| Error::not_found("conversation"))?;
        Ok((conversation, turns))
    }

    /// The same, of a chatbot that has to be one of `workspace`.
    pub async fn conversation_in(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
        id: ConversationId,
    ) -> Result<Whole> {
        let whole = async {
            // That the chatbot is unknown is said first, whatever the conversation.
            Ok(self.conversation(chatbot, id).await)
        };
        let (_, whole) = tokio::try_join!(self.chatbot(workspace, chatbot), whole)?;
        whole
    }

    /// Deletes a conversation; its turns follow behind the stream.
    pub async fn delete_conversation(&self, chatbot: ChatbotId, id: ConversationId) -> Result<()> {
        match self.store.delete_conversation(chatbot, id).await? {
            true => Ok(()),
            false => Err(Error::not_found("conversation")),
        }
    }
}
