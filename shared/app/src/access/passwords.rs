//! Passwords: verified at a bounded rate, changed, and set by a code that was sent to the member.

use std::time::Duration;

use argon2::{Argon2, PasswordVerifier, password_hash::phc::PasswordHash};
use domain::{CodePurpose, Error, ErrorKind, Result, Session, User, bounds};

use crate::{App, access::accounts::composed, access::usage::Rate};

const TRIES: &str = "too many tries; try again later";
const WINDOW: Duration = Duration::from_secs(15 * 60);
/// Passwords for one e-mail address from one client.
const PER_CLIENT: Rate = Rate { what: "password", max: 10, window: WINDOW, refusal: TRIES };
/// Passwords for one e-mail address, wherever they come from: whoever guesses from many places is
/// slowed down, and the member still signs in between.
const PER_MEMBER: Rate = Rate { what: "member", max: 100, window: WINDOW, refusal: TRIES };
/// Passwords from one client, for whatever e-mail address.
const PER_ADDRESS: Rate = Rate { what: "address", max: 300, window: WINDOW, refusal: TRIES };

fn client_of(email: &str, address: Option<&str>) -> String {
    format!("{} {email}", address.unwrap_or_default())
}

impl App {
    /// Counts a try of a password for `email` by a client at `address`, and refuses one too many.
    async fn admit_try(&self, email: &str, address: Option<&str>) -> Result<()> {
        self.take_rate(PER_CLIENT, &client_of(email, address)).await?;
        tokio::try_join!(
            self.take_rate(PER_MEMBER, email),
            self.take_rate(PER_ADDRESS, address.unwrap_or_default())
        )?;
        Ok(())
    }

    /// The user with this e-mail address if `password` is theirs; a client that guesses is refused
    /// after a while. An unknown address takes as long as a wrong password.
    pub(crate) async fn user_with_password(
        &self,
        email: &str,
        password: String,
        address: Option<&str>,
    ) -> Result<Option<User>> {
        self.admit_try(email, address).await?;
        let user = self.store.user(email).await?;
        let hash = user.as_ref().map(|user| user.password_hash.clone());
        let cost = self.passwords;
        let right = blocking(move || match hash {
            Some(hash) => verify_password(&password, &hash),
            None => cost.hash(&password).map(|_| false),
        })
        .await?;
        if right {
            self.return_rate(PER_CLIENT, &client_of(email, address)).await?;
        }
        Ok(user.filter(|_| right))
    }

    /// Gives the member of `session` another password and ends their other sessions.
    pub async fn change_password(
        &self,
        session: &Session,
        current: Option<&str>,
        new: Option<&str>,
        address: Option<&str>,
    ) -> Result<()> {
        let current = bounds::required("currentPassword", current)?.to_owned();
        let new = bounds::required("newPassword", new)?;
        bounds::password("newPassword", new)?;
        let member = &session.member;
        let user = self.user_with_password(&member.email, current, address).await?;
        let user =
            user.ok_or_else(|| Error::new(ErrorKind::Forbidden, "the current password is wrong"))?;
        self.set_password(&user, new).await?;
        let own = session.id;
        self.store.delete_sessions(&member.email, |id| Some(id) != own).await.map(drop)
    }

    /// Sets the password of whoever was sent `code`, and ends all of their sessions.
    pub async fn reset_password(&self, code: Option<&str>, password: Option<&str>) -> Result<()> {
        let code = bounds::required("code", code)?;
        let password = bounds::required("password", password)?;
        bounds::password("password", password)?;
        let found = self.take_code(CodePurpose::Reset, code).await?;
        let user = self.store.user(&found.email).await?;
        let user = user.ok_or_else(|| Error::not_found("user"))?;
        self.set_password(&user, password).await?;
        // Whoever has read the code has the address.
        self.store.confirm_owner(user.workspace_id, &user.email).await?;
        self.store.delete_sessions(&user.email, |_| true).await.map(drop)
    }

    async fn set_password(&self, user: &User, password: &str) -> Result<()> {
        let (cost, password) = (self.passwords, password.to_owned());
        let hash = blocking(move || cost.hash(&password)).await?;
        match self.store.set_password(user, &hash).await? {
            true => Ok(()),
            false => {
                let message = "the password was changed by another request; try again";
                Err(Error::new(ErrorKind::Conflict, message))
            }
        }
    }
}

pub(super) fn verify_password(password: &str, hash: &str) -> Result<bool> {
    let hash = PasswordHash::new(hash).map_err(|e| Error::internal(e.to_string()))?;
    let matches = |text: &str| Argon2::default().verify_password(text.as_bytes(), &hash).is_ok();
    let composed = composed(password);
    // Older hashes are of what was typed.
    Ok(matches(&composed) || (composed != password && matches(password)))
}

/// Hashing takes tens of milliseconds of one core; requests go on meanwhile.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(Error::internal)?
}
