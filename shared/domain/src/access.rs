//! Who may do what: workspaces, members, sessions and keys.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{ChatbotId, Error, ErrorKind, KeyId, Plan, Result, Timestamp, UserId, WorkspaceId};

/// The published API that a key or a subscription speaks. The domain knows their names, since "a
/// key speaks one dialect" is a rule of the domain; it knows none of their shapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// Conferbot: a workspace's chatbots, responses, analytics.
    Conferbot,
    /// Chatbot Platform: bots, AI backends, channels, agent loops.
    ChatbotPlatform,
    /// BotPlot: chat, knowledge, leads, white label.
    Botplot,
    /// OpenBat: an organization's chatbots, by session.
    Openbat,
    /// HelpBot: FAQ chat with feedback and handoff.
    Helpbot,
}

impl Dialect {
    /// All five.
    pub const ALL: [Self; 5] =
        [Self::Conferbot, Self::ChatbotPlatform, Self::Botplot, Self::Openbat, Self::Helpbot];

    /// The name in lower case, as it is stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Conferbot => "conferbot",
            Self::ChatbotPlatform => "chatbotplatform",
            Self::Botplot => "botplot",
            Self::Openbat => "openbat",
            Self::Helpbot => "helpbot",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for Dialect {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|d| d.name() == text).ok_or_else(|| {
            Error::field("dialect", "must be one of conferbot, chatbotplatform, botplot, helpbot")
        })
    }
}

/// What a key opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyKind {
    /// Everything in a workspace (conferbot, chatbotplatform).
    Workspace,
    /// Chatting with one chatbot; may stand in a browser (botplot).
    Public,
    /// Managing one chatbot (botplot, and openbat's own keys).
    Secret,
    /// One helpbot site.
    Site,
}

impl KeyKind {
    /// The name in lower case, as it is stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Workspace => "workspace",
            Self::Public => "public",
            Self::Secret => "secret",
            Self::Site => "site",
        }
    }
}

/// The form of a key: the text before its random part, and how many hex digits follow.
/// `None` where a dialect has no key of that kind.
pub fn key_form(dialect: Dialect, kind: KeyKind) -> Option<(&'static str, usize)> {
    match (dialect, kind) {
        (Dialect::Conferbot, KeyKind::Workspace) => Some(("cb_live_", 40)),
        (Dialect::ChatbotPlatform, KeyKind::Workspace) => Some(("sk_live_", 40)),
        (Dialect::Botplot, KeyKind::Public) => Some(("pk_", 40)),
        (Dialect::Botplot, KeyKind::Secret) => Some(("sk_", 40)),
        (Dialect::Helpbot, KeyKind::Site) => Some(("wk_live_", 40)),
        (Dialect::Openbat, KeyKind::Secret) => Some(("ob_live_", 32)),
        _ => None,
    }
}

/// A tenant.
#[derive(Debug, Clone, PartialEq)]
pub struct Workspace {
    /// Its id.
    pub id: WorkspaceId,
    /// The organization's name.
    pub name: String,
    /// What it may use.
    pub plan: Plan,
    /// How many chatbots it has now.
    pub chatbots: u32,
    /// When it signed up.
    pub created_at: Timestamp,
    /// Who signed it up and is told what its owner has to know; unknown for one from before that
    /// was kept, until its member signs in.
    pub owner_email: Option<String>,
}

/// A person with a password.
#[derive(Clone, PartialEq)]
pub struct User {
    /// Their id.
    pub id: UserId,
    /// Lower case; unique on the platform.
    pub email: String,
    /// PHC string (Argon2id).
    pub password_hash: String,
    /// The workspace they belong to.
    pub workspace_id: WorkspaceId,
    /// When they signed up.
    pub created_at: Timestamp,
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A signed-in member, as every request by session sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Who it is.
    pub user_id: UserId,
    /// Their address.
    pub email: String,
    /// The workspace they act in.
    pub workspace_id: WorkspaceId,
}

/// A session: a member until a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Who is signed in.
    pub member: Member,
    /// When they have to sign in again.
    pub expires_at: Timestamp,
}

/// A key without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Its id.
    pub id: KeyId,
    /// The workspace it belongs to.
    pub workspace_id: WorkspaceId,
    /// The chatbot it is for; `None` for a workspace key.
    pub chatbot_id: Option<ChatbotId>,
    /// The dialect it speaks.
    pub dialect: Dialect,
    /// What it opens.
    pub kind: KeyKind,
    /// The first characters and `...`, to tell keys apart.
    pub prefix: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Who is calling, once a key has been found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The key that was shown.
    pub key_id: KeyId,
    /// Its workspace.
    pub workspace_id: WorkspaceId,
    /// Its chatbot, for keys that have one.
    pub chatbot_id: Option<ChatbotId>,
    /// Its dialect.
    pub dialect: Dialect,
    /// What it opens.
    pub kind: KeyKind,
    /// The plan of its workspace.
    pub plan: Plan,
}

impl Principal {
    /// The chatbot this key is for, if the key may chat with it: public, secret and site keys.
    pub fn may_chat(&self) -> Result<ChatbotId> {
        match (self.kind, self.chatbot_id) {
            (KeyKind::Public | KeyKind::Secret | KeyKind::Site, Some(id)) => Ok(id),
            _ => Err(Error::unauthorized()),
        }
    }

    /// The site this key is for, if it is a site's key.
    pub fn site(&self) -> Result<ChatbotId> {
        match (self.kind, self.chatbot_id) {
            (KeyKind::Site, Some(id)) => Ok(id),
            _ => Err(Error::unauthorized()),
        }
    }

    /// The chatbot this key is for, if the key may manage it: secret keys only. A public key is
    /// known, but not enough: that is a 403.
    pub fn may_manage(&self) -> Result<ChatbotId> {
        match (self.kind, self.chatbot_id) {
            (KeyKind::Secret, Some(id)) => Ok(id),
            (KeyKind::Public, Some(_)) => Err(Error::new(
                ErrorKind::Forbidden,
                "this endpoint needs the secret key; a public key was sent",
            )),
            _ => Err(Error::unauthorized()),
        }
    }
}
