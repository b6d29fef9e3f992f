//! Who may do what: workspaces, members, sessions and keys.

use std::{fmt, time::Duration};

use serde::{Deserialize, Serialize};

use crate::{
    ChatbotId, Dialect, Error, ErrorKind, InvitationId, KeyId, Plan, Result, Role, SessionId,
    Timestamp, UserId, WorkspaceId,
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
    /// What a page of such a site needs: chat, feedback, handoff, and the widget's configuration.
    Widget,
}

impl KeyKind {
    /// The name in lower case, as it is stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Workspace => "workspace",
            Self::Public => "public",
            Self::Secret => "secret",
            Self::Site => "site",
            Self::Widget => "widget",
        }
    }

    /// Whether such a key may be in a page, where everybody can read it.
    pub fn is_for_pages(self) -> bool {
        matches!(self, Self::Public | Self::Widget)
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
    /// Whether whoever signed up has shown that the address is theirs. Until then nothing is sent
    /// to it but what asks for that.
    pub owner_confirmed: bool,
}

/// Who may sign up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignupMode {
    /// Whoever was invited.
    Invite,
    /// Everybody.
    Open,
    /// Whoever is there already.
    Closed,
}

impl std::str::FromStr for SignupMode {
    type Err = &'static str;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        match text {
            "invite" => Ok(Self::Invite),
            "open" => Ok(Self::Open),
            "closed" => Ok(Self::Closed),
            _ => Err("must be invite, open or closed"),
        }
    }
}

/// What a code that was sent to an address is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CodePurpose {
    /// Signing up.
    Invitation,
    /// Showing that an address is one's own.
    Confirmation,
    /// A new password.
    Reset,
    /// Joining a workspace.
    Membership,
}

impl CodePurpose {
    /// The name in lower case, as it is stored.
    pub fn name(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Confirmation => "confirmation",
            Self::Reset => "reset",
            Self::Membership => "membership",
        }
    }

    /// How long a code is valid.
    pub fn validity(self) -> Duration {
        const HOUR: u64 = 60 * 60;
        Duration::from_secs(match self {
            Self::Invitation | Self::Membership => 7 * 24 * HOUR,
            Self::Confirmation => 24 * HOUR,
            Self::Reset => HOUR,
        })
    }
}

/// What is kept of a code: not the code itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressCode {
    /// What it is good for.
    pub purpose: CodePurpose,
    /// The address it was sent to, lower case.
    pub email: String,
    /// The plan of the workspace that an invitation makes; the deployment's usual one if none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
    /// The invitation to a workspace that its receiver may accept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation: Option<(WorkspaceId, InvitationId)>,
    /// When it is no longer valid.
    pub expires_at: Timestamp,
}

/// That a member requested a code for their address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeRequest {
    /// What it shall be good for.
    pub purpose: CodePurpose,
    /// The address, lower case.
    pub email: String,
    /// The member's workspace; none where there is no such member, to whom nothing is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace_id: Option<WorkspaceId>,
    /// When.
    pub at: Timestamp,
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
    /// What they may do there.
    pub role: Role,
}

/// A session: a member until a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id, by which its member ends it; none of one from before sessions had any.
    pub id: Option<SessionId>,
    /// Who is signed in.
    pub member: Member,
    /// When they have to sign in again.
    pub expires_at: Timestamp,
}

/// A session in its member's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionEntry {
    /// Its id, which says when it began.
    pub id: SessionId,
    /// When it ends.
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
    /// The chatbot this key is for, if the key may chat with it: all but workspace keys.
    pub fn may_chat(&self) -> Result<ChatbotId> {
        match (self.kind, self.chatbot_id) {
            (KeyKind::Public | KeyKind::Secret | KeyKind::Site | KeyKind::Widget, Some(id)) => {
                Ok(id)
            }
            _ => Err(Error::unauthorized()),
        }
    }

    /// The site this key is for, if the key may manage it. A widget's key is known, but not enough:
    /// that is a 403.
    pub fn site(&self) -> Result<ChatbotId> {
        match (self.kind, self.chatbot_id) {
            (KeyKind::Site, Some(id)) => Ok(id),
            (KeyKind::Widget, Some(_)) => Err(Error::new(
                ErrorKind::Forbidden,
                "this endpoint needs the site key; a widget key was sent",
            )),
            _ => Err(Error::unauthorized()),
        }
    }

    /// The site this key is for, if the key may do what a visitor of its pages does.
    pub fn visited_site(&self) -> Result<ChatbotId> {
        match (self.kind, self.chatbot_id) {
            (KeyKind::Site | KeyKind::Widget, Some(id)) => Ok(id),
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
