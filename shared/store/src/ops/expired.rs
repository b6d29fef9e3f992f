//! Conversations and leads whose time is over, oldest first, and their removal. What is counted of them
//! stays counted, so their removal is told from others: by the tombstone of a conversation, by a mark on a
//! lead.

use domain::{ChatbotId, Conversation, ConversationId, Lead, Result, Timestamp};

use crate::{
    chat::leads::LeadItem,
    conversations::items::ConversationItem,
    erasures::tombstones::bury_expired,
    keys,
    table::client::{Range, Store},
    table::write::Write,
};

/// Rows of a chatbot below `prefix` that were made before `end`, behind `after`, oldest first.
fn made_before(
    chatbot: ChatbotId,
    prefix: &str,
    after: Option<String>,
    end: Timestamp,
    limit: u32,
) -> Range<'static> {
    // The key right behind it: nothing in an id sorts before an exclamation mark. An id begins with its
    // time, whatever it names.
    let first = after.map_or_else(|| prefix.to_owned(), |id| format!("{prefix}{id}!"));
    let last = format!("{prefix}{}", ConversationId::highest_at(end));
    Range {
        index: None,
        partition: keys::chatbot_partition(chatbot),
        sort: Some(("sk BETWEEN :a AND :b", vec![(":a", first), (":b", last)])),
        backwards: false,
        limit: Some(limit),
        consistent: true,
    }
}

impl Store {
    /// The first `limit` conversations that began before `end`, behind `after`, oldest first.
    pub async fn oldest_conversations(
        &self,
        chatbot: ChatbotId,
        after: Option<ConversationId>,
        end: Timestamp,
        limit: u32,
    ) -> Result<Vec<Conversation>> {
        let after = after.map(|id| id.to_string());
        let range = made_before(chatbot, keys::CONVERSATION, after, end, limit);
        let items: Vec<ConversationItem> = self.query(range).await?;
        Ok(items.into_iter().map(Into::into).collect())
    }

    /// The first `limit` leads that were left before `end`, oldest first.
    pub async fn oldest_leads(
        &self,
        chatbot: ChatbotId,
        end: Timestamp,
        limit: u32,
    ) -> Result<Vec<Lead>> {
        let range = made_before(chatbot, keys::LEAD, None, end, limit);
        let items: Vec<LeadItem> = self.query(range).await?;
        items.into_iter().map(Lead::try_from).collect()
    }

    /// Deletes a conversation whose time is over, unless it went on since it was read. Its turns follow
    /// behind the stream.
    pub async fn expire_conversation(
        &self,
        conversation: &Conversation,
        now: Timestamp,
    ) -> Result<()> {
        let (chatbot, id) = (conversation.chatbot_id, conversation.id);
        let delete = Write::delete(keys::conversation(chatbot, id))
            .value("seen", conversation.updated_at)?
            .when("attribute_exists(pk) AND updated_at = :seen");
        self.transact(vec![delete, bury_expired(id, chatbot, now)?]).await.map(drop)
    }

    /// Deletes a lead whose time is over. Marked first, so that its removal says why.
    pub async fn expire_lead(&self, lead: &Lead) -> Result<()> {
        let key = keys::lead(lead.chatbot_id, lead.id);
        let mark = Write::update(key.clone(), "SET expired = :yes").value("yes", true)?;
        if self.write(mark.if_present()).await?.is_done() {
            self.write(Write::delete(key)).await?;
        }
        Ok(())
    }
}
