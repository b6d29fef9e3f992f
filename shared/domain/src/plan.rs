//! The plans and their limits. Data, not code: `plans.toml`, over which a deployer
//! may lay other values.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{Error, ErrorKind, Result};

/// A plan; ordered from lowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Plan {
    /// To try it.
    Free,
    /// A small site.
    Starter,
    /// HelpBot's Growth.
    Pro,
    /// HelpBot's Scale.
    Business,
    /// No limits, where a reference names none.
    Enterprise,
}

impl Plan {
    /// All of them, lowest first.
    pub const ALL: [Self; 5] =
        [Self::Free, Self::Starter, Self::Pro, Self::Business, Self::Enterprise];

    /// The name in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Starter => "starter",
            Self::Pro => "pro",
            Self::Business => "business",
            Self::Enterprise => "enterprise",
        }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Plan {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|p| p.name() == text).ok_or_else(|| {
            Error::field("plan", "must be one of free, starter, pro, business, enterprise")
        })
    }
}

/// What a plan has or lacks, beside its limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Feature {
    /// A site's analytics, conversations and webhooks (HelpBot's Growth).
    #[serde(rename = "helpbot-insights")]
    SiteInsights,
    /// A site's sources (HelpBot's Scale).
    #[serde(rename = "helpbot-sources")]
    SiteSources,
    /// A widget without branding (HelpBot's Scale).
    #[serde(rename = "helpbot-no-branding")]
    UnbrandedWidget,
    /// BotPlot's branding and subdomain (Enterprise).
    WhiteLabel,
}

/// What one plan allows. A limit that is absent is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Chatbots in the workspace.
    pub chatbots: Option<u32>,
    /// Conferbot calls in a UTC month; 0 where the plan has no conferbot API at all.
    pub conferbot_calls: Option<u32>,
    /// Conferbot calls in a UTC minute.
    pub conferbot_calls_per_minute: Option<u32>,
    /// Chatbot Platform calls in a UTC minute.
    pub chatbotplatform_calls_per_minute: Option<u32>,
    /// BotPlot calls in a UTC month; 0 where the plan has no botplot API at all.
    pub botplot_calls: Option<u32>,
    /// Questions that its helpbot sites answer in a UTC month.
    pub helpbot_credits: Option<u32>,
    /// Pages that a crawl of a source reads; at most [`crate::source::MAX_PAGES`].
    pub crawl_pages: Option<u32>,
    /// Tokens that AI backends may read and write for the workspace in a UTC month.
    pub backend_tokens: Option<u32>,
    /// Minutes between two runs of an agent loop's schedule at least.
    #[serde(default)]
    pub agent_loop_minutes: Option<u32>,
    /// What it has.
    #[serde(default)]
    pub features: Vec<Feature>,
}

/// How many calls a plan allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallLimits {
    /// In a UTC month; no limit where absent.
    pub month: Option<u32>,
    /// In a UTC minute; no limit where absent.
    pub minute: Option<u32>,
}

/// The limits of every plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plans(BTreeMap<Plan, Limits>);

impl Plans {
    /// The published ladder.
    pub fn published() -> Result<Self> {
        Self::parse(include_str!("../plans.toml"))
    }

    /// The published ladder with `changes` laid over it: JSON such as
    /// `{"enterprise":{"botplot_calls":null}}`, in which null takes a limit away.
    pub fn published_with(changes: &str) -> Result<Self> {
        let wrong = |error: String| Error::internal(format!("the plans' changes: {error}"));
        let mut plans = BTreeMap::new();
        let published = Self::published()?;
        let mut changes: BTreeMap<Plan, Map<String, Value>> =
            serde_json::from_str(changes).map_err(|e| wrong(e.to_string()))?;
        for (plan, limits) in published.0 {
            let Value::Object(mut fields) =
                serde_json::to_value(limits).map_err(Error::internal)?
            else {
                return Err(Error::internal("a plan is no object"));
            };
            fields.extend(changes.remove(&plan).unwrap_or_default());
            let limits = serde_json::from_value(Value::Object(fields));
            plans.insert(plan, limits.map_err(|e| wrong(format!("{plan}: {e}")))?);
        }
        Ok(Self(plans))
    }

    /// Reads a ladder; every plan must be there.
    pub fn parse(text: &str) -> Result<Self> {
        let plans: BTreeMap<Plan, Limits> = toml::from_str(text).map_err(Error::internal)?;
        match Plan::ALL.into_iter().find(|p| !plans.contains_key(p)) {
            Some(missing) => Err(Error::internal(format!("plans.toml has no [{missing}]"))),
            None => Ok(Self(plans)),
        }
    }

    /// The lowest plan that has `feature`, if any has.
    pub fn lowest_with(&self, feature: Feature) -> Option<Plan> {
        Plan::ALL.into_iter().find(|plan| self.of(*plan).features.contains(&feature))
    }

    /// Refuses what `plan` lacks, and says which plan has it.
    pub fn require(&self, plan: Plan, feature: Feature) -> Result<()> {
        if self.of(plan).features.contains(&feature) {
            return Ok(());
        }
        let message = match self.lowest_with(feature) {
            Some(lowest) => format!("this requires the {lowest} plan or a higher one"),
            None => "no plan has this".to_owned(),
        };
        Err(Error::new(ErrorKind::PlanRequired, message))
    }

    /// What `plan` allows.
    pub fn of(&self, plan: Plan) -> &Limits {
        &self.0[&plan]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deployer_changes_single_values() {
        let changed = r#"{"enterprise":{"botplot_calls":null},"free":{"chatbots":2}}"#;
        let plans = Plans::published_with(changed).unwrap();
        assert_eq!(plans.of(Plan::Enterprise).botplot_calls, None);
        assert_eq!(plans.of(Plan::Free).chatbots, Some(2));
        assert_eq!(plans.of(Plan::Free).helpbot_credits, Some(100), "the rest stays");
        assert_eq!(Plans::published_with("{}").unwrap(), Plans::published().unwrap());
        for broken in
            ["", "[]", r#"{"gold":{}}"#, r#"{"free":{"chatbots":-1}}"#, r#"{"free":{"x":1}}"#]
        {
            assert!(Plans::published_with(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn the_published_ladder_only_rises() {
        let plans = Plans::published().unwrap();
        let chatbots: Vec<_> = Plan::ALL.map(|p| plans.of(p).chatbots.unwrap_or(u32::MAX)).into();
        assert_eq!(chatbots, [1, 3, 10, 50, u32::MAX]);
        let credits: Vec<_> =
            Plan::ALL.map(|p| plans.of(p).helpbot_credits.unwrap_or(u32::MAX)).into();
        assert_eq!(credits, [100, 1_000, 10_000, 50_000, u32::MAX]);
        let calls: Vec<_> =
            Plan::ALL.map(|p| plans.of(p).conferbot_calls.unwrap_or(u32::MAX)).into();
        assert_eq!(calls, [0, 10_000, 50_000, 200_000, u32::MAX]);
        let calls = Plan::ALL.map(|p| plans.of(p).chatbotplatform_calls_per_minute);
        assert_eq!(calls, [60, 60, 300, 300, 1_000].map(Some));
        assert!(Plan::ALL.iter().all(|p| plans.of(*p).conferbot_calls_per_minute == Some(60)));
        let calls = Plan::ALL.map(|p| plans.of(p).botplot_calls);
        assert_eq!(calls, [0, 0, 1_000, 5_000, 10_000].map(Some));
        let pages = Plan::ALL.map(|p| plans.of(p).crawl_pages);
        assert_eq!(pages, [50, 250, 1_000, 2_500, 5_000].map(Some));
        let lowest = |feature| plans.lowest_with(feature).unwrap();
        assert_eq!(lowest(Feature::SiteInsights), Plan::Pro);
        assert_eq!(lowest(Feature::SiteSources), Plan::Business);
        assert_eq!(lowest(Feature::UnbrandedWidget), Plan::Business);
        assert_eq!(lowest(Feature::WhiteLabel), Plan::Enterprise);
        assert!(plans.require(Plan::Business, Feature::SiteInsights).is_ok());
        let refused = plans.require(Plan::Starter, Feature::SiteInsights).unwrap_err();
        assert_eq!(refused.message, "this requires the pro plan or a higher one");
        assert!(Plans::parse("[free]\nchatbots = 1").is_err());
    }
}
