//! Which of the deployer's queues a workspace's webhooks may name: what the operator allotted to it.

use std::collections::BTreeSet;

use domain::{Result, WorkspaceId};
use serde::{Deserialize, Serialize};

use crate::{keys, table::client::Store, table::write::Write};

#[derive(Serialize, Deserialize)]
struct QueuesItem {
    /// ARNs; a `*` at the end matches anything. DynamoDB keeps no empty set.
    #[serde(default)]
    arns: BTreeSet<String>,
}

impl Store {
    /// The ARNs of the queues that were allotted to a workspace.
    pub async fn allotted_queues(&self, workspace: WorkspaceId) -> Result<Vec<String>> {
        let found: Option<QueuesItem> = self.get(&keys::queues(workspace), true).await?;
        Ok(found.map(|item| item.arns.into_iter().collect()).unwrap_or_default())
    }

    /// Allots the queue with this ARN to a workspace; `false` if there is no such workspace.
    pub async fn allot_queue(&self, workspace: WorkspaceId, arn: &str) -> Result<bool> {
        let allot = Write::update(keys::queues(workspace), "ADD arns :arn")
            .string_set("arn", vec![arn.to_owned()]);
        let there = Write::check(keys::workspace(workspace)).if_present();
        Ok(self.transact(vec![allot, there]).await?.is_done())
    }

    /// Takes an allotted queue back. Webhooks that name it send nothing to it any more.
    pub async fn withdraw_queue(&self, workspace: WorkspaceId, arn: &str) -> Result<()> {
        let withdraw = Write::update(keys::queues(workspace), "DELETE arns :arn")
            .string_set("arn", vec![arn.to_owned()])
            .if_present();
        self.write(withdraw).await.map(drop)
    }
}
