use std::path::PathBuf;

use super::{Env, Variable};

const MAIL_FROM: Variable = Variable::optional(
    "MAIL_FROM",
    "Sender of e-mails to owners; without it e-mails wait in `MailQueueDeadLetters`",
);
const MAIL_DIR: Variable = Variable::optional(
    "MAIL_DIR",
    "Set by `cargo dev`: e-mails become files in this folder and none is sent; `mail` in the data \
     folder or, with `--memory`, a temporary one",
);

/// E-mails to owners.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailConfig {
    /// `MAIL_FROM`.
    pub from: Option<String>,
    /// `MAIL_DIR`.
    pub folder: Option<PathBuf>,
}

impl MailConfig {
    pub(super) const VARIABLES: [Variable; 2] = [MAIL_FROM, MAIL_DIR];

    /// Reads it.
    pub fn read(env: &Env) -> Self {
        Self {
            from: MAIL_FROM.find(env).map(str::to_owned),
            folder: MAIL_DIR.find(env).map(PathBuf::from),
        }
    }
}
