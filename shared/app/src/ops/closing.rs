//! Closing an account, with everything that belongs to it.

use domain::{Error, ErrorKind, Result, Session, bounds};

use crate::{App, ops::erasures::Erasure};

impl App {
    /// Closes the account of the workspace of `session`, whose member confirms it by their password.
    /// Every key and session of the workspace is refused once this has returned.
    pub async fn close_account(
        &self,
        session: &Session,
        password: Option<&str>,
        address: Option<&str>,
    ) -> Result<Erasure> {
        let password = bounds::required("password", password)?.to_owned();
        let member = &session.member;
        let user = self.user_with_password(&member.email, password, address).await?;
        let user = user.ok_or_else(|| Error::new(ErrorKind::Forbidden, "the password is wrong"))?;
        // The list of members is what clearing away goes by.
        self.member_of(&user).await?;
        let (workspace, now) = (member.workspace_id, self.now());
        if !self.store.close_workspace(workspace, now).await? {
            return Err(Error::not_found("workspace"));
        }
        self.store.purge_people(workspace).await?;
        tracing::info!(%workspace, "the account was closed");
        Ok(Erasure { id: workspace.to_string(), requested_at: now, completed_at: None })
    }
}
