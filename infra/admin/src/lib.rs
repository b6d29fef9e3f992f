//! What an operator does to a deployment, or to the local run, beside its API.

mod dlq;
mod evaluate;
mod events;
mod invite;
mod master_key;
mod plan;
mod queues;
mod recount;

use std::{collections::HashMap, fs, path::PathBuf};

use app::App;
use aws_config::BehaviorVersion;
use clap::{Parser, Subcommand};
use domain::{Error, ErrorKind, Result, Workspace};
use runtime::{Aws, Env};

/// The operator's command line. Without --env-file it finds AWS as any AWS tool does, and the
/// table by TABLE_NAME.
#[derive(Debug, Parser)]
#[command(name = "admin", version)]
pub struct Options {
    /// File of settings, one NAME=value a line; the local run writes lambda.env into its folder.
    #[arg(long, value_name = "FILE")]
    pub env_file: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What there is to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Shows a workspace's plan, or puts it on another.
    Plan(plan::PlanCommand),
    /// Lists the queues that a workspace's webhooks may name, allots one, or takes it back.
    Queues(queues::QueuesCommand),
    /// Makes a code by which an address may sign up.
    Invite(invite::Invite),
    /// Compares what is counted of a workspace's chatbots with what there is.
    Recount(recount::Recount),
    /// Asks a chatbot a file of questions, and says which it answers rightly.
    Evaluate(evaluate::Evaluate),
    /// Derives events again from what is stored.
    Events(events::Events),
    /// Replaces the key under which tenants' secrets are sealed.
    RotateMasterKey(master_key::RotateMasterKey),
    /// Looks at what the queues gave up, tries it again, or drops it.
    Dlq(dlq::Dlq),
}

/// Does it; what is to be printed.
pub async fn run(options: Options) -> Result<String> {
    let (env, aws) = services(options.env_file).await?;
    let app = aws.app(&env)?;
    match options.command {
        Command::Plan(command) => command.run(&app).await,
        Command::Queues(command) => command.run(&app).await,
        Command::Invite(command) => command.run(&app).await,
        Command::Recount(command) => command.run(&app).await,
        Command::Evaluate(command) => command.run(&app, &env, &aws).await,
        Command::Events(command) => command.run(&app, &env, &aws).await,
        Command::RotateMasterKey(command) => command.run(&env, &aws).await,
        Command::Dlq(command) => command.run(&env, &aws).await,
    }
}

/// The settings and the services that they name.
async fn services(file: Option<PathBuf>) -> Result<(Env, Aws)> {
    let Some(file) = file else { return Ok((Env::process(), deployed().await)) };
    let text = fs::read_to_string(&file)
        .map_err(|error| Error::new(ErrorKind::NotFound, format!("{}: {error}", file.display())))?;
    let settings: HashMap<String, String> = text
        .lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let aws =
        match (settings.get("AWS_ENDPOINT_URL_DYNAMODB"), settings.get("AWS_ENDPOINT_URL_SQS")) {
            (Some(dynamodb), Some(queues)) => Aws::embedded(dynamodb, queues),
            _ => deployed().await,
        };
    Ok((Env::of(settings), aws))
}

/// The services of a deployment, as whoever runs this has access to them: by a profile or by variables.
async fn deployed() -> Aws {
    Aws::with_config(aws_config::load_defaults(BehaviorVersion::latest()).await)
}

/// The workspace that `named` means: its id, or the address that signed it up.
async fn workspace(app: &App, named: &str) -> Result<Workspace> {
    let id = match named.contains('@') {
        false => named.parse()?,
        true => {
            let user = app.store.user(&named.to_lowercase()).await?;
            user.ok_or_else(|| Error::not_found("user"))?.workspace_id
        }
    };
    app.workspace(id).await
}
