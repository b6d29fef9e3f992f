//! Leads.

use domain::{
    ChatbotId, ConversationId, Error, Lead, LeadId, Result, Timestamp, WorkspaceId,
    lead::{MAX_OF_CONVERSATION, SEARCHED},
};
use serde::{Deserialize, Serialize};

use crate::{
    keys::{self, Key},
    table::client::{Range, Store, read},
    table::write::Write,
};

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_false(flag: &bool) -> bool {
    !*flag
}

#[derive(Serialize, Deserialize)]
pub(crate) struct LeadItem {
    id: LeadId,
    chatbot_id: ChatbotId,
    workspace_id: WorkspaceId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    conversation_id: Option<ConversationId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    visitor_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    /// Its time is over, and it is deleted next: what is counted of it stays counted.
    #[serde(default, skip_serializing_if = "is_false")]
    pub expired: bool,
    /// JSON text: a map of the table would lose the order of its keys.
    fields: String,
    created_at: Timestamp,
}

impl TryFrom<&Lead> for LeadItem {
    type Error = Error;

    fn try_from(from: &Lead) -> Result<Self> {
        let Lead {
            id,
            chatbot_id,
            workspace_id,
            conversation_id,
            visitor_id,
            name,
            email,
            phone,
            fields,
            created_at,
        } = from.clone();
        Ok(Self {
            id,
            chatbot_id,
            workspace_id,
            conversation_id,
            visitor_id,
            name,
            email,
            phone,
            expired: false,
            fields: serde_json::to_string(&fields).map_err(Error::internal)?,
            created_at,
        })
    }
}

impl TryFrom<LeadItem> for Lead {
    type Error = Error;

    fn try_from(from: LeadItem) -> Result<Self> {
        let LeadItem {
            id,
            chatbot_id,
            workspace_id,
            conversation_id,
            visitor_id,
            name,
            email,
            phone,
            expired: _,
            fields,
            created_at,
        } = from;
        Ok(Self {
            id,
            chatbot_id,
            workspace_id,
            conversation_id,
            visitor_id,
            name,
            email,
            phone,
            fields: serde_json::from_str(&fields).map_err(Error::internal)?,
            created_at,
        })
    }
}

/// What became of a lead that was to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PutLead {
    /// It is stored.
    Added,
    /// Its chatbot is gone.
    NoChatbot,
    /// Its chatbot has no such conversation.
    NoConversation,
}

impl Store {
    /// Stores a lead of a chatbot, and in a conversation, that are there. The conversation names its newest
    /// [`MAX_OF_CONVERSATION`] leads.
    pub async fn put_lead(&self, lead: &Lead) -> Result<PutLead> {
        let Some(conversation) = lead.conversation_id else {
            return self.put_lead_with(lead, None).await;
        };
        let key = keys::conversation(lead.chatbot_id, conversation);
        let named = Write::update(key.clone(), "ADD lead_ids :ids")
            .string_set("ids", vec![lead.id.to_string()])
            .value("most", MAX_OF_CONVERSATION)?
            .when(
                "attribute_exists(pk) AND \
                 (attribute_not_exists(lead_ids) OR size(lead_ids) < :most)",
            );
        let put = self.put_lead_with(lead, Some(named)).await?;
        if put != PutLead::NoConversation {
            return Ok(put);
        }
        // It is not there, or it names as many as it may: the newest ones stay.
        let Some(found) = self.conversation(lead.chatbot_id, conversation).await? else {
            return Ok(PutLead::NoConversation);
        };
        let mut ids = found.lead_ids.to_vec();
        ids.sort_unstable();
        let newest = ids.iter().rev().take(MAX_OF_CONVERSATION - 1).chain([&lead.id]);
        let renamed = Write::update(key, "SET lead_ids = :ids")
            .string_set("ids", newest.map(LeadId::to_string).collect())
            .if_present();
        self.put_lead_with(lead, Some(renamed)).await
    }

    /// Stores a lead beside a write to its conversation.
    async fn put_lead_with(&self, lead: &Lead, conversation: Option<Write>) -> Result<PutLead> {
        let mut writes = vec![
            Write::put(keys::lead(lead.chatbot_id, lead.id), &LeadItem::try_from(lead)?)?
                .if_absent(),
            Write::check(keys::chatbot(lead.workspace_id, lead.chatbot_id)).if_present(),
        ];
        writes.extend(conversation);
        let outcome = self.transact(writes).await?;
        if outcome.is_done() {
            Ok(PutLead::Added)
        } else if outcome.refused(1) {
            Ok(PutLead::NoChatbot)
        } else if outcome.refused(2) {
            Ok(PutLead::NoConversation)
        } else {
            Err(Error::internal("a new lead's id was taken"))
        }
    }

    /// Leads newest first: `limit` of them after `offset`.
    pub async fn leads(&self, chatbot: ChatbotId, offset: u32, limit: u32) -> Result<Vec<Lead>> {
        let range = Range::prefix(keys::chatbot_partition(chatbot), keys::LEAD)
            .backwards()
            .limit(offset.saturating_add(limit));
        let items: Vec<LeadItem> = self.query(range).await?;
        let skip = usize::try_from(offset).unwrap_or(usize::MAX);
        items.into_iter().skip(skip).map(Lead::try_from).collect()
    }

    /// Those of the leads `ids` that are there, oldest first.
    pub async fn leads_named(&self, chatbot: ChatbotId, ids: &[LeadId]) -> Result<Vec<Lead>> {
        let wanted: Vec<Key> = ids.iter().map(|id| keys::lead(chatbot, *id)).collect();
        let items = self.batch_get(&wanted, true).await?;
        let read = |item| read::<LeadItem>(item).and_then(Lead::try_from);
        let mut found = items.into_iter().map(read).collect::<Result<Vec<_>>>()?;
        found.sort_by_key(|lead| lead.id);
        Ok(found)
    }

    /// Those of the newest [`SEARCHED`] leads that contain `text`, newest first.
    pub async fn leads_with(&self, chatbot: ChatbotId, text: &str) -> Result<Vec<Lead>> {
        let newest = self.leads(chatbot, 0, SEARCHED).await?;
        let text = text.to_lowercase();
        Ok(newest.into_iter().filter(|lead| lead.matches(&text)).collect())
    }

    /// Deletes a lead; whether there was one.
    pub async fn delete_lead(&self, chatbot: ChatbotId, id: LeadId) -> Result<bool> {
        let write = Write::delete(keys::lead(chatbot, id)).if_present();
        Ok(self.write(write).await?.is_done())
    }
}
