//! Lists of conversations, newest first.

use std::collections::HashMap;

use domain::{ChatbotId, Conversation, ConversationId, ConversationStatus, Days, Result};

use crate::{
    conversations::ConversationItem,
    keys::{self, Key},
    table::{Range, Store, key_in, read},
};

/// Conversations that began within `days`, newest first.
fn conversations_range(chatbot: ChatbotId, days: Days) -> Range<'static> {
    let prefix = keys::CONVERSATION;
    let key = |id: ConversationId| keys::conversation(chatbot, id).sk;
    let first = days.first.map(|first| key(ConversationId::lowest_at(first)));
    let last = days.end().map(|end| key(ConversationId::highest_at(end)));
    let first = first.unwrap_or_else(|| prefix.to_owned());
    let last = last.unwrap_or_else(|| format!("{prefix}~"));
    Range {
        index: None,
        partition: keys::chatbot_partition(chatbot),
        sort: Some(("sk BETWEEN :a AND :b", vec![(":a", first), (":b", last)])),
        backwards: true,
        limit: None,
        consistent: true,
    }
}

impl Store {
    /// Conversations begun within `days`, newest first: `limit` of them after `offset`.
    pub async fn conversations(
        &self,
        chatbot: ChatbotId,
        days: Days,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<Conversation>> {
        let range = conversations_range(chatbot, days).limit(offset.saturating_add(limit));
        let found = self.query_items(range).await?.into_iter();
        let page = found.skip(usize::try_from(offset).unwrap_or(usize::MAX));
        page.map(|item| read::<ConversationItem>(item).map(Into::into)).collect()
    }

    /// Conversations of one status, newest first: `limit` of them after `offset`.
    pub async fn conversations_of_status(
        &self,
        chatbot: ChatbotId,
        status: ConversationStatus,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<Conversation>> {
        let range = Range {
            index: Some(keys::LIST_INDEX),
            partition: keys::conversations_of(chatbot, status),
            sort: None,
            backwards: true,
            limit: Some(offset.saturating_add(limit)),
            consistent: false,
        };
        let found = self.query_items(range).await?;
        let skip = usize::try_from(offset).unwrap_or(usize::MAX);
        let order = found.iter().skip(skip).map(key_in).collect::<Result<Vec<Key>>>()?;
        let mut by_key: HashMap<Key, Conversation> = HashMap::new();
        for item in self.batch_get(&order, true).await? {
            by_key.insert(key_in(&item)?, read::<ConversationItem>(item)?.into());
        }
        // The index may be a moment behind: what has left the status meanwhile is left out.
        Ok(order
            .iter()
            .filter_map(|key| by_key.remove(key))
            .filter(|conversation| conversation.status == status)
            .collect())
    }
}
