use app::{App, ops::recount::RecountReport};
use clap::Args;
use domain::Result;

use crate::workspace;

#[derive(Debug, Args)]
pub struct Recount {
    /// Id of the workspace, or the address that signed it up.
    workspace: String,
    /// One chatbot; all of the workspace without it.
    #[arg(long)]
    chatbot: Option<String>,
    /// Put right what is wrong.
    #[arg(long)]
    repair: bool,
}

impl Recount {
    pub(crate) async fn run(self, app: &App) -> Result<String> {
        let owner = workspace(app, &self.workspace).await?.id;
        let chatbots = match &self.chatbot {
            Some(id) => vec![app.chatbot(owner, id.parse()?).await?],
            None => app.chatbots(owner).await?,
        };
        let mut said = String::new();
        for chatbot in chatbots {
            let RecountReport { differences, moving, repaired } =
                app.recount(owner, chatbot.id, self.repair).await?;
            let verdict = match (differences.len(), moving.len(), repaired) {
                (0, 0, _) => "all counters are right".to_owned(),
                (0, busy, _) => format!("{busy} counters are changing; count again"),
                (wrong, _, true) => format!("{wrong} counters were wrong and are right now"),
                (wrong, busy, false) => format!("{wrong} counters are wrong, {busy} changing"),
            };
            said.push_str(&format!("{} {}: {verdict}\n", chatbot.id, chatbot.name));
            for one in differences {
                let line = format!("  {}: kept {}, found {}\n", one.counter, one.kept, one.found);
                said.push_str(&line);
            }
        }
        Ok(said)
    }
}
