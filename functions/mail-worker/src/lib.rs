//! Sends mail to the owners of workspaces, one e-mail a message: through SES, or, on one machine,
//! into a folder.

mod folder;
#[cfg(feature = "ses")]
mod ses;

use std::sync::Arc;

use app::mail::{
    job::{Mail, Mailing},
    message::Mailer,
};
use domain::Result;
use runtime::{Aws, Env, config::MailConfig};
use serde_json::Value;
use worker::SqsBatchResponse;

use crate::folder::MailFolder;

/// What this worker needs.
#[derive(Clone)]
pub struct Ctx {
    mailing: Mailing,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        let MailConfig { from, folder } = MailConfig::read(env);
        let mailer: Arc<dyn Mailer> = match folder {
            Some(folder) => Arc::new(MailFolder::new(folder, from.as_deref())),
            None => ses(aws, from.as_deref())?,
        };
        Ok(Self { mailing: Mailing::new(aws.app(env)?, mailer) })
    }
}

#[cfg(feature = "ses")]
fn ses(aws: &Aws, from: Option<&str>) -> Result<Arc<dyn Mailer>> {
    Ok(Arc::new(ses::Ses::new(aws.config(), from)))
}

#[cfg(not(feature = "ses"))]
fn ses(_: &Aws, _: Option<&str>) -> Result<Arc<dyn Mailer>> {
    Err(domain::Error::internal(
        "MAIL_DIR is not set, so mail goes through SES; this build was made without the feature \
         mail-worker/ses",
    ))
}

/// Handles a batch of messages.
pub async fn handle(event: Value, ctx: &Ctx) -> Result<SqsBatchResponse> {
    worker::jobs::<Mail>(event, &ctx.mailing).await
}

#[cfg(all(test, not(feature = "ses")))]
mod tests {
    use super::*;

    #[tokio::test]
    async fn without_ses_and_without_a_folder_it_refuses_to_start() {
        let aws = Aws::embedded("http://127.0.0.1:9", "http://127.0.0.1:9");
        let error = Ctx::new(&Env::default(), &aws).await.err().map(|error| error.to_string());
        assert!(error.as_deref().is_some_and(|e| e.contains("mail-worker/ses")), "{error:?}");
    }
}
