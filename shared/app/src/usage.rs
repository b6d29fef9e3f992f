//! Calls against a plan's limits.

use domain::{Dialect, Error, ErrorKind, Plan, Result, Timestamp, WorkspaceId};
use store::{CallLimits, Taken};

use crate::Core;

/// What a workspace's conferbot calls are counted as.
const CONFERBOT: &str = "conferbot-calls";

/// This month's calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    /// The UTC month, as `2026-02`.
    pub month: String,
    /// The workspace's plan.
    pub plan: Plan,
    /// Calls made, this one included.
    pub used: u64,
    /// Calls allowed; none where there is no limit.
    pub limit: Option<u32>,
}

impl Core {
    /// Counts a call of `dialect` against the plan of `workspace`; refused where the plan lacks
    /// the API, the month is used up or the minute is full. Only conferbot's calls are limited
    /// so far.
    pub async fn take_call(&self, workspace: WorkspaceId, dialect: Dialect) -> Result<()> {
        if dialect != Dialect::Conferbot {
            return Ok(());
        }
        let plan = self.workspace(workspace).await?.plan;
        let plan_limits = self.plans.of(plan);
        if plan_limits.conferbot_calls == Some(0) {
            let message = format!("the {plan} plan does not include API access");
            return Err(Error::new(ErrorKind::PlanRequired, message));
        }
        let limits = CallLimits {
            month: plan_limits.conferbot_calls,
            minute: plan_limits.conferbot_calls_per_minute,
        };
        let now = Timestamp::now();
        let until = |then: Timestamp| {
            let seconds = then.since(now).as_millis().div_ceil(1000);
            u32::try_from(seconds).unwrap_or(u32::MAX)
        };
        match self.store.take_call(workspace, CONFERBOT, limits, now).await? {
            Taken::Done => Ok(()),
            Taken::MinuteFull => {
                let most = limits.minute.unwrap_or_default();
                let message = format!("You exceeded {most} requests in 1 minute.");
                Err(Error::new(ErrorKind::RateLimited, message)
                    .retry_after(until(now.next_minute())))
            }
            Taken::MonthFull => {
                let most = limits.month.unwrap_or_default();
                let message = format!("You exceeded {most} requests in 1 month.");
                Err(Error::new(ErrorKind::QuotaExceeded, message)
                    .retry_after(until(now.next_month())))
            }
        }
    }

    /// This month's conferbot calls of a workspace.
    pub async fn conferbot_usage(&self, workspace: WorkspaceId) -> Result<Usage> {
        let now = Timestamp::now();
        let (owner, used) = tokio::try_join!(
            self.workspace(workspace),
            self.store.used(workspace, CONFERBOT, now)
        )?;
        let limit = self.plans.of(owner.plan).conferbot_calls;
        Ok(Usage { month: now.month(), plan: owner.plan, used, limit })
    }
}
