//! Calls against a plan's limits.

use domain::{Dialect, Error, ErrorKind, Feature, Plan, Plans, Principal, Result, Timestamp};
pub use store::{CallLimits, Taken};

use crate::Core;

/// What a workspace's conferbot calls are counted as.
const CONFERBOT: &str = "conferbot-calls";
/// What its Chatbot Platform calls are counted as.
const CHATBOT_PLATFORM: &str = "chatbotplatform-calls";
/// What the botplot calls of its chatbots' keys are counted as.
const BOTPLOT: &str = "botplot-calls";

/// What is counted of a plan's chat credits.
pub const CREDITS: &str = "helpbot-credits";

/// A call that was counted, or refused, and this month's calls with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calls {
    /// What it was counted for.
    pub dialect: Dialect,
    /// The workspace's plan.
    pub plan: Plan,
    /// Calls of this month, this one included if it was counted.
    pub used: u64,
    /// What is allowed.
    pub limits: CallLimits,
    /// When it was made, which says of which month and minute it is.
    pub at: Timestamp,
    /// Whether it was counted.
    pub taken: Taken,
}

impl Calls {
    /// Why the call is refused, if it is.
    pub fn refusal(&self) -> Option<Error> {
        let (kind, most, period, until) = match self.taken {
            Taken::Done => return None,
            Taken::MinuteFull => {
                (ErrorKind::RateLimited, self.limits.minute, "minute", self.at.next_minute())
            }
            Taken::MonthFull => {
                (ErrorKind::QuotaExceeded, self.limits.month, "month", self.at.next_month())
            }
        };
        let message = match self.dialect {
            Dialect::Botplot => "monthly API limit exceeded".to_owned(),
            _ => format!("You exceeded {} requests in 1 {period}.", most.unwrap_or_default()),
        };
        let seconds = until.since(self.at).as_millis().div_ceil(1000);
        Some(Error::new(kind, message).retry_after(u32::try_from(seconds).unwrap_or(u32::MAX)))
    }

    /// Calls left this month; none where there is no limit.
    pub fn remaining(&self) -> Option<u64> {
        self.limits.month.map(|limit| u64::from(limit).saturating_sub(self.used))
    }
}

/// What `plan` allows of a dialect, and what its calls are counted as. `None` where they are not
/// counted: helpbot counts what it answers, and a session's calls have no limit.
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
        Dialect::Botplot => Some((BOTPLOT, CallLimits { month: of.botplot_calls, minute: None })),
        Dialect::Openbat | Dialect::Helpbot => None,
    }
}

impl Core {
    /// Refuses a caller whose plan lacks `feature`.
    pub fn require(&self, principal: &Principal, feature: Feature) -> Result<()> {
        self.plans.require(principal.plan, feature)
    }

    /// Counts a call of `dialect` against the plan of who calls; `None` where calls are not
    /// counted. One that finds the month used up or the minute full says so by
    /// [`Calls::refusal`]; a plan without the API is an error.
    pub async fn take_call(
        &self,
        principal: &Principal,
        dialect: Dialect,
    ) -> Result<Option<Calls>> {
        let plan = principal.plan;
        let Some((what, limits)) = limits(&self.plans, plan, dialect) else { return Ok(None) };
        if limits.month == Some(0) {
            let message = format!("the {plan} plan does not include API access");
            return Err(Error::new(ErrorKind::PlanRequired, message));
        }
        let at = Timestamp::now();
        let (workspace, key) = (principal.workspace_id, principal.key_id);
        let (taken, used) = self.store.take_call(workspace, key, what, limits, at).await?;
        Ok(Some(Calls { dialect, plan, used, limits, at, taken }))
    }
}
