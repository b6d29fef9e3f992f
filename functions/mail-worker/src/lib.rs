//! Sends mail to the owners of workspaces, one letter a message: through SES, or, on one machine,
//! into a folder.

mod folder;
mod ses;

use std::sync::Arc;

use app::{
    adapters::sqs::Mail,
    mail::job::{Mailer, Mailing},
};
use domain::Result;
use runtime::{Aws, Env};
use serde_json::Value;

use crate::{folder::Folder, ses::Ses};

/// What this worker needs.
#[derive(Clone)]
pub struct Ctx {
    mailing: Mailing,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        let from = env.optional("MAIL_FROM");
        let mailer: Arc<dyn Mailer> = match env.optional("MAIL_DIR") {
            Some(folder) => Arc::new(Folder::new(folder, from)),
            None => Arc::new(Ses::new(aws.config(), from)),
        };
        Ok(Self { mailing: Mailing::new(aws.core(env)?, mailer) })
    }
}

/// Handles a batch of messages.
pub async fn handle(event: Value, ctx: &Ctx) -> Result<Value> {
    worker::messages(event, |job: Mail| async move { ctx.mailing.handle(&job).await }).await
}
