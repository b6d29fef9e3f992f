//! Analytics: what the counters say, of what has expired too.

use std::collections::HashMap;

use domain::{
    ChatbotId, Days, Period, Principal, Result, Timestamp, WorkspaceId,
    questions::{self, Asked},
    visitors,
};
use store::{Counters, QuestionKind};

use crate::App;

/// How many questions a list of those asked most has.
const TOP: usize = 10;
/// The longest list of days: ten years.
const MAX_DAYS: u32 = 3_660;

/// Conversations of a chatbot over the last days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// How many there are, whenever they began.
    pub total: u64,
    /// How many began on each day, as `2026-02-15`, oldest first and none left out.
    pub daily: Vec<(String, u64)>,
}

/// What each day of a period was like, oldest first and none left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Daily(pub Vec<(String, Counters)>);

impl Daily {
    /// All of them together.
    pub fn sum(&self) -> Counters {
        self.0.iter().map(|(_, counters)| *counters).sum()
    }

    /// The same on each of `days`: zeros where nothing was counted. Without a first day they begin
    /// with the first one on which anything was.
    fn of(days: Days, now: Timestamp, counted: Vec<(String, Counters)>) -> Self {
        let earliest = Days::until(now, MAX_DAYS).first;
        let begun =
            counted.first().and_then(|(day, _)| Timestamp::parse(&format!("{day}T00:00:00Z")));
        let first = days.first.or(begun.max(earliest)).or(Some(now.day_start()));
        let days = Days { first, last: days.last.or(Some(now.day_start())) };
        let counted: HashMap<_, _> = counted.into_iter().collect();
        let of = |day: String| {
            let counters = counted.get(&day).copied().unwrap_or_default();
            (day, counters)
        };
        Self(days.names().map(of).collect())
    }
}

/// What a chatbot's period was like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Insights {
    /// Day by day.
    pub daily: Daily,
    /// How many different visitors there were, about.
    pub visitors: u64,
    /// What was asked most.
    pub questions: Vec<Asked>,
}

/// What is left of a workspace's month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Credits {
    /// Questions answered this month.
    pub used: u64,
    /// Those that the plan allows; none where there is no limit.
    pub limit: Option<u32>,
    /// When they restart.
    pub resets_at: Timestamp,
}

/// What a site's period was like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overview {
    /// Of the period.
    pub counters: Counters,
    /// Questions of the last seven days, today included.
    pub this_week: u64,
    /// Those of the seven before.
    pub last_week: u64,
    /// This month's credits.
    pub credits: Credits,
}

impl App {
    /// Conversations of a chatbot of `workspace` on each of the last `days` days, of which the
    /// present one is the last.
    pub async fn activity(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
        days: u32,
    ) -> Result<Activity> {
        let now = self.now();
        let days = Days::until(now, days);
        let (_, total, counted) = tokio::try_join!(
            self.chatbot(workspace, chatbot),
            self.store.counters_ever(chatbot),
            self.store.daily_counters_ever(chatbot, days)
        )?;
        let Daily(daily) = Daily::of(days, now, counted);
        let daily = daily.into_iter().map(|(day, counters)| (day, counters.conversations));
        Ok(Activity { total: total.conversations, daily: daily.collect() })
    }

    /// What each day of `period` was like.
    pub async fn daily(&self, chatbot: ChatbotId, period: Period) -> Result<Daily> {
        let now = self.now();
        let days = period.days(now);
        Ok(Daily::of(days, now, self.store.daily_counters_ever(chatbot, days).await?))
    }

    /// What `period` was like.
    pub async fn insights(&self, chatbot: ChatbotId, period: Period) -> Result<Insights> {
        let days = period.days(self.now());
        let (daily, cells, sketches) = tokio::try_join!(
            self.daily(chatbot, period),
            self.store.visitor_cells(chatbot, days),
            self.store.sketches(chatbot, QuestionKind::Asked, days)
        )?;
        let sketches: Vec<_> = sketches.into_iter().map(|(_, stored)| stored.sketch).collect();
        let questions = questions::top(&sketches, TOP);
        Ok(Insights { daily, visitors: visitors::estimate(&cells), questions })
    }

    /// What `period` was like for a site, with the trend of its weeks and its workspace's credits.
    pub async fn overview(&self, principal: &Principal, period: Period) -> Result<Overview> {
        let now = self.now();
        let chatbot = principal.site()?;
        let metering = principal.dialect.profile().credits;
        let counters = async {
            match period {
                Period::All => self.store.counters_ever(chatbot).await,
                _ => Ok(self.daily(chatbot, period).await?.sum()),
            }
        };
        let weeks = Days::until(now, 14);
        let (counters, weeks, used) = tokio::try_join!(
            counters,
            async {
                Ok(Daily::of(weeks, now, self.store.daily_counters_ever(chatbot, weeks).await?))
            },
            async {
                match metering {
                    Some(of) => self.store.used(principal.workspace_id, of.counter, now).await,
                    None => Ok(0),
                }
            }
        )?;
        let questions = |days: &[(String, Counters)]| {
            days.iter().map(|(_, counters)| counters.questions()).sum()
        };
        let (before, now_on) = weeks.0.split_at(7.min(weeks.0.len()));
        let limit = metering.and_then(|of| (of.limit)(self.plans.of(principal.plan)));
        Ok(Overview {
            counters,
            this_week: questions(now_on),
            last_week: questions(before),
            credits: Credits { used, limit, resets_at: now.next_month() },
        })
    }
}
