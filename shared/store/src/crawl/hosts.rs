//! Places and turns at the hosts that are crawled, whoever crawls them: a few at a time, and as far
//! apart as a host wants.

use std::time::Duration;

use domain::{Error, Result, Timestamp};
use serde::Deserialize;

use crate::{keys, table::client::Store, table::write::Write};

/// How often a turn is asked for again when another worker took one at the same moment.
const ATTEMPTS: u64 = 12;
/// Rows that nobody looks at any more stay this much longer.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(Deserialize)]
struct PaceItem {
    next_at: Timestamp,
}

impl Store {
    /// Takes the place `number` at `host` until it is left, or for `lease`; whether it was free,
    /// or the `holder`'s already.
    pub async fn take_place(
        &self,
        host: &str,
        number: u8,
        holder: &str,
        lease: Duration,
    ) -> Result<bool> {
        let now = Timestamp::now();
        let free_at = now.plus(lease);
        let write = Write::update(
            keys::host_place(host, number),
            "SET holder = :holder, free_at = :free_at, expires_at = :expires",
        )
        .value("holder", holder)?
        .value("free_at", free_at)?
        .value("expires", free_at.plus(KEPT).seconds())?
        .value("now", now)?
        .when("attribute_not_exists(pk) OR free_at < :now OR holder = :holder");
        Ok(self.write(write).await?.is_done())
    }

    /// Leaves a place, if it is still the `holder`'s.
    pub async fn leave_place(&self, host: &str, number: u8, holder: &str) -> Result<()> {
        let write = Write::delete(keys::host_place(host, number))
            .value("holder", holder)?
            .when("holder = :holder");
        self.write(write).await.map(drop)
    }

    /// Takes the next turn at `host`, `delay` after the one before; when it is, or `None` if that
    /// would be after `latest`.
    pub async fn take_turn(
        &self,
        host: &str,
        delay: Duration,
        latest: Timestamp,
    ) -> Result<Option<Timestamp>> {
        let key = keys::host_pace(host);
        for attempt in 1..=ATTEMPTS {
            let now = Timestamp::now();
            let before: Option<PaceItem> = self.get(&key, true).await?;
            let turn = before.as_ref().map_or(now, |before| before.next_at.max(now));
            if turn > latest {
                return Ok(None);
            }
            let next = turn.plus(delay);
            let write = Write::update(key.clone(), "SET next_at = :next, expires_at = :expires")
                .value("next", next)?
                .value("expires", next.plus(KEPT).seconds())?;
            let write = match before {
                Some(before) => write.value("before", before.next_at)?.when("next_at = :before"),
                None => write.if_absent(),
            };
            if self.write(write).await?.is_done() {
                return Ok(Some(turn));
            }
            tokio::time::sleep(Duration::from_millis(10 * attempt)).await;
        }
        Err(Error::internal("too many turns are taken at once"))
    }
}
