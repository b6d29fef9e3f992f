//! Sign-up, sessions and keys.

use domain::{ApiKey, Dialect, KeyKind, Member, Workspace};
use serde::{Deserialize, Serialize};
use utoipa::{ToSchema, openapi::Object};

use crate::{colloquy::members::role, schema};

/// `POST /api/v1/auth/signup`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = access::SignUpIn,
    example = json!({"email": "ada@example.com", "password": "correct horse battery staple",
    "organization": "Ada's Shop"}))]
pub struct SignUpIn {
    /// Unique on the platform.
    #[schema(schema_with = schema::email, required = true)]
    pub email: Option<String>,
    /// 8 to 128 characters.
    #[schema(schema_with = schema::password, required = true)]
    pub password: Option<String>,
    /// Name of the workspace.
    #[schema(schema_with = schema::name, required = true)]
    pub organization: Option<String>,
    /// The code of an invitation to this address, where the deployment is not open to everybody.
    pub invitation: Option<String>,
}

/// `POST /api/v1/auth/login`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = access::LogInIn,
    example = json!({"email": "ada@example.com", "password": "correct horse battery staple"}))]
pub struct LogInIn {
    /// The address signed up with.
    #[schema(schema_with = schema::email, required = true)]
    pub email: Option<String>,
    /// The password.
    #[schema(required = true, nullable = false)]
    pub password: Option<String>,
}

/// `POST /api/v1/auth/link`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = access::LinkIn, example = json!({"token": "q7kZ0Y2n5m0kq0mJt1c7gqk1u3o8d2s4w6x8y0A2C4E"}))]
pub struct LinkIn {
    /// Of the link.
    #[schema(required = true, nullable = false)]
    pub token: Option<String>,
}

/// Who is signed in, and where.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = access::SessionOut)]
pub struct SessionOut {
    user: UserOut,
    workspace: WorkspaceOut,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = access::UserOut)]
struct UserOut {
    #[schema(schema_with = schema::id)]
    id: String,
    #[schema(schema_with = schema::address)]
    email: String,
    #[schema(schema_with = role)]
    role: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = access::WorkspaceOut)]
struct WorkspaceOut {
    #[schema(schema_with = schema::id)]
    id: String,
    name: String,
    #[schema(schema_with = schema::plan)]
    plan: &'static str,
}

impl SessionOut {
    /// For `member`, in `workspace`.
    pub fn new(member: &Member, workspace: &Workspace) -> Self {
        let Member { user_id, email, workspace_id: _, role } = member;
        let Workspace {
            id,
            name,
            plan,
            chatbots: _,
            created_at: _,
            owner_email: _,
            owner_confirmed: _,
        } = workspace;
        Self {
            user: UserOut { id: user_id.to_string(), email: email.clone(), role: role.name() },
            workspace: WorkspaceOut { id: id.to_string(), name: name.clone(), plan: plan.name() },
        }
    }
}

/// `POST /api/v1/api-keys`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = access::KeyIn, example = json!({"dialect": "conferbot", "kind": "workspace"}))]
pub struct KeyIn {
    /// `conferbot`, `chatbotplatform`, `botplot` or `helpbot`.
    #[schema(schema_with = dialects_with_keys, required = true)]
    pub dialect: Option<String>,
    /// `workspace`, `public`, `secret`, `site` or `widget`; may be left out where one is usual.
    #[schema(schema_with = kind_or_null)]
    pub kind: Option<String>,
    /// For a key of one chatbot.
    #[serde(rename = "chatbotId")]
    #[schema(schema_with = schema::id_or_null)]
    pub chatbot_id: Option<String>,
}

/// A key in a list, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = access::KeyOut)]
pub struct KeyOut {
    #[schema(schema_with = schema::id)]
    id: String,
    #[schema(example = "cb_live_a1b2c3...")]
    prefix: String,
    #[schema(schema_with = dialect)]
    dialect: Dialect,
    #[schema(schema_with = kind)]
    kind: KeyKind,
    #[schema(schema_with = schema::id_or_null, required = true)]
    chatbot_id: Option<String>,
    #[schema(schema_with = schema::time)]
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
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = access::NewKeyOut)]
pub struct NewKeyOut {
    /// The key itself.
    pub key: String,
    /// What stays to be seen of it.
    #[serde(flatten)]
    pub rest: KeyOut,
}

/// `GET /api/v1/api-keys`
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = access::KeysOut)]
pub struct KeysOut {
    /// Newest first.
    pub data: Vec<KeyOut>,
}

/// Those whose keys are not made with their chatbots.
fn dialects_with_keys() -> Object {
    schema::one_of(Dialect::with_requested_keys().map(Dialect::name))
}

fn dialect() -> Object {
    schema::one_of(Dialect::ALL.map(Dialect::name))
}

const KINDS: [KeyKind; 5] =
    [KeyKind::Workspace, KeyKind::Public, KeyKind::Secret, KeyKind::Site, KeyKind::Widget];

fn kind() -> Object {
    schema::one_of(KINDS.map(KeyKind::name))
}

fn kind_or_null() -> Object {
    schema::one_of_or_null(KINDS.map(KeyKind::name))
}
