//! Calls against a plan's limits.

use domain::{
    CallLimits, Dialect, Error, ErrorKind, Feature, Plan, Principal, Result, Timestamp,
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

impl App {
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
        let (outcome, used) =
            self.store.consume_call(workspace, key, metering.counter, limits, at).await?;
        Ok(Some(Calls { metering, plan, used, limits, at, outcome }))
    }
}
