//! How long a chatbot keeps conversations and leads: set by its owner, and carried out by a job that its
//! row in the `due` index calls for once a day. What is counted of them stays counted.

use std::time::Duration;

use domain::{ChatbotId, Error, Result, Retention, Timestamp, WorkspaceId};
use futures::{StreamExt, TryStreamExt, stream};

use crate::{
    App,
    ops::purge::{Progress, Purging},
};

/// Rows read in one go.
const PAGE: u32 = 200;
/// Rows of a page that are removed at the same time.
const AT_ONCE: usize = 8;
/// Between two pages, so that removal takes a part only of what a chatbot's partition can do.
const PAUSE: Duration = Duration::from_millis(100);
/// When the ticker looks whether the message that continues a removal got lost.
const LOOK: Duration = Duration::from_secs(5 * 60);
/// How often a chatbot is looked at for what has expired.
const EVERY: Duration = Duration::from_secs(24 * 60 * 60);

impl App {
    /// How long `chatbot` keeps what its visitors leave.
    pub async fn retention(&self, chatbot: ChatbotId) -> Result<Retention> {
        let stored = self.store.retention(chatbot).await?;
        Ok(stored.map(|stored| stored.retention).unwrap_or_default())
    }

    /// Sets how long `chatbot` keeps what its visitors leave. What is older goes within minutes.
    pub async fn set_retention(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
        retention: Retention,
    ) -> Result<()> {
        match self.store.put_retention(workspace, chatbot, retention, self.now()).await? {
            true => Ok(()),
            false => Err(Error::unauthorized()),
        }
    }
}

impl Purging {
    /// Removes what of a chatbot has expired, until `is_over`.
    pub(super) async fn expire(
        &self,
        chatbot: ChatbotId,
        is_over: impl Fn() -> bool,
    ) -> Result<Progress> {
        let Some(stored) = self.store.retention(chatbot).await? else { return Ok(Progress::Done) };
        let (now, retention) = (self.clock.now(), stored.retention);
        let conversations = retention.conversations_before(now);
        let leads = retention.leads_before(now);
        if !self.expire_conversations(chatbot, conversations, &is_over).await?
            || !self.expire_leads(chatbot, leads, &is_over).await?
        {
            self.store.defer_retention(&stored, self.clock.now().plus(LOOK)).await?;
            return Ok(Progress::Later(Duration::ZERO));
        }
        self.store.defer_retention(&stored, now.plus(EVERY)).await?;
        Ok(Progress::Done)
    }

    /// Removes conversations without a message since `end`; `false` if there was no time for all.
    async fn expire_conversations(
        &self,
        chatbot: ChatbotId,
        end: Option<Timestamp>,
        is_over: &impl Fn() -> bool,
    ) -> Result<bool> {
        let Some(end) = end else { return Ok(true) };
        let mut after = None;
        loop {
            let page = self.store.oldest_conversations(chatbot, after, end, PAGE).await?;
            let Some(last) = page.last().map(|conversation| conversation.id) else {
                return Ok(true);
            };
            // One that began long ago may continue today.
            let expired = page.into_iter().filter(|conversation| conversation.updated_at < end);
            stream::iter(expired)
                .map(|conversation| async move {
                    self.store.expire_conversation(&conversation, self.clock.now()).await
                })
                .buffer_unordered(AT_ONCE)
                .try_collect::<Vec<()>>()
                .await?;
            after = Some(last);
            if is_over() {
                return Ok(false);
            }
            self.clock.sleep(PAUSE).await;
        }
    }

    /// Removes leads that were left before `end`; `false` if there was no time for all.
    async fn expire_leads(
        &self,
        chatbot: ChatbotId,
        end: Option<Timestamp>,
        is_over: &impl Fn() -> bool,
    ) -> Result<bool> {
        let Some(end) = end else { return Ok(true) };
        loop {
            let mut page = self.store.oldest_leads(chatbot, end, PAGE).await?;
            page.retain(|lead| lead.created_at < end);
            if page.is_empty() {
                return Ok(true);
            }
            stream::iter(page)
                .map(|lead| async move { self.store.expire_lead(&lead).await })
                .buffer_unordered(AT_ONCE)
                .try_collect::<Vec<()>>()
                .await?;
            if is_over() {
                return Ok(false);
            }
            self.clock.sleep(PAUSE).await;
        }
    }
}
