//! How many executions of one workspace run at once: each holds a slot, for as long as its lease.

use std::time::Duration;

use domain::{ExecutionId, Result, Timestamp, WorkspaceId};

use crate::{keys, table::client::Store, table::write::Write};

/// Rows that are no longer used stay this much longer.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

impl Store {
    /// Takes slot `number` of `workspace` until `until`; whether it was free at `now`, or the `holder`'s
    /// already.
    pub async fn take_execution_slot(
        &self,
        workspace: WorkspaceId,
        number: u8,
        holder: ExecutionId,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<bool> {
        let write = Write::update(
            keys::execution_slot(workspace, number),
            "SET holder = :holder, free_at = :until, expires_at = :expires",
        )
        .value("holder", holder)?
        .value("until", until)?
        .value("expires", until.plus(KEPT).seconds())?
        .value("now", now)?
        .when("attribute_not_exists(pk) OR free_at < :now OR holder = :holder");
        Ok(self.write(write).await?.is_done())
    }

    /// Leaves a slot, if it is still the `holder`'s.
    pub async fn leave_execution_slot(
        &self,
        workspace: WorkspaceId,
        number: u8,
        holder: ExecutionId,
    ) -> Result<()> {
        let write = Write::delete(keys::execution_slot(workspace, number))
            .value("holder", holder)?
            .when("holder = :holder");
        self.write(write).await.map(drop)
    }
}
