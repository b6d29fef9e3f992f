//! Closing an account: the workspace is gone with the write that closes it, whoever knows its keys is
//! refused right after that, and the rest is cleared away by its tombstone.

use domain::{Result, Timestamp, WorkspaceId};

use crate::{
    api_keys::ApiKeyItem,
    erasures::tombstones::bury_workspace,
    keys,
    table::client::{Range, Store},
    table::write::Write,
};

impl Store {
    /// Closes the account of a workspace; whether it was there. No chatbot, key or member can be made in
    /// it from then on.
    pub async fn close_workspace(&self, id: WorkspaceId, now: Timestamp) -> Result<bool> {
        let writes = vec![
            Write::delete(keys::workspace(id)).if_present(),
            Write::delete(keys::workspace_entry(id)),
            bury_workspace(id, now)?,
        ];
        Ok(self.transact(writes).await?.is_done())
    }

    /// Takes every key of a closed workspace out of use, and ends the sessions of its members; `true`
    /// once none of them is left. Members, who say where the sessions are, stay until theirs are gone.
    pub async fn purge_people(&self, id: WorkspaceId) -> Result<bool> {
        let partition = keys::workspace_partition(id);
        let listed: Vec<ApiKeyItem> =
            self.query(Range::prefix(partition, keys::API_KEY_ENTRY)).await?;
        let secrets: Vec<_> = listed.iter().filter_map(ApiKeyItem::secret_key).collect();
        self.batch_delete(&secrets).await?;
        let own = self.chatbot_key_hashes(id).await?;
        self.batch_delete(&own.iter().map(|hash| keys::api_key(hash)).collect::<Vec<_>>()).await?;
        for member in self.members(id).await? {
            self.delete_sessions(&member.email, |_| true).await?;
            self.delete_user_leftovers(&member.email).await?;
            let doomed = [keys::user(&member.email), keys::member(id, member.user_id)];
            self.batch_delete(&doomed).await?;
            // One that was begun while the others were ended: it opens nothing without its workspace,
            // and a later one can't begin without its member.
            self.delete_sessions(&member.email, |_| true).await?;
        }
        Ok(true)
    }
}
