//! What a workspace has used of its plan this month: one conditional update a call, so that limits
//! hold exactly however many calls race.

use std::time::Duration;

use domain::{Result, Timestamp, WorkspaceId};
use serde::Deserialize;

use crate::{keys, table::Store, write::Write};

/// Counters stay for a while after their month, for whoever asks about it.
const KEPT: Duration = Duration::from_secs(100 * 24 * 60 * 60);

#[derive(Deserialize)]
struct UsageItem {
    used: u64,
}

impl Store {
    /// Takes one of `what` for the month of `now`; `false` if `most` have been taken already.
    pub async fn take(
        &self,
        workspace: WorkspaceId,
        what: &str,
        most: Option<u32>,
        now: Timestamp,
    ) -> Result<bool> {
        let key = keys::usage(workspace, what, &now.month());
        let write = Write::update(key, "SET expires_at = :expires ADD used :one")
            .value("one", 1)?
            .value("expires", now.plus(KEPT).seconds())?;
        let write = match most {
            None => write,
            Some(0) => return Ok(false),
            Some(most) => {
                write.when("attribute_not_exists(used) OR used < :most").value("most", most)?
            }
        };
        Ok(self.write(write).await?.is_done())
    }

    /// How many of `what` were taken in the month of `now`.
    pub async fn used(&self, workspace: WorkspaceId, what: &str, now: Timestamp) -> Result<u64> {
        let key = keys::usage(workspace, what, &now.month());
        Ok(self.get::<UsageItem>(&key, true).await?.map_or(0, |item| item.used))
    }
}
