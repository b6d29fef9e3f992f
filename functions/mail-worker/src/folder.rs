//! Letters as files, for one machine: RFC 5322, as any mail program opens them.

use std::path::PathBuf;

use app::mail::job::{Letter, Mailer};
use domain::{Error, Result};
use futures::{FutureExt, future::BoxFuture};
use mail_builder::{MessageBuilder, headers::date::Date};
use tokio::fs;

/// Who writes where nobody is set.
const NOBODY: &str = "colloquy@localhost";

/// A folder of letters, each under the id of its event: the same one again is the same file.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    from: String,
}

impl Folder {
    /// The folder at `path`, which is made when the first letter comes.
    pub fn new(path: impl Into<PathBuf>, from: Option<&str>) -> Self {
        Self { path: path.into(), from: from.unwrap_or(NOBODY).to_owned() }
    }

    async fn write(&self, letter: &Letter) -> Result<()> {
        let bytes = rendered(letter, &self.from)?;
        // Letters quote visitors: they are their owner's alone.
        let mut folder = fs::DirBuilder::new();
        folder.recursive(true).mode(0o700).create(&self.path).await.map_err(Error::internal)?;
        // Whole or not at all, whoever looks meanwhile.
        let draft = self.path.join(format!("{}.draft", letter.id));
        fs::write(&draft, bytes).await.map_err(Error::internal)?;
        let file = self.path.join(format!("{}.eml", letter.id));
        fs::rename(&draft, file).await.map_err(Error::internal)
    }
}

impl Mailer for Folder {
    fn send<'a>(&'a self, letter: &'a Letter) -> BoxFuture<'a, Result<()>> {
        self.write(letter).boxed()
    }
}

fn rendered(letter: &Letter, from: &str) -> Result<Vec<u8>> {
    let Letter { id, at, to, reply_to, subject, text } = letter;
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
