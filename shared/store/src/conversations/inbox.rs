//! The inbox of a workspace: its feed of changes, which expires, and pages of conversations behind a
//! cursor.

use domain::{
    ChatbotId, Conversation, ConversationId, ConversationStatus, InboxCursor, Result, Timestamp,
    WorkspaceId,
};
use serde::{Deserialize, Serialize};

use crate::{
    conversations::items::ConversationItem,
    conversations::rows::ListedItem,
    keys::{self, Key},
    table::client::{Range, Store, read},
    table::write::Write,
};

/// An entry of the feed is kept for this long.
const FEED_SECONDS: i64 = 24 * 60 * 60;

/// That a conversation changed.
#[derive(Serialize, Deserialize)]
struct FeedItem {
    conversation_id: ConversationId,
    chatbot_id: ChatbotId,
    expires_at: i64,
}

/// A conversation that changed, as the feed has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FeedEntry {
    /// The chatbot that it is with.
    pub chatbot: ChatbotId,
    /// The conversation.
    pub conversation: ConversationId,
}

impl Store {
    /// Notes in the feed of `workspace` that a conversation changed.
    pub async fn put_feed_entry(
        &self,
        workspace: WorkspaceId,
        entry: FeedEntry,
        now: Timestamp,
    ) -> Result<()> {
        let FeedEntry { chatbot, conversation } = entry;
        let item = FeedItem {
            conversation_id: conversation,
            chatbot_id: chatbot,
            expires_at: now.seconds() + FEED_SECONDS,
        };
        self.write(Write::put(keys::feed_entry(workspace, now, conversation), &item)?)
            .await
            .map(drop)
    }

    /// What the feed of `workspace` notes from `since` on, oldest first and each conversation once,
    /// in the first `limit` entries; and whether there are more. One read unit while there are few.
    pub async fn feed(
        &self,
        workspace: WorkspaceId,
        since: Timestamp,
        limit: u32,
    ) -> Result<(Vec<FeedEntry>, bool)> {
        let range = Range {
            index: None,
            partition: keys::feed_partition(workspace),
            sort: Some(("sk >= :a", vec![(":a", since.to_string())])),
            backwards: false,
            limit: Some(limit),
            consistent: false,
        };
        let found: Vec<FeedItem> = self.query(range).await?;
        let more = found.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
        let mut entries: Vec<FeedEntry> = Vec::new();
        for FeedItem { conversation_id, chatbot_id, expires_at: _ } in found {
            let entry = FeedEntry { chatbot: chatbot_id, conversation: conversation_id };
            if !entries.contains(&entry) {
                entries.push(entry);
            }
        }
        Ok((entries, more))
    }

    /// The conversations that `entries` name and that are there, in no particular order.
    pub async fn conversations_in_feed(&self, entries: &[FeedEntry]) -> Result<Vec<Conversation>> {
        let wanted: Vec<Key> =
            entries.iter().map(|e| keys::conversation(e.chatbot, e.conversation)).collect();
        let items = self.batch_get(&wanted, true).await?;
        items.into_iter().map(|item| Ok(read::<ConversationItem>(item)?.into())).collect()
    }

    /// Conversations of `chatbot`, newest first: up to `limit` behind `cursor`, of one status or all;
    /// and the last one looked at, if there may be more behind it.
    pub async fn conversations_behind(
        &self,
        chatbot: ChatbotId,
        status: Option<ConversationStatus>,
        cursor: Option<InboxCursor>,
        limit: u32,
    ) -> Result<(Vec<Conversation>, Option<ConversationId>)> {
        let (found, order) = match status {
            None => self.any_behind(chatbot, cursor, limit).await?,
            Some(status) => self.of_status_behind(chatbot, status, cursor, limit).await?,
        };
        let full = order.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
        Ok((found, order.last().copied().filter(|_| full)))
    }

    async fn any_behind(
        &self,
        chatbot: ChatbotId,
        cursor: Option<InboxCursor>,
        limit: u32,
    ) -> Result<(Vec<Conversation>, Vec<ConversationId>)> {
        // The key of the cursor's own conversation is the first that is not wanted.
        let end = cursor.map(|InboxCursor(id)| keys::conversation(chatbot, id).sk);
        let range = Range {
            index: None,
            partition: keys::chatbot_partition(chatbot),
            sort: Some((
                "sk BETWEEN :a AND :b",
                vec![
                    (":a", keys::CONVERSATION.to_owned()),
                    (":b", end.unwrap_or_else(|| format!("{}~", keys::CONVERSATION))),
                ],
            )),
            backwards: true,
            limit: Some(limit + u32::from(cursor.is_some())),
            consistent: true,
        };
        let items: Vec<ConversationItem> = self.query(range).await?;
        let mut found: Vec<Conversation> = items.into_iter().map(Into::into).collect();
        if let Some(InboxCursor(id)) = cursor {
            found.retain(|conversation| conversation.id < id);
        }
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let order = found.iter().map(|conversation| conversation.id).collect();
        Ok((found, order))
    }

    async fn of_status_behind(
        &self,
        chatbot: ChatbotId,
        status: ConversationStatus,
        cursor: Option<InboxCursor>,
        limit: u32,
    ) -> Result<(Vec<Conversation>, Vec<ConversationId>)> {
        let range = Range {
            index: Some(keys::LIST_INDEX),
            partition: keys::conversations_of(chatbot, status),
            sort: cursor.map(|InboxCursor(id)| ("list_sk < :a", vec![(":a", id.to_string())])),
            backwards: true,
            limit: Some(limit),
            consistent: false,
        };
        let listed: Vec<ListedItem> = self.query(range).await?;
        let order: Vec<ConversationId> = listed.into_iter().map(|item| item.list_sk).collect();
        let mut found = self.conversations_named(chatbot, &order).await?;
        // The index may be a moment behind: what has left the status meanwhile is left out.
        found.retain(|conversation| conversation.status == status);
        Ok((found, order))
    }
}
