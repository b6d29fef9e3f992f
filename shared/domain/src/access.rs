//! Who may do what: workspaces, members, sessions and keys.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    ChatbotId, Dialect, Error, ErrorKind, KeyId, Plan, Result, Timestamp, UserId, WorkspaceId,
};

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
