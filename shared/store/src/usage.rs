//! What a workspace has used of its plan this month: one conditional update a call, so that limits
//! hold exactly however many calls race.

use std::time::Duration;

use domain::{Result, Timestamp, WorkspaceId};
use serde::Deserialize;

use crate::{
    keys::{self, Key},
    table::Store,
    write::Write,
};

/// Counters stay for a while after their month, for whoever asks about it.
const KEPT: Duration = Duration::from_secs(100 * 24 * 60 * 60);

#[derive(Deserialize)]
struct UsageItem {
    used: u64,
}

/// How many calls a plan allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallLimits {
    /// In a UTC month; none where absent.
    pub month: Option<u32>,
    /// In a UTC minute; none where absent.
    pub minute: Option<u32>,
}

/// What became of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is counted and may go on.
    Done,
    /// The minute is full.
    MinuteFull,
    /// The month is full.
    MonthFull,
}

/// How often a call is tried whose minute changes under it.
const ATTEMPTS: u32 = 4;

impl Store {
    /// Takes one of `what` for the month of `now`; `false` if `most` have been taken already.
    pub async fn take(
        &self,
        workspace: WorkspaceId,
        what: &str,
        most: Option<u32>,
        now: Timestamp,
    ) -> Result<bool> {
        let key = keys::usage(workspace, what, &now.month());
        let write = Write::update(key, "SET expires_at = :expires ADD used :one")
            .value("one", 1)?
            .value("expires", now.plus(KEPT).seconds())?;
        let write = match most {
            None => write,
            Some(0) => return Ok(false),
            Some(most) => {
                write.when("attribute_not_exists(used) OR used < :most").value("most", most)?
            }
        };
        Ok(self.write(write).await?.is_done())
    }

    /// Takes one call of `what` against both limits: one conditional update, and a second one for
    /// the first call of a minute.
    pub async fn take_call(
        &self,
        workspace: WorkspaceId,
        what: &str,
        limits: CallLimits,
        now: Timestamp,
    ) -> Result<Taken> {
        let key = keys::usage(workspace, what, &now.month());
        // A limit that is none is one that nobody reaches.
        let month = limits.month.unwrap_or(u32::MAX);
        let minute = limits.minute.unwrap_or(u32::MAX);
        let call = |expression: &str, condition: &str| {
            Write::update(key.clone(), expression)
                .when(condition)
                .name("minute", "minute")
                .name("used", "used")
                .value("minute", now.minute())?
                .value("one", 1)?
                .value("month_limit", month)?
                .value("expires", now.plus(KEPT).seconds())
        };
        for _ in 0..ATTEMPTS {
            // A clock that is behind counts against the later minute.
            let same_minute = call(
                "SET minute_used = minute_used + :one, expires_at = :expires ADD #used :one",
                "#minute >= :minute AND minute_used < :minute_limit AND #used < :month_limit",
            )?
            .value("minute_limit", minute)?;
            if self.write(same_minute).await?.is_done() {
                return Ok(Taken::Done);
            }
            let next_minute = call(
                "SET minute_used = :one, #minute = :minute, expires_at = :expires ADD #used :one",
                "attribute_not_exists(pk) OR (#minute < :minute AND #used < :month_limit)",
            )?;
            if minute > 0 && month > 0 && self.write(next_minute).await?.is_done() {
                return Ok(Taken::Done);
            }
            if self.used(workspace, what, now).await? >= u64::from(month) {
                return Ok(Taken::MonthFull);
            }
            // Full, unless another call opened the minute between the two updates.
            if self.minute_is_full(&key, minute).await? {
                return Ok(Taken::MinuteFull);
            }
        }
        Ok(Taken::MinuteFull)
    }

    async fn minute_is_full(&self, key: &Key, most: u32) -> Result<bool> {
        #[derive(Deserialize)]
        struct MinuteItem {
            minute_used: u32,
        }
        let item: Option<MinuteItem> = self.get(key, true).await?;
        Ok(item.is_some_and(|item| item.minute_used >= most))
    }

    /// How many of `what` were taken in the month of `now`.
    pub async fn used(&self, workspace: WorkspaceId, what: &str, now: Timestamp) -> Result<u64> {
        let key = keys::usage(workspace, what, &now.month());
        Ok(self.get::<UsageItem>(&key, true).await?.map_or(0, |item| item.used))
    }
}
