//! Sessions: each under the hash of its token, which a request shows, and in its user's list, by
//! which the user ends it.

use domain::{Member, Result, Role, Session, SessionEntry, SessionId};
use serde::{Deserialize, Serialize};

use crate::{
    access::accounts::SessionItem,
    access::members::still_has,
    keys,
    table::client::{Range, Store},
    table::write::Write,
};

#[derive(Serialize, Deserialize)]
struct SessionEntryItem {
    id: SessionId,
    /// Of the token, to find the session by.
    hash: String,
    /// Seconds; the table sweeps it some time after.
    expires_at: i64,
}

impl SessionEntryItem {
    fn entry(&self) -> SessionEntry {
        let expires_at = domain::Timestamp::from_millis(self.expires_at.saturating_mul(1_000));
        SessionEntry { id: self.id, expires_at }
    }
}

impl Store {
    /// Stores a session under the hash of its token, and in its user's list; `false` if they are no
    /// member with that role any more.
    pub async fn put_session(&self, hash: &str, id: SessionId, session: &Session) -> Result<bool> {
        let Session { id: _, member: Member { user_id, email, workspace_id, role }, expires_at } =
            session.clone();
        let expires_at = expires_at.seconds();
        let entry = keys::session_entry(&email, id);
        let item = SessionItem { id: Some(id), user_id, email, workspace_id, role, expires_at };
        let listed = SessionEntryItem { id, hash: hash.to_owned(), expires_at };
        let writes = vec![
            Write::put(keys::session(hash), &item)?,
            Write::put(entry, &listed)?,
            still_has(workspace_id, user_id, role)?,
        ];
        Ok(self.transact(writes).await?.is_done())
    }

    /// Gives the sessions of a user another role.
    pub(super) async fn set_role_of_sessions(&self, email: &str, role: Role) -> Result<()> {
        for item in self.session_items(email).await? {
            let set = Write::update(keys::session(&item.hash), "SET #role = :role")
                .name("role", "role")
                .value("role", role)?
                .if_present();
            self.write(set).await?;
        }
        Ok(())
    }

    /// Ends the session under this hash.
    pub async fn delete_session(&self, hash: &str) -> Result<()> {
        let found: Option<SessionItem> = self.get(&keys::session(hash), true).await?;
        let entry = found.and_then(|item| Some(keys::session_entry(&item.email, item.id?)));
        let doomed: Vec<_> = [Some(keys::session(hash)), entry].into_iter().flatten().collect();
        self.batch_delete(&doomed).await
    }

    /// The sessions of a user, newest first. Those that have expired may still be there.
    pub async fn sessions(&self, email: &str) -> Result<Vec<SessionEntry>> {
        Ok(self.session_items(email).await?.iter().map(SessionEntryItem::entry).collect())
    }

    async fn session_items(&self, email: &str) -> Result<Vec<SessionEntryItem>> {
        let range = Range::prefix(keys::user(email).pk, keys::SESSION_ENTRY);
        self.query(range.backwards()).await
    }

    /// Ends the sessions of a user that are `wanted`; how many.
    pub async fn delete_sessions(
        &self,
        email: &str,
        wanted: impl Fn(SessionId) -> bool,
    ) -> Result<usize> {
        let found = self.session_items(email).await?;
        let doomed: Vec<_> = found.iter().filter(|item| wanted(item.id)).collect();
        // What opens doors goes first.
        let open: Vec<_> = doomed.iter().map(|item| keys::session(&item.hash)).collect();
        self.batch_delete(&open).await?;
        let listed = doomed.iter().map(|item| keys::session_entry(email, item.id));
        self.batch_delete(&listed.collect::<Vec<_>>()).await?;
        Ok(doomed.len())
    }
}
