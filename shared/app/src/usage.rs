//! Calls against a plan's limits.

use domain::{
    Dialect, Error, ErrorKind, Feature, Plan, Plans, Principal, Result, Timestamp, WorkspaceId,
};
use store::{CallLimits, Taken};

use crate::Core;

/// What a workspace's conferbot calls are counted as.
const CONFERBOT: &str = "conferbot-calls";
/// What its Chatbot Platform calls are counted as.
const CHATBOT_PLATFORM: &str = "chatbotplatform-calls";

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

/// What `plan` allows of a dialect, and what its calls are counted as. `None` where they are not
/// counted: botplot's and helpbot's key is a chatbot's, and a session's calls have no limit.
fn limits(plans: &Plans, plan: Plan, dialect: Dialect) -> Option<(&'static str, CallLimits)> {
    let of = plans.of(plan);
    match dialect {
        Dialect::Conferbot => Some((
            CONFERBOT,
            CallLimits { month: of.conferbot_calls, minute: of.conferbot_calls_per_minute },
        )),
        Dialect::ChatbotPlatform => Some((
            CHATBOT_PLATFORM,
            CallLimits { month: None, minute: of.chatbotplatform_calls_per_minute },
        )),
        Dialect::Botplot | Dialect::Openbat | Dialect::Helpbot => None,
    }
}

impl Core {
    /// Refuses a caller whose plan lacks `feature`.
    pub fn require(&self, principal: &Principal, feature: Feature) -> Result<()> {
        self.plans.require(principal.plan, feature)
    }

    /// Counts a call of `dialect` by a workspace key against the plan of `workspace`; refused
    /// where the plan lacks the API, the month is used up or the minute is full.
    pub async fn take_call(&self, workspace: WorkspaceId, dialect: Dialect) -> Result<()> {
        let plan = self.workspace(workspace).await?.plan;
        let Some((what, limits)) = limits(&self.plans, plan, dialect) else { return Ok(()) };
        if limits.month == Some(0) {
            let message = format!("the {plan} plan does not include API access");
            return Err(Error::new(ErrorKind::PlanRequired, message));
        }
        let now = Timestamp::now();
        let exceeded = |kind, most: Option<u32>, period: &str, until: Timestamp| {
            let most = most.unwrap_or_default();
            let seconds = until.since(now).as_millis().div_ceil(1000);
            Err(Error::new(kind, format!("You exceeded {most} requests in 1 {period}."))
                .retry_after(u32::try_from(seconds).unwrap_or(u32::MAX)))
        };
        match self.store.take_call(workspace, what, limits, now).await? {
            Taken::Done => Ok(()),
            Taken::MinuteFull => {
                exceeded(ErrorKind::RateLimited, limits.minute, "minute", now.next_minute())
            }
            Taken::MonthFull => {
                exceeded(ErrorKind::QuotaExceeded, limits.month, "month", now.next_month())
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
