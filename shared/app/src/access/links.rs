//! Signing in by a link that works once, within an hour: how `cargo dev` lets whoever started it into
//! the console.

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{Error, ErrorKind, Result};
use store::keys::sha256;

use crate::{App, access::accounts::NewSession, adapters::random};

/// For how long a link works.
const LINK: Duration = Duration::from_secs(60 * 60);
/// Characters of a token.
const TOKEN: usize = 43;

impl App {
    /// The token of a link for the member with the address `email`.
    pub async fn sign_in_link(&self, email: &str) -> Result<String> {
        let token = URL_SAFE_NO_PAD.encode(random::bytes::<32>()?);
        let expires_at = self.now().plus(LINK);
        self.store.put_sign_in_link(&sha256(&token), email, expires_at).await?;
        Ok(token)
    }

    /// Signs the member in whose link has `token`, once.
    pub async fn sign_in_by_link(&self, token: &str) -> Result<NewSession> {
        let spent = || {
            let message = "this link has been used, or is too old; sign in with your password";
            Error::new(ErrorKind::Unauthorized, message)
        };
        if token.len() != TOKEN {
            return Err(spent());
        }
        let email = self.store.take_sign_in_link(&sha256(token), self.now()).await?;
        let user = self.store.user(&email.ok_or_else(spent)?).await?.ok_or_else(spent)?;
        let workspace = self.workspace(user.workspace_id).await?;
        let member = self.member_of(&user).await?;
        self.begin_session(member, workspace).await
    }
}
