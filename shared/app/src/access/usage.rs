//! Calls against a plan's limits.

use std::time::Duration;

use domain::{
    CallLimits, Dialect, Error, ErrorKind, Feature, Plan, Principal, Result, Timestamp,
    WorkspaceId,
    dialect::{CallMetering, Refusal},
};
pub use store::QuotaOutcome;

use crate::App;

/// A call that was counted, or refused, and this month's calls with it.
#[derive(Debug, Clone)]
pub struct Calls {
    /// How it is metered.
    pub metering: CallMetering,
    /// The workspace's plan.
    pub plan: Plan,
    /// Calls of this month, this one included if it was counted.
    pub used: u64,
    /// What is allowed.
    pub limits: CallLimits,
    /// When it was made, which says of which month and minute it is.
    pub at: Timestamp,
    /// Whether it was counted, or which quota refused it.
    pub outcome: QuotaOutcome,
}

/// How often something may be done by the same client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// What is counted, as part of the key under which it is.
    pub what: &'static str,
    /// How often in each window, which begins at a multiple of its length.
    pub max: u32,
    /// How long a window is.
    pub window: Duration,
    /// User-facing: what there was too much of.
    pub refusal: &'static str,
}

impl Rate {
    /// When the window of `now` began, and how long it is: milliseconds.
    fn window_at(self, now: Timestamp) -> (i64, i64) {
        let window = i64::try_from(self.window.as_millis()).unwrap_or(i64::MAX).max(1);
        (now.millis() - now.millis().rem_euclid(window), window)
    }
}

impl Calls {
    /// Why the call is refused, if it is.
    pub fn refusal(&self) -> Option<Error> {
        let (kind, most, period, until) = match self.outcome {
            QuotaOutcome::Allowed => return None,
            QuotaOutcome::MinuteFull => {
                (ErrorKind::RateLimited, self.limits.minute, "minute", self.at.next_minute())
            }
            QuotaOutcome::MonthFull => {
                (ErrorKind::QuotaExceeded, self.limits.month, "month", self.at.next_month())
            }
        };
        let message = match self.metering.refusal {
            Refusal::Fixed(text) => text.to_owned(),
            Refusal::NamesLimit => {
                format!("You exceeded {} requests in 1 {period}.", most.unwrap_or_default())
            }
        };
        let seconds = until.since(self.at).as_millis().div_ceil(1000);
        Some(Error::new(kind, message).retry_after(u32::try_from(seconds).unwrap_or(u32::MAX)))
    }

    /// Calls left this month; none where there is no limit.
    pub fn remaining(&self) -> Option<u64> {
        self.limits.month.map(|limit| u64::from(limit).saturating_sub(self.used))
    }
}

/// How much of a month's `limit` a caller may use: the last tenth is kept for keys that are in no
/// page, so that whoever copies one from a page can't use up what the owner needs.
pub(crate) fn share_of(principal: &Principal, limit: u32) -> u32 {
    if principal.kind.is_for_pages() { limit - limit / 10 } else { limit }
}

impl App {
    /// Takes back a call of a key that is in pages, since what it requested was malformed; such
    /// calls count against a rate alone.
    pub async fn refund_call(&self, workspace: WorkspaceId, calls: &Calls) -> Result<()> {
        self.store.settle(workspace, calls.metering.counter, -1, calls.at).await
    }

    /// Takes one of `rate` for `who`: the message of a refusal says what there was too much of.
    pub async fn take_rate(&self, rate: Rate, who: &str) -> Result<()> {
        let now = self.now();
        let (begun, window) = rate.window_at(now);
        if self.store.take_rate(rate.what, who, begun, rate.window, rate.max, now).await? {
            return Ok(());
        }
        let left = begun.saturating_add(window).saturating_sub(now.millis());
        let seconds = u32::try_from(left.max(1).unsigned_abs().div_ceil(1_000)).unwrap_or(u32::MAX);
        Err(Error::new(ErrorKind::RateLimited, rate.refusal).retry_after(seconds))
    }

    /// Gives one of `rate` back that `who` took, since it counts only where it fails.
    pub async fn return_rate(&self, rate: Rate, who: &str) -> Result<()> {
        let (begun, _) = rate.window_at(self.now());
        self.store.return_rate(rate.what, who, begun).await
    }

    /// Refuses a caller whose plan lacks `feature`.
    pub fn require(&self, principal: &Principal, feature: Feature) -> Result<()> {
        self.plans.require(principal.plan, feature)
    }

    /// This month's calls of `dialect`, without one more; `None` where calls are not counted.
    pub async fn calls_so_far(
        &self,
        principal: &Principal,
        dialect: Dialect,
    ) -> Result<Option<Calls>> {
        let plan = principal.plan;
        let Some(metering) = dialect.profile().metering else { return Ok(None) };
        let limits = (metering.limits)(self.plans.of(plan));
        let at = self.now();
        let used = self.store.used(principal.workspace_id, metering.counter, at).await?;
        Ok(Some(Calls { metering, plan, used, limits, at, outcome: QuotaOutcome::Allowed }))
    }

    /// Counts a call of `dialect` against the plan of who calls; `None` where calls are not
    /// counted. One that finds the month used up or the minute full says so by
    /// [`Calls::refusal`]; a plan without the API is an error.
    pub async fn consume_call(
        &self,
        principal: &Principal,
        dialect: Dialect,
    ) -> Result<Option<Calls>> {
        let plan = principal.plan;
        let Some(metering) = dialect.profile().metering else { return Ok(None) };
        let limits = (metering.limits)(self.plans.of(plan));
        if limits.month == Some(0) {
            let message = format!("the {plan} plan does not include API access");
            return Err(Error::new(ErrorKind::PlanRequired, message));
        }
        let at = self.now();
        let (workspace, key) = (principal.workspace_id, principal.key_id);
        let allowed =
            CallLimits { month: limits.month.map(|month| share_of(principal, month)), ..limits };
        let (outcome, used) =
            self.store.consume_call(workspace, key, metering.counter, allowed, at).await?;
        Ok(Some(Calls { metering, plan, used, limits, at, outcome }))
    }
}
