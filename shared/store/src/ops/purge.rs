//! Clearing away what hung on something that was deleted. Deleting begins with the item itself,
//! at once; its stream record brings the rest here. Purging twice does nothing more.

use domain::{ChatbotId, ConversationId, Result, Scope, Timestamp, WorkspaceId};

use crate::{
    erasures::target::PurgeTarget,
    keys,
    table::client::{Range, Store, key_in},
};

/// Items removed between two looks at the time.
const BATCH: u32 = 200;

impl Store {
    /// Removes the settled deliveries that told of a conversation, as long as its first turn still
    /// says whose it was. One that waits is still owed to its endpoint.
    pub async fn purge_deliveries_of(&self, id: ConversationId) -> Result<()> {
        let Some(turn) = self.first_turns(id, 1).await?.into_iter().next() else { return Ok(()) };
        let of = (turn.workspace_id, turn.chatbot_id);
        self.purge_deliveries_about(of, turn.asked_at, &[id.to_string()]).await
    }

    /// Removes the settled deliveries since `from` that told of anything whose id is among `ids`, and was
    /// of this chatbot.
    pub async fn purge_deliveries_about(
        &self,
        (workspace, chatbot): (WorkspaceId, ChatbotId),
        from: Timestamp,
        ids: &[String],
    ) -> Result<()> {
        for scope in [Scope::Chatbot(chatbot), Scope::Workspace(workspace)] {
            for webhook in self.webhooks(scope).await? {
                self.delete_deliveries_about(webhook.id, from, ids).await?;
            }
        }
        Ok(())
    }

    /// Removes up to some hundred items of `target`; `true` once nothing is left.
    pub async fn purge_some(&self, target: &PurgeTarget) -> Result<bool> {
        if let PurgeTarget::Chatbot { id, workspace } = target {
            self.delete_integrations_of(*workspace, *id).await?;
            self.bury_channels_of(*id).await?;
            // Before the branding goes, which says what was claimed.
            self.free_names(*id).await?;
        }
        if let PurgeTarget::Workspace { id } = target
            && !self.purge_people(*id).await?
        {
            return Ok(false);
        }
        if let PurgeTarget::Webhook { id, listed_by: Some(workspace) } = target {
            self.batch_delete(&[keys::webhook_pointer(*workspace, *id)]).await?;
        }
        if let PurgeTarget::Channel { id } = target
            && !self.purge_peers(*id, BATCH).await?
        {
            return Ok(false);
        }
        for partition in target.partitions() {
            let range = Range {
                index: None,
                partition,
                sort: None,
                backwards: false,
                limit: Some(BATCH),
                consistent: true,
            };
            let items = self.query_items(range).await?;
            if items.is_empty() {
                continue;
            }
            let doomed = items.iter().map(key_in).collect::<Result<Vec<_>>>()?;
            self.batch_delete(&doomed).await?;
            return Ok(false);
        }
        Ok(true)
    }
}
