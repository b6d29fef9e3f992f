//! Per-host crawl concurrency and delay, shared by all workers.

use std::time::Duration;

use domain::{Error, Result, Timestamp};
use serde::Deserialize;

use crate::{keys, retry::Retries, table::client::Store, table::write::Write};

/// Retries of a turn that another worker took at the same moment.
const MAX_RETRIES: usize = 11;
/// The longest delay before one of them.
const MAX_DELAY: Duration = Duration::from_millis(100);
/// Rows that are no longer used stay this much longer.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

#[derive(Deserialize)]
struct PaceItem {
    next_at: Timestamp,
}

/// The write by which a place has this holder until then.
fn held((host, number): (&str, u8), (holder, free_at): (&str, Timestamp)) -> Result<Write> {
    Write::update(
        keys::host_place(host, number),
        "SET holder = :holder, free_at = :free_at, expires_at = :expires",
    )
    .value("holder", holder)?
    .value("free_at", free_at)?
    .value("expires", free_at.plus(KEPT).seconds())
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
        now: Timestamp,
    ) -> Result<bool> {
        let write = held((host, number), (holder, now.plus(lease)))?
            .value("now", now)?
            .when("attribute_not_exists(pk) OR free_at < :now OR holder = :holder");
        Ok(self.write(write).await?.is_done())
    }

    /// Passes the place `number` at `host` on from the holder `from` to `to`, who has it for `lease`;
    /// whether it was still that holder's.
    pub async fn pass_place(
        &self,
        (host, number): (&str, u8),
        (from, to): (&str, &str),
        lease: Duration,
        now: Timestamp,
    ) -> Result<bool> {
        let write = held((host, number), (to, now.plus(lease)))?
            .value("from", from)?
            .when("holder = :from");
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
        now: impl Fn() -> Timestamp,
    ) -> Result<Option<Timestamp>> {
        let key = keys::host_pace(host);
        let mut retries = Retries::new(MAX_RETRIES, MAX_DELAY);
        loop {
            let now = now();
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
            if !retries.wait().await {
                return Err(Error::internal("too many turns are taken at once"));
            }
        }
    }
}
