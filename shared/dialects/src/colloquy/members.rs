//! The members of a workspace, and who was invited.

use domain::{Invitation, Role, WorkspaceMember};
use serde::{Deserialize, Serialize};
use utoipa::{ToSchema, openapi::Object};

use crate::schema;

/// `POST /api/v1/members/invitations`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = access::InvitationIn, example = json!({"email": "grace@example.com", "role": "agent"}))]
pub struct InvitationIn {
    /// The code is sent there, and the member signs in with it.
    #[schema(schema_with = schema::email, required = true)]
    pub email: Option<String>,
    /// `owner`, `editor`, `agent` or `viewer`.
    #[schema(schema_with = role, required = true)]
    pub role: Option<String>,
}

/// `POST /api/v1/auth/join`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = access::JoinIn, example = json!({"code": "4vJ9-EXAMPLE",
    "password": "correct horse battery staple"}))]
pub struct JoinIn {
    /// As it was sent.
    #[schema(required = true, nullable = false)]
    pub code: Option<String>,
    /// 8 to 128 characters.
    #[schema(schema_with = schema::password, required = true)]
    pub password: Option<String>,
}

/// `PATCH /api/v1/members/{id}`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = access::RoleIn, example = json!({"role": "editor"}))]
pub struct RoleIn {
    /// `owner`, `editor`, `agent` or `viewer`.
    #[schema(schema_with = role, required = true)]
    pub role: Option<String>,
}

/// A member of the workspace.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = access::MemberOut)]
pub struct MemberOut {
    #[schema(schema_with = schema::id)]
    id: String,
    #[schema(schema_with = schema::address)]
    email: String,
    #[schema(schema_with = role)]
    role: &'static str,
    #[schema(schema_with = schema::time)]
    joined_at: String,
}

impl From<&WorkspaceMember> for MemberOut {
    fn from(from: &WorkspaceMember) -> Self {
        let WorkspaceMember { user_id, email, role, joined_at } = from;
        Self {
            id: user_id.to_string(),
            email: email.clone(),
            role: role.name(),
            joined_at: joined_at.to_string(),
        }
    }
}

/// An invitation that was not accepted yet.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = access::InvitationOut)]
pub struct InvitationOut {
    #[schema(schema_with = schema::id)]
    id: String,
    #[schema(schema_with = schema::address)]
    email: String,
    #[schema(schema_with = role)]
    role: &'static str,
    #[schema(schema_with = schema::time)]
    invited_at: String,
    #[schema(schema_with = schema::time)]
    expires_at: String,
}

impl From<&Invitation> for InvitationOut {
    fn from(from: &Invitation) -> Self {
        let Invitation { id, workspace_id: _, email, role, invited_at } = from;
        Self {
            id: id.to_string(),
            email: email.clone(),
            role: role.name(),
            invited_at: invited_at.to_string(),
            expires_at: from.expires_at().to_string(),
        }
    }
}

/// `GET /api/v1/members`
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = access::MembersOut)]
pub struct MembersOut {
    /// Those who came first first.
    pub data: Vec<MemberOut>,
    /// Those who were invited and have not come yet, the last one first.
    pub invitations: Vec<InvitationOut>,
}

/// Any role.
pub(super) fn role() -> Object {
    schema::one_of(Role::ALL.map(Role::name))
}
