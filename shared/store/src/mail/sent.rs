//! Which mails were sent, so that a job that comes again sends none.

use std::time::Duration;

use domain::{EventId, Result, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{keys, table::client::Store, table::write::Write};

/// Longer than a job can lie in its queue and then among the dead letters.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

#[derive(Serialize, Deserialize)]
struct MailItem {
    sent_at: Timestamp,
    /// Seconds; the table sweeps it some time after.
    expires_at: i64,
}

impl Store {
    /// Whether the mail about `event` was sent.
    pub async fn is_mailed(&self, event: EventId) -> Result<bool> {
        Ok(self.get::<MailItem>(&keys::mail(event), true).await?.is_some())
    }

    /// Notes that the mail about `event` was sent.
    pub async fn put_mailed(&self, event: EventId, sent_at: Timestamp) -> Result<()> {
        let item = MailItem { sent_at, expires_at: sent_at.plus(KEPT).seconds() };
        self.write(Write::put(keys::mail(event), &item)?).await.map(drop)
    }
}
