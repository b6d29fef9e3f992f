use app::App;
use clap::{Args, ValueEnum};
use domain::{Error, Result};

use crate::workspace;

#[derive(Debug, Args)]
pub struct QueuesCommand {
    /// Id of the workspace, or the address that signed it up.
    workspace: String,
    /// What to do; without it, the queues are listed.
    #[arg(requires = "arn")]
    change: Option<QueueChange>,
    /// ARN of a queue that the deployment's parameter `EventQueues` lists; a `*` at the end matches anything.
    arn: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum QueueChange {
    /// Webhooks of the workspace may name the queue.
    Allow,
    /// They may no longer, and those that do send nothing to it.
    Withdraw,
}

impl QueuesCommand {
    pub(crate) async fn run(self, app: &App) -> Result<String> {
        let found = workspace(app, &self.workspace).await?;
        match (self.change, self.arn) {
            (Some(QueueChange::Allow), Some(arn)) => {
                if !arn.starts_with("arn:") || arn.contains(',') {
                    return Err(Error::field("arn", "must be the ARN of one queue"));
                }
                if !app.store.allot_queue(found.id, &arn).await? {
                    return Err(Error::not_found("workspace"));
                }
            }
            (Some(QueueChange::Withdraw), Some(arn)) => {
                app.store.withdraw_queue(found.id, &arn).await?;
            }
            _ => {}
        }
        let queues = app.store.allotted_queues(found.id).await?;
        let list = match queues.is_empty() {
            true => "no queue".to_owned(),
            false => queues.join("\n  "),
        };
        Ok(format!("{} {} may name\n  {list}\n", found.id, found.name))
    }
}
