//! Replays the events of a time range, derived again from the items of a chatbot.

use std::ops::RangeInclusive;

use domain::{ChatbotId, Result, Timestamp};
use store::Place;

use crate::{events::router::EventRouter, webhooks::fan_out::SubscriptionCache};

impl EventRouter {
    /// Routes all changes of `chatbot` within `times` again, as far as its items tell; how many
    /// there were. Ids are the same as the first time, so what was delivered is not delivered
    /// again, for as long as deliveries are kept.
    pub async fn replay_events(
        &self,
        chatbot: ChatbotId,
        times: &RangeInclusive<Timestamp>,
    ) -> Result<u64> {
        let router = self.replaying();
        let mut cache = SubscriptionCache::default();
        let mut replayed = 0;
        let mut place = Some(Place::default());
        while let Some(from) = place {
            let (changes, next) = self.app.store.history(chatbot, times, from).await?;
            for change in changes {
                router.handle(&change, &mut cache).await?;
                replayed += 1;
            }
            place = next;
        }
        Ok(replayed)
    }
}
