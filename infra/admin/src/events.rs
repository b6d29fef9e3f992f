use app::App;
use clap::{Args, Subcommand};
use domain::{Error, Result, Timestamp, webhook::KEPT_FOR};
use runtime::{Aws, Env};

use crate::workspace;

#[derive(Debug, Args)]
pub struct Events {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Says up to when event-fanout has handled the changes of each shard of the stream. After an
    /// outage, events are missing from the latest of these times on.
    HighWater,
    /// Derives the events of a time range again from the items, with the same ids, and delivers
    /// what never arrived.
    Replay {
        /// Id of the workspace, or the address that signed it up.
        #[arg(required_unless_present = "all")]
        workspace: Option<String>,
        /// All workspaces: after event-fanout was down for more than the day that the stream keeps.
        #[arg(long, conflicts_with_all = ["workspace", "chatbot"])]
        all: bool,
        /// One chatbot; all of the workspace without it.
        #[arg(long)]
        chatbot: Option<String>,
        /// Begin of the range, RFC 3339; not more than 30 days ago, since deliveries are kept so long.
        #[arg(long)]
        since: String,
        /// End of the range, RFC 3339; now without it.
        #[arg(long)]
        until: Option<String>,
    },
}

impl Events {
    pub(crate) async fn run(self, app: &App, env: &Env, aws: &Aws) -> Result<String> {
        let What::Replay { workspace: named, all, chatbot, since, until } = self.what else {
            let marks = app.store.high_water("event-fanout").await?;
            return Ok(marks.iter().map(|mark| format!("{} {}\n", mark.at, mark.shard)).collect());
        };
        let now = Timestamp::now();
        let time = |field: &str, text: &str| {
            Timestamp::parse(text).ok_or_else(|| Error::field(field, "must be a time (RFC 3339)"))
        };
        let since = time("--since", &since)?;
        let until = until.map_or(Ok(now), |until| time("--until", &until))?;
        if now.since(since) > KEPT_FOR {
            let message = "must not be more than 30 days ago: what was delivered is forgotten then";
            return Err(Error::field("--since", message));
        }
        if until < since {
            return Err(Error::field("--until", "must not be before --since"));
        }
        let owners = match named {
            Some(named) => vec![workspace(app, &named).await?.id],
            None => app.store.workspaces().await?,
        };
        let router = event_fanout::router(env, aws)?;
        let mut said = String::new();
        for owner in &owners {
            let chatbots = match &chatbot {
                Some(id) => vec![app.chatbot(*owner, id.parse()?).await?],
                None => app.chatbots(*owner).await?,
            };
            for chatbot in chatbots {
                let changes = router.replay_events(chatbot.id, &(since..=until)).await?;
                said.push_str(&format!("{} {}: {changes} changes\n", chatbot.id, chatbot.name));
            }
        }
        if all {
            said.push_str(&format!("{} workspaces\n", owners.len()));
        }
        Ok(said)
    }
}
