//! Leads: captured, listed, searched, deleted.

use domain::{ChatbotId, Error, Lead, LeadId, Principal, Result, lead::NewLead};
use store::PutLead;

use crate::App;

impl App {
    /// Stores what a visitor left. Chatbot and conversation are conditions of the write, so that
    /// nothing is kept for one that was deleted meanwhile.
    pub async fn capture_lead(&self, principal: &Principal, new: NewLead) -> Result<Lead> {
        let chatbot = principal.may_chat()?;
        let lead = new.into_lead(chatbot, principal.workspace_id, self.now());
        match self.store.put_lead(&lead).await? {
            PutLead::Added => Ok(lead),
            PutLead::NoChatbot => Err(Error::unauthorized()),
            PutLead::NoConversation => Err(Error::not_found("conversation")),
        }
    }

    /// Leads newest first, with how many there are in all. With `search` those whose name or
    /// e-mail address contain it, among as many of the newest, and how many of them do.
    pub async fn leads(
        &self,
        chatbot: ChatbotId,
        search: Option<&str>,
        offset: u32,
        limit: u32,
    ) -> Result<(Vec<Lead>, u64)> {
        let Some(text) = search else {
            let (page, counters) = tokio::try_join!(
                self.store.leads(chatbot, offset, limit),
                self.store.counters(chatbot)
            )?;
            return Ok((page, counters.leads));
        };
        let found = self.store.leads_with(chatbot, text).await?;
        let total = u64::try_from(found.len()).unwrap_or(u64::MAX);
        let count = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        Ok((found.into_iter().skip(count(offset)).take(count(limit)).collect(), total))
    }

    /// Deletes a lead.
    pub async fn delete_lead(&self, chatbot: ChatbotId, id: LeadId) -> Result<()> {
        match self.store.delete_lead(chatbot, id).await? {
            true => Ok(()),
            false => Err(Error::not_found("lead")),
        }
    }
}
