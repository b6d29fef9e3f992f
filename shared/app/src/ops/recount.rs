//! Recounting a chatbot, for an operator.
//!
//! Counters follow the table by seconds, so at any moment some may be about to change. A counter is
//! called wrong only if two counts, with a pause that is longer than that between them, say the
//! same of it twice: that it is at rest, and at rest on another number. What is repaired has the
//! difference added, on the condition that it still says what it was compared by; so a change that
//! is counted at that moment is neither lost nor counted twice. While `stats-worker` is more than
//! the pause behind (there is an alarm for it), do not repair.

use std::time::Duration;

use domain::{ChatbotId, Result, WorkspaceId};
use store::Difference;

use crate::App;

/// Twice as long as counters follow the table.
const PAUSE: Duration = Duration::from_secs(10);

/// What a recount has shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecountReport {
    /// Counters that are wrong; where they were repaired, that were.
    pub differences: Vec<Difference>,
    /// Counters that changed meanwhile, of which nothing can be said: count again.
    pub moving: Vec<String>,
    /// Whether all that was wrong is right now.
    pub repaired: bool,
}

impl App {
    /// Compares all that is counted of a chatbot with what there is, and with `repair` puts it
    /// right. It reads everything that the chatbot has.
    pub async fn recount(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
        repair: bool,
    ) -> Result<RecountReport> {
        self.recount_with(workspace, chatbot, repair, PAUSE).await
    }

    /// The same with another pause.
    pub async fn recount_with(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
        repair: bool,
        pause: Duration,
    ) -> Result<RecountReport> {
        self.chatbot(workspace, chatbot).await?;
        let count = async || {
            let kept = self.store.kept(chatbot).await?;
            let found = self.store.found(chatbot).await?;
            let differences = kept.differences(chatbot, &found);
            domain::Result::Ok((kept, found, differences))
        };
        let (.., first) = count().await?;
        if first.is_empty() {
            return Ok(RecountReport::default());
        }
        tokio::time::sleep(pause).await;
        let (kept, found, second) = count().await?;
        let (differences, moving): (Vec<_>, Vec<_>) =
            second.into_iter().partition(|difference| first.contains(difference));
        let moving: Vec<String> = moving.into_iter().map(|difference| difference.counter).collect();
        let repaired = repair && self.store.put_right(chatbot, &kept, &found, &moving).await?;
        Ok(RecountReport { differences, moving, repaired })
    }
}
