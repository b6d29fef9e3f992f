//! Links that sign a member in once.

use domain::{Result, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{keys, table::client::Store, table::write::Write};

#[derive(Serialize, Deserialize)]
struct SignInLinkItem {
    email: String,
    /// Seconds; the table sweeps it some time after.
    expires_at: i64,
}

impl Store {
    /// Stores a link of the member with `email`, under the hash of its token.
    pub async fn put_sign_in_link(
        &self,
        hash: &str,
        email: &str,
        expires_at: Timestamp,
    ) -> Result<()> {
        let item = SignInLinkItem { email: email.to_owned(), expires_at: expires_at.seconds() };
        self.write(Write::put(keys::sign_in_link(hash), &item)?).await.map(drop)
    }

    /// Whose the link under this hash is, if it still works at `now`. However many ask at once, one
    /// is told.
    pub async fn take_sign_in_link(&self, hash: &str, now: Timestamp) -> Result<Option<String>> {
        let key = keys::sign_in_link(hash);
        let Some(item) = self.get::<SignInLinkItem>(&key, true).await? else { return Ok(None) };
        let taken = self.write(Write::delete(key).if_present()).await?.is_done();
        Ok((taken && item.expires_at > now.seconds()).then_some(item.email))
    }
}
