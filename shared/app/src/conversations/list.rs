//! Conversations: listed, read, handed over, deleted.

use domain::{
    ChatbotId, Conversation, ConversationFilter, ConversationId, ConversationStatus, Days, Error,
    ListPage, Result, TranscriptEntry, WorkspaceId, conversation::Handoff,
};

use crate::App;

/// What a filter that no index answers looks at: this number of a chatbot's newest conversations.
pub const MAX_FILTERED: u32 = 1_000;
/// How far into a list of conversations of one status a page may lie, since what is skipped there
/// is read.
pub const DEEPEST_PAGE: u32 = 10_000;

/// A conversation with all that was said in it, oldest first.
pub type Whole = (Conversation, Vec<TranscriptEntry>);

impl App {
    /// Conversations newest first, with how many there are in all.
    pub async fn conversations(
        &self,
        chatbot: ChatbotId,
        status: Option<ConversationStatus>,
        offset: u32,
        limit: u32,
    ) -> Result<(Vec<Conversation>, u64)> {
        let page = self.listed(chatbot, status, offset, limit);
        let (page, counters) = tokio::try_join!(page, self.store.counters(chatbot))?;
        Ok((page, counters.of(status)))
    }

    async fn listed(
        &self,
        chatbot: ChatbotId,
        status: Option<ConversationStatus>,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<Conversation>> {
        match status {
            None => self.store.conversations(chatbot, Days::ALL, offset, limit).await,
            Some(status) => {
                self.store.conversations_of_status(chatbot, status, offset, limit).await
            }
        }
    }

    /// A page of the conversations that `filter` wants, newest first, with how many it wants in
    /// all: of those there are when it names a status or nothing, otherwise of the
    /// [`MAX_FILTERED`] newest. Whose the chatbot is is known before anything of it is read, so
    /// that not even the time it takes tells a stranger's from one that is not there.
    pub async fn conversations_page(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
        filter: &ConversationFilter,
        page: ListPage,
    ) -> Result<(Vec<Conversation>, u64)> {
        let (_, counters) = self.chatbot_with_counters(workspace, chatbot).await?;
        if !filter.is_by_status() {
            let mut found = self.filtered(chatbot, filter).await?;
            found.retain(|conversation| filter.matches(conversation));
            let total = found.len() as u64;
            return Ok((page.of(found), total));
        }
        let total = counters.of(filter.status);
        let deepest = if filter.status.is_some() { DEEPEST_PAGE } else { u32::MAX };
        match u32::try_from(page.offset()) {
            // The first page is read whatever is counted: a counter follows its list by seconds.
            _ if page.offset() > 0 && page.offset() >= total => Ok((Vec::new(), total)),
            Ok(offset) if offset <= deepest => {
                let found = self.listed(chatbot, filter.status, offset, page.rows).await?;
                Ok((found, total))
            }
            _ => {
                let message = format!("must not lie more than {DEEPEST_PAGE} conversations deep");
                Err(Error::field("page", message))
            }
        }
    }

    /// Among which `filter` looks: the one that it names, or the newest.
    async fn filtered(
        &self,
        chatbot: ChatbotId,
        filter: &ConversationFilter,
    ) -> Result<Vec<Conversation>> {
        match filter.id.as_deref().map(str::parse) {
            Some(Ok(id)) => Ok(self.store.conversation(chatbot, id).await?.into_iter().collect()),
            Some(Err(_)) => Ok(Vec::new()),
            None => self.store.conversations(chatbot, Days::ALL, 0, MAX_FILTERED).await,
        }
    }

    /// A conversation with what was said in it.
    pub async fn conversation(&self, chatbot: ChatbotId, id: ConversationId) -> Result<Whole> {
        let (conversation, said) =
            tokio::try_join!(self.store.conversation(chatbot, id), self.store.transcript(id))?;
        let conversation = conversation.ok_or_else(|| Error::not_found("conversation"))?;
        Ok((conversation, said))
    }

    /// A conversation of any of the workspace's chatbots.
    pub async fn conversation_of(
        &self,
        workspace: WorkspaceId,
        id: ConversationId,
    ) -> Result<Conversation> {
        let chatbot = self.chatbot_of(workspace, id).await?;
        self.conversation_at(workspace, chatbot, id).await
    }

    /// A conversation of any of the workspace's chatbots with what was said in it, oldest first: at
    /// least the first `most` turns, or all.
    pub async fn transcript_of(
        &self,
        workspace: WorkspaceId,
        id: ConversationId,
        most: Option<u32>,
    ) -> Result<Whole> {
        let chatbot = self.chatbot_of(workspace, id).await?;
        let Some(most) = most else {
            return tokio::try_join!(
                self.conversation_at(workspace, chatbot, id),
                self.store.transcript(id)
            );
        };
        let (conversation, turns) = tokio::try_join!(
            self.conversation_at(workspace, chatbot, id),
            self.store.first_turns(id, most)
        )?;
        // Only a conversation that a person took part in has more than its turns.
        let said = match conversation.direct_messages {
            0 => TranscriptEntry::merged(turns, Vec::new()),
            _ => self.store.transcript(id).await?,
        };
        Ok((conversation, said))
    }

    /// Hands a conversation over to a person, in which the bot is silent from here on. One that a
    /// person has already stays as it is.
    pub async fn hand_off(
        &self,
        chatbot: ChatbotId,
        id: ConversationId,
        handoff: &Handoff,
    ) -> Result<()> {
        if self.store.hand_off(chatbot, id, handoff, self.now()).await? {
            return Ok(());
        }
        let found = self.store.conversation(chatbot, id).await?;
        found.map(drop).ok_or_else(|| Error::not_found("conversation"))
    }

    /// Deletes a conversation; its turns follow behind the stream.
    pub async fn delete_conversation(&self, chatbot: ChatbotId, id: ConversationId) -> Result<()> {
        match self.store.delete_conversation(chatbot, id, self.now()).await? {
            true => Ok(()),
            false => Err(Error::not_found("conversation")),
        }
    }

    /// Deletes a conversation of any of the workspace's chatbots.
    pub async fn delete_conversation_of(
        &self,
        workspace: WorkspaceId,
        id: ConversationId,
    ) -> Result<()> {
        let chatbot = self.chatbot_of(workspace, id).await?;
        self.delete_conversation(chatbot, id).await
    }

    /// The chatbot that a conversation is with, if it is one of `workspace`: its first turn says
    /// so, since no conversation is without one.
    pub(super) async fn chatbot_of(
        &self,
        workspace: WorkspaceId,
        id: ConversationId,
    ) -> Result<ChatbotId> {
        let turns = self.store.first_turns(id, 1).await?;
        let own = turns.first().filter(|turn| turn.workspace_id == workspace);
        own.map(|turn| turn.chatbot_id).ok_or_else(|| Error::not_found("conversation"))
    }

    /// A conversation of a chatbot that is there still: what hung on one that was deleted goes a
    /// moment after it.
    pub(super) async fn conversation_at(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
        id: ConversationId,
    ) -> Result<Conversation> {
        let (chatbot, conversation) = tokio::try_join!(
            self.store.chatbot(workspace, chatbot),
            self.store.conversation(chatbot, id)
        )?;
        let found = chatbot.and(conversation);
        found.ok_or_else(|| Error::not_found("conversation"))
    }
}
