//! E-mails as files, for one machine: RFC 5322, as any mail program opens them.

use std::path::PathBuf;

use app::mail::message::{Email, Mailer};
use domain::{Error, Result};
use futures::{FutureExt, future::BoxFuture};
use mail_builder::{MessageBuilder, headers::date::Date};
use tokio::fs;

/// The sender where none is set.
const DEFAULT_FROM: &str = "colloquy@localhost";

/// A folder of e-mails, each under the id of its event: the same one again is the same file.
#[derive(Debug)]
pub struct MailFolder {
    path: PathBuf,
    from: String,
}

impl MailFolder {
    /// The folder at `path`, which is made when the first e-mail comes.
    pub fn new(path: impl Into<PathBuf>, from: Option<&str>) -> Self {
        Self { path: path.into(), from: from.unwrap_or(DEFAULT_FROM).to_owned() }
    }

    async fn write(&self, email: &Email) -> Result<()> {
        let bytes = rendered(email, &self.from)?;
        // E-mails quote visitors: only their owner may read them.
        let mut folder = fs::DirBuilder::new();
        folder.recursive(true).mode(0o700).create(&self.path).await.map_err(Error::internal)?;
        // Whole or not at all, whoever looks meanwhile.
        let draft = self.path.join(format!("{}.draft", email.id));
        fs::write(&draft, bytes).await.map_err(Error::internal)?;
        let file = self.path.join(format!("{}.eml", email.id));
        fs::rename(&draft, file).await.map_err(Error::internal)
    }
}

impl Mailer for MailFolder {
    fn send<'a>(&'a self, email: &'a Email) -> BoxFuture<'a, Result<()>> {
        self.write(email).boxed()
    }
}

fn rendered(email: &Email, from: &str) -> Result<Vec<u8>> {
    let Email { id, at, to, reply_to, subject, text } = email;
    let host = from.rsplit('@').next().unwrap_or_default();
    let mut message = MessageBuilder::new()
        .from(from)
        .to(to.as_str())
        .subject(subject.as_str())
        .date(Date::new(at.seconds()))
        .message_id(format!("{id}@{host}"))
        .text_body(text.as_str());
    if let Some(address) = reply_to {
        message = message.reply_to(address.as_str());
    }
    message.write_to_vec().map_err(Error::internal)
}
