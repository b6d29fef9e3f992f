use std::time::Duration;

use domain::{Plans, Result};

use super::{Env, Variable};

const PLANS: Variable = Variable::optional(
    "PLANS",
    "Overrides for the published plans (`shared/domain/plans.toml`), as JSON; null means unlimited",
);
const IDLE_SECONDS: Variable = Variable::with_default(
    "IDLE_SECONDS",
    "1800",
    "Seconds without a message after which a conversation ends",
);

const VISITOR_RATE: Variable = Variable::with_default(
    "VISITOR_RATE",
    "0",
    "Calls a minute from one address with keys of one chatbot that may be in a page; 0 for no limit",
);

/// What tenants and conversations are held to.
#[derive(Debug, Clone)]
pub struct LimitsConfig {
    /// `PLANS`.
    pub plans: Plans,
    /// `IDLE_SECONDS`.
    pub idle: Duration,
    /// `VISITOR_RATE`; `None` for no limit.
    pub visitor_rate: Option<u32>,
}

impl LimitsConfig {
    pub(super) const VARIABLES: [Variable; 3] = [PLANS, IDLE_SECONDS, VISITOR_RATE];

    /// Reads it.
    pub fn read(env: &Env) -> Result<Self> {
        let plans = match PLANS.find(env) {
            Some(_) => PLANS.read(env, Plans::published_with)?,
            None => Plans::published()?,
        };
        let visitor_rate = Some(VISITOR_RATE.parse(env)?).filter(|rate| *rate > 0);
        Ok(Self { plans, idle: Duration::from_secs(IDLE_SECONDS.parse(env)?), visitor_rate })
    }
}

#[cfg(test)]
mod tests {
    use domain::conversation::IDLE;

    use super::{super::tests::env, *};

    #[test]
    fn idle_is_the_domains_unless_set_and_plans_that_are_no_json_are_refused_by_name() {
        assert_eq!(LimitsConfig::read(&env(&[])).unwrap().idle, IDLE);
        let set = LimitsConfig::read(&env(&[("IDLE_SECONDS", "5")])).unwrap();
        assert_eq!(set.idle, Duration::from_secs(5));
        let error = LimitsConfig::read(&env(&[("PLANS", "{")])).unwrap_err().to_string();
        assert!(error.contains("PLANS"), "{error}");
    }
}
