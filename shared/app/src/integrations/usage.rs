//! What a chatbot's AI backends were used for.

use domain::{ChatbotId, Days, Result, WorkspaceId};
use store::Counters;

use super::backends::Integrations;

impl Integrations {
    /// The counters of each of the last `days` days of a chatbot, oldest first and none left out; the
    /// present day is the last. They follow the turns by seconds.
    pub async fn usage(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
        days: u32,
    ) -> Result<Vec<(String, Counters)>> {
        let days = Days::until(self.app.now(), days);
        let (_, counted) = tokio::try_join!(
            self.app.chatbot(workspace, chatbot),
            self.app.store.daily_counters_ever(chatbot, days)
        )?;
        let mut counted = counted.into_iter().peekable();
        let of = |day: String| {
            let counters = counted.next_if(|(counted, _)| *counted == day);
            (day, counters.map(|(_, counters)| counters).unwrap_or_default())
        };
        Ok(days.names().map(of).collect())
    }
}
