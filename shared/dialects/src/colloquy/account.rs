//! A member's password, address and sessions.

use domain::{SessionEntry, SessionId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::schema;

/// `POST /api/v1/auth/password`
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = access::PasswordIn, example = json!({"currentPassword": "correct horse battery staple",
    "newPassword": "another horse battery staple"}))]
pub struct PasswordIn {
    /// The password so far.
    #[schema(required = true, nullable = false)]
    pub current_password: Option<String>,
    /// 8 to 128 characters.
    #[schema(schema_with = schema::password, required = true)]
    pub new_password: Option<String>,
}

/// `DELETE /api/v1/account`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = access::ClosingIn, example = json!({"password": "correct horse battery staple"}))]
pub struct ClosingIn {
    /// Of the owner who closes the account.
    #[schema(required = true, nullable = false)]
    pub password: Option<String>,
}

/// `POST /api/v1/auth/password-reset`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = access::EmailIn, example = json!({"email": "ada@example.com"}))]
pub struct EmailIn {
    /// The address signed up with.
    #[schema(schema_with = schema::email, required = true)]
    pub email: Option<String>,
}

/// `POST /api/v1/auth/password-reset/complete`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = access::ResetIn, example = json!({"code": "4vJ9-EXAMPLE",
    "password": "another horse battery staple"}))]
pub struct ResetIn {
    /// As it was sent.
    #[schema(required = true, nullable = false)]
    pub code: Option<String>,
    /// 8 to 128 characters.
    #[schema(schema_with = schema::password, required = true)]
    pub password: Option<String>,
}

/// `POST /api/v1/auth/confirmation/complete`
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = access::CodeIn, example = json!({"code": "4vJ9-EXAMPLE"}))]
pub struct CodeIn {
    /// As it was sent.
    #[schema(required = true, nullable = false)]
    pub code: Option<String>,
}

/// `GET /api/v1/auth/sessions`
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = access::SessionsOut)]
pub struct SessionsOut {
    /// Newest first.
    data: Vec<SessionRowOut>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = access::SessionRowOut)]
struct SessionRowOut {
    #[schema(schema_with = schema::id)]
    id: String,
    /// Whether it is the one of this request.
    current: bool,
    #[schema(schema_with = schema::time)]
    created_at: String,
    #[schema(schema_with = schema::time)]
    expires_at: String,
}

impl SessionsOut {
    /// Those in `found`, of which `current` is the caller's.
    pub fn new(found: &[SessionEntry], current: Option<SessionId>) -> Self {
        let row = |entry: &SessionEntry| SessionRowOut {
            id: entry.id.to_string(),
            current: Some(entry.id) == current,
            created_at: entry.id.made_at().unwrap_or(entry.expires_at).to_string(),
            expires_at: entry.expires_at.to_string(),
        };
        Self { data: found.iter().map(row).collect() }
    }
}
