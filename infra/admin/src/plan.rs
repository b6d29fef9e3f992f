use app::App;
use clap::Args;
use domain::{Error, Plan, Result};

use crate::workspace;

#[derive(Debug, Args)]
pub struct PlanCommand {
    /// Id of the workspace, or the address that signed it up.
    workspace: String,
    /// The plan to put it on; without it, the one it is on is shown.
    plan: Option<Plan>,
}

impl PlanCommand {
    pub(crate) async fn run(self, app: &App) -> Result<String> {
        let found = workspace(app, &self.workspace).await?;
        let Some(plan) = self.plan else {
            return Ok(format!("{} {} is on {}\n", found.id, found.name, found.plan));
        };
        match app.store.set_plan(found.id, plan, app.now()).await? {
            true => Ok(format!("{} {} is on {plan} now\n", found.id, found.name)),
            false => Err(Error::not_found("workspace")),
        }
    }
}
