//! Sign-up, sessions and keys: ours, since none of the references documents them. Errors on these
//! routes are openbat's.

use domain::{ApiKey, Dialect, KeyKind, Member, Workspace};
use serde::{Deserialize, Serialize};

/// `POST /api/v1/auth/signup`
#[derive(Debug, Deserialize)]
pub struct SignUpIn {
    /// Unique on the platform.
    pub email: Option<String>,
    /// 8 to 128 characters.
    pub password: Option<String>,
    /// Name of the workspace.
    pub organization: Option<String>,
}

/// `POST /api/v1/auth/login`
#[derive(Debug, Deserialize)]
pub struct LogInIn {
    /// The address signed up with.
    pub email: Option<String>,
    /// The password.
    pub password: Option<String>,
}

/// Who is signed in, and where.
#[derive(Debug, Serialize)]
pub struct SessionOut {
    user: UserOut,
    workspace: WorkspaceOut,
}

#[derive(Debug, Serialize)]
struct UserOut {
    id: String,
    email: String,
}

#[derive(Debug, Serialize)]
struct WorkspaceOut {
    id: String,
    name: String,
    plan: &'static str,
}

impl SessionOut {
    /// For `member`, in `workspace`.
    pub fn new(member: &Member, workspace: &Workspace) -> Self {
        let Member { user_id, email, workspace_id: _ } = member;
        let Workspace { id, name, plan, chatbots: _, created_at: _, owner_email: _ } = workspace;
        Self {
            user: UserOut { id: user_id.to_string(), email: email.clone() },
            workspace: WorkspaceOut { id: id.to_string(), name: name.clone(), plan: plan.name() },
        }
    }
}

/// `POST /api/v1/api-keys`
#[derive(Debug, Deserialize)]
pub struct KeyIn {
    /// `conferbot`, `chatbotplatform`, `botplot` or `helpbot`.
    pub dialect: Option<String>,
    /// `workspace`, `public`, `secret` or `site`; may be left out where a dialect has only one.
    pub kind: Option<String>,
    /// For a key of one chatbot.
    #[serde(rename = "chatbotId")]
    pub chatbot_id: Option<String>,
}

/// A key in a list, without its secret.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyOut {
    id: String,
    prefix: String,
    dialect: Dialect,
    kind: KeyKind,
    chatbot_id: Option<String>,
    created_at: String,
}

impl From<&ApiKey> for KeyOut {
    fn from(from: &ApiKey) -> Self {
        let ApiKey { id, workspace_id: _, chatbot_id, dialect, kind, prefix, created_at } = from;
        Self {
            id: id.to_string(),
            prefix: prefix.clone(),
            dialect: *dialect,
            kind: *kind,
            chatbot_id: chatbot_id.map(|id| id.to_string()),
            created_at: created_at.to_string(),
        }
    }
}

/// A key just made: the only time that it is shown.
#[derive(Debug, Serialize)]
pub struct NewKeyOut {
    /// The key itself.
    pub key: String,
    /// What stays to be seen of it.
    #[serde(flatten)]
    pub rest: KeyOut,
}

/// `GET /api/v1/api-keys`
#[derive(Debug, Serialize)]
pub struct KeysOut {
    /// Newest first.
    pub data: Vec<KeyOut>,
}
