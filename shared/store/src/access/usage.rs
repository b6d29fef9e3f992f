//! What a workspace has used of its plan this month: one conditional update a call, so that limits
//! hold exactly however many calls race.

use std::{collections::HashMap, time::Duration};

use domain::{CallLimits, KeyId, Result, Timestamp, WorkspaceId};
use serde::Deserialize;
use serde_json::Value;

use crate::{keys, table::client::Store, table::write::Write};

/// Counters stay for a while after their month, for whoever asks about it.
const KEPT: Duration = Duration::from_secs(100 * 24 * 60 * 60);

#[derive(Deserialize)]
struct UsageItem {
    used: u64,
}

/// What the quotas say of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuotaOutcome {
    /// It is counted.
    Allowed,
    /// The key's minute is full.
    MinuteFull,
    /// The workspace's month is full.
    MonthFull,
}

/// How often a call is tried whose minute changes under it.
const ATTEMPTS: u32 = 4;

/// The attributes under which the calls of one key in its current minute stand in the month's
/// item. The end of an id is random; eight digits keep the item of a hundred keys small.
fn minute_names(key: KeyId) -> (String, String) {
    let id = key.to_string();
    let short = &id[id.len() - 8..];
    (format!("minute_{short}"), format!("calls_{short}"))
}

impl Store {
    /// Takes one of `what` by `who` in the window that began at `begun` (milliseconds); `false` if
    /// `max` have been taken already. Of `who` only a hash is kept.
    pub async fn take_rate(
        &self,
        what: &str,
        who: &str,
        begun: i64,
        window: Duration,
        max: u32,
        now: Timestamp,
    ) -> Result<bool> {
        let key = keys::rate(&keys::sha256(who), what, Timestamp::from_millis(begun));
        let write = Write::update(key, "SET expires_at = :expires ADD used :one")
            .value("one", 1)?
            .value("expires", now.plus(window * 2).seconds())?
            .value("max", max)?
            .when("attribute_not_exists(used) OR used < :max");
        Ok(max > 0 && self.write(write).await?.is_done())
    }

    /// Gives one of `what` back that `who` took in the window that began at `begun`.
    pub async fn return_rate(&self, what: &str, who: &str, begun: i64) -> Result<()> {
        let key = keys::rate(&keys::sha256(who), what, Timestamp::from_millis(begun));
        let write = Write::update(key, "ADD used :less").value("less", -1)?;
        self.write(write.if_present()).await.map(drop)
    }

    /// Takes one of `what` for the month of `now`; `false` if `most` have been taken already.
    pub async fn take(
        &self,
        workspace: WorkspaceId,
        what: &str,
        most: Option<u32>,
        now: Timestamp,
    ) -> Result<bool> {
        Ok(self.take_of_month(workspace, what, most, now).await?.is_some())
    }

    /// The same; how many have been taken with it.
    async fn take_of_month(
        &self,
        workspace: WorkspaceId,
        what: &str,
        most: Option<u32>,
        now: Timestamp,
    ) -> Result<Option<u64>> {
        let key = keys::usage(workspace, what, &now.month());
        let write = Write::update(key, "SET expires_at = :expires ADD used :one")
            .value("one", 1)?
            .value("expires", now.plus(KEPT).seconds())?;
        let write = match most {
            None => write,
            Some(0) => return Ok(None),
            Some(most) => {
                write.when("attribute_not_exists(used) OR used < :most").value("most", most)?
            }
        };
        Ok(self.update_returning::<UsageItem>(write).await?.map(|item| item.used))
    }

    /// Reserves `amount` of `what` for the month of `now`, if no more than `max` are used with it;
    /// whether it was.
    pub async fn reserve(
        &self,
        workspace: WorkspaceId,
        what: &str,
        amount: u32,
        max: u32,
        now: Timestamp,
    ) -> Result<bool> {
        let Some(room) = max.checked_sub(amount) else { return Ok(false) };
        let key = keys::usage(workspace, what, &now.month());
        let write = Write::update(key, "SET expires_at = :expires ADD used :amount")
            .value("amount", amount)?
            .value("expires", now.plus(KEPT).seconds())?
            .value("room", room)?
            .when("attribute_not_exists(used) OR used <= :room");
        Ok(self.write(write).await?.is_done())
    }

    /// Corrects what was reserved of `what` at `at` by `difference`.
    pub async fn settle(
        &self,
        workspace: WorkspaceId,
        what: &str,
        difference: i64,
        at: Timestamp,
    ) -> Result<()> {
        let key = keys::usage(workspace, what, &at.month());
        let write = Write::update(key, "ADD used :difference").value("difference", difference)?;
        self.write(write.if_present()).await.map(drop)
    }

    /// Takes one call of `what` by `by` against both limits, the month's of the workspace and the
    /// minute's of the key, and says how many calls the month has now: one conditional update, and
    /// a second one for a key's first call of a minute.
    pub async fn consume_call(
        &self,
        workspace: WorkspaceId,
        by: KeyId,
        what: &str,
        limits: CallLimits,
        now: Timestamp,
    ) -> Result<(QuotaOutcome, u64)> {
        let Some(minute) = limits.minute else {
            return Ok(match self.take_of_month(workspace, what, limits.month, now).await? {
                Some(used) => (QuotaOutcome::Allowed, used),
                None => (QuotaOutcome::MonthFull, self.used(workspace, what, now).await?),
            });
        };
        let key = keys::usage(workspace, what, &now.month());
        // A limit that is none is one that no caller reaches.
        let month = limits.month.unwrap_or(u32::MAX);
        let (minute_name, calls_name) = minute_names(by);
        let call = |expression: &str, condition: &str| {
            Write::update(key.clone(), expression)
                .when(condition)
                .name("minute", &minute_name)
                .name("calls", &calls_name)
                .name("used", "used")
                .value("minute", now.minute())?
                .value("one", 1)?
                .value("month_limit", month)?
                .value("expires", now.plus(KEPT).seconds())
        };
        for _ in 0..ATTEMPTS {
            // A clock that is behind counts against the later minute.
            let same_minute = call(
                "SET #calls = #calls + :one, expires_at = :expires ADD #used :one",
                "#minute >= :minute AND #calls < :minute_limit AND #used < :month_limit",
            )?
            .value("minute_limit", minute)?;
            if let Some(item) = self.update_returning::<UsageItem>(same_minute).await? {
                return Ok((QuotaOutcome::Allowed, item.used));
            }
            let next_minute = call(
                "SET #calls = :one, #minute = :minute, expires_at = :expires ADD #used :one",
                "(attribute_not_exists(#minute) OR #minute < :minute) \
                 AND (attribute_not_exists(#used) OR #used < :month_limit)",
            )?;
            if minute > 0
                && month > 0
                && let Some(item) = self.update_returning::<UsageItem>(next_minute).await?
            {
                return Ok((QuotaOutcome::Allowed, item.used));
            }
            // Full, unless another call opened the minute between the two updates.
            let item: HashMap<String, Value> = self.get(&key, true).await?.unwrap_or_default();
            let number = |name: &str| item.get(name).and_then(Value::as_u64).unwrap_or(0);
            let used = number("used");
            if used >= u64::from(month) {
                return Ok((QuotaOutcome::MonthFull, used));
            }
            if number(&calls_name) >= u64::from(minute) {
                return Ok((QuotaOutcome::MinuteFull, used));
            }
        }
        Ok((QuotaOutcome::MinuteFull, self.used(workspace, what, now).await?))
    }

    /// Removes what the month of `now` holds for the minutes of `key`, which was revoked: keys that are made and
    /// revoked again would fill the item, of which every call of the workspace is an update.
    pub(super) async fn forget_minute(
        &self,
        workspace: WorkspaceId,
        key: KeyId,
        what: &str,
        now: Timestamp,
    ) -> Result<()> {
        let (minute_name, calls_name) = minute_names(key);
        let usage = keys::usage(workspace, what, &now.month());
        let write = Write::update(usage, "REMOVE #minute, #calls")
            .name("minute", &minute_name)
            .name("calls", &calls_name)
            .if_present();
        self.write(write).await.map(drop)
    }

    /// How many of `what` were taken in the month of `now`.
    pub async fn used(&self, workspace: WorkspaceId, what: &str, now: Timestamp) -> Result<u64> {
        let key = keys::usage(workspace, what, &now.month());
        Ok(self.get::<UsageItem>(&key, true).await?.map_or(0, |item| item.used))
    }
}
