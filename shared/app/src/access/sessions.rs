//! A member's sessions, as they see and end them.

use domain::{Error, Result, Session, SessionEntry, SessionId};

use crate::App;

impl App {
    /// The sessions of the member of `session` that have not ended, newest first.
    pub async fn sessions(&self, session: &Session) -> Result<Vec<SessionEntry>> {
        let mut found = self.store.sessions(&session.member.email).await?;
        let now = self.now();
        found.retain(|entry| entry.expires_at > now);
        Ok(found)
    }

    /// Ends a session of the member of `session`.
    pub async fn end_session(&self, session: &Session, id: SessionId) -> Result<()> {
        match self.store.delete_sessions(&session.member.email, |of| of == id).await? {
            0 => Err(Error::not_found("session")),
            _ => Ok(()),
        }
    }
}
