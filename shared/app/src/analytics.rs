//! Analytics: what the counters say.

use std::collections::HashMap;

use domain::{ChatbotId, Days, Result, Timestamp, WorkspaceId};

use crate::Core;

/// Conversations of a chatbot over the last days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// How many there are, whenever they began.
    pub total: u64,
    /// How many began on each day, as `2026-02-15`, oldest first and none left out.
    pub daily: Vec<(String, u64)>,
}

impl Core {
    /// Conversations of a chatbot of `workspace` on each of the last `days` days, of which the
    /// present one is the last.
    pub async fn activity(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
        days: u32,
    ) -> Result<Activity> {
        let days = Days::until(Timestamp::now(), days);
        let (_, total, counted) = tokio::try_join!(
            self.chatbot(workspace, chatbot),
            self.store.counters(chatbot),
            self.store.daily_counters(chatbot, days)
        )?;
        let counted: HashMap<_, _> = counted.into_iter().collect();
        let daily = days.names().map(|day| {
            let count = counted.get(&day).map_or(0, |counters| counters.conversations);
            (day, count)
        });
        Ok(Activity { total: total.conversations, daily: daily.collect() })
    }
}
