//! Changes of plan. Each key knows its workspace's plan, so that a call reads one item; a change therefore writes to
//! every key. The workspace is due from the write that changes its plan until all of its keys are on it, so that the
//! ticker carries a change on that was cut short.

use std::time::Duration;

use domain::{Plan, Result, Timestamp, WorkspaceId};

use crate::{
    api_keys::ApiKeyItem,
    keys::{self, Key},
    table::client::{Range, Store},
    table::write::Write,
};

/// When the ticker looks whether a change of plan was cut short.
const LOOK: Duration = Duration::from_secs(5 * 60);

fn on(key: Key, plan: Plan, and_set: &str) -> Result<Write> {
    let write = Write::update(key, format!("SET #plan = :plan{and_set}"));
    write.name("plan", "plan").value("plan", plan).map(Write::if_present)
}

impl Store {
    /// Puts a workspace on another plan, and its keys with it; `false` if there is no such
    /// workspace. A key that is made meanwhile is made on the condition that the plan is still
    /// the one it was made for, so none is left behind.
    pub async fn set_plan(&self, id: WorkspaceId, plan: Plan, now: Timestamp) -> Result<bool> {
        let key = keys::workspace(id);
        let due_at = now.plus(LOOK).to_string();
        let write = on(key.clone(), plan, ", due_pk = :due_pk, due_at = :due_at")?
            .value("due_pk", keys::due_partition_of(&key))?
            .value("due_at", &due_at)?;
        if !self.write(write).await?.is_done() {
            return Ok(false);
        }
        self.put_keys_on(id, plan, &due_at).await?;
        Ok(true)
    }

    /// Carries a change of plan on that was cut short, of a workspace that is leased `until` then; `false` if
    /// there is no such workspace.
    pub async fn carry_plan_on(&self, id: WorkspaceId, until: Timestamp) -> Result<bool> {
        let Some(workspace) = self.workspace(id).await? else { return Ok(false) };
        self.put_keys_on(id, workspace.plan, &until.to_string()).await?;
        Ok(true)
    }

    /// Puts every key of a workspace on `plan`, as long as the workspace is on it, and notes that this is done
    /// unless it was begun again since it became due at `due_at`.
    async fn put_keys_on(&self, id: WorkspaceId, plan: Plan, due_at: &str) -> Result<()> {
        let range = Range::prefix(keys::workspace_partition(id), keys::API_KEY_ENTRY);
        let listed: Vec<ApiKeyItem> = self.query(range).await?;
        let own = self.chatbot_key_hashes(id).await?;
        let listed = listed.iter().filter_map(ApiKeyItem::secret_key);
        for key in listed.chain(own.iter().map(|hash| keys::api_key(hash))) {
            // One that was revoked meanwhile is gone, and that is right.
            let outcome =
                self.transact(vec![Self::still_on(id, plan)?, on(key, plan, "")?]).await?;
            if outcome.refused(0) {
                // Whoever put it on another plan meanwhile has the keys.
                return Ok(());
            }
        }
        let done = Write::update(keys::workspace(id), "REMOVE due_pk, due_at")
            .value("mine", due_at)?
            .when("due_at = :mine");
        self.write(done).await.map(drop)
    }

    /// Part of a transaction: only if the workspace is still on `plan`.
    pub(crate) fn still_on(id: WorkspaceId, plan: Plan) -> Result<Write> {
        let check = Write::check(keys::workspace(id)).name("plan", "plan").value("plan", plan)?;
        Ok(check.when("#plan = :plan"))
    }
}
