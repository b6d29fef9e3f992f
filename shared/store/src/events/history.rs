//! What changed within a stretch of time, told from the items as they are. It is what the stream
//! said then, but for what left no trace: an end that the visitor went on after, a rating that was
//! given again, what has been deleted.

use std::ops::RangeInclusive;

use domain::{ChatbotId, Conversation, Result, Timestamp, TranscriptEntry, Turn};

use crate::{
    chat::leads::LeadItem,
    conversations::items::ConversationItem,
    events::stream::Change,
    keys,
    table::client::{Item, Range, Store, key_in, read},
};

/// Items that are looked at in one step.
const STEP: u32 = 100;

/// How far a look through a chatbot's history has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    prefix: &'static str,
    after: String,
}

impl Default for Place {
    fn default() -> Self {
        Self { prefix: keys::CONVERSATION, after: String::new() }
    }
}

impl Store {
    /// The changes of `chatbot` within `times`, oldest conversations first and then leads, a step
    /// at a time: those from `place` on, and where to go on, if there is more.
    pub async fn history(
        &self,
        chatbot: ChatbotId,
        times: &RangeInclusive<Timestamp>,
        place: Place,
    ) -> Result<(Vec<Change>, Option<Place>)> {
        let Place { prefix, after } = place;
        let from = format!("{prefix}{after}");
        let range = Range {
            index: None,
            partition: keys::chatbot_partition(chatbot),
            sort: Some((
                "sk BETWEEN :a AND :b",
                vec![(":a", from.clone()), (":b", format!("{prefix}~"))],
            )),
            backwards: false,
            limit: Some(STEP),
            consistent: true,
        };
        let items = self.query_items(range).await?;
        let next = match items.last() {
            // The smallest key behind the last one.
            Some(last) if items.len() >= STEP as usize => {
                let after = format!("{}!", key_in(last)?.sk.trim_start_matches(prefix));
                Some(Place { prefix, after })
            }
            _ if prefix == keys::CONVERSATION => {
                Some(Place { prefix: keys::LEAD, after: String::new() })
            }
            _ => None,
        };
        let mut changes = Vec::new();
        for item in items {
            if prefix == keys::LEAD {
                let lead: domain::Lead = read::<LeadItem>(item)?.try_into()?;
                changes
                    .extend(times.contains(&lead.created_at).then_some(Change::LeadCaptured(lead)));
            } else {
                self.of_conversation(item, times, &mut changes).await?;
            }
        }
        Ok((changes, next))
    }

    async fn of_conversation(
        &self,
        item: Item,
        times: &RangeInclusive<Timestamp>,
        changes: &mut Vec<Change>,
    ) -> Result<()> {
        let item: ConversationItem = read(item)?;
        let within = |at: Option<Timestamp>| at.filter(|at| times.contains(at));
        let (ended_at, handoff_dialect) = (within(item.ended_at), item.handoff_dialect);
        let conversation = Conversation::from(item);
        // Nothing of it happened before it began.
        if conversation.created_at > *times.end() {
            return Ok(());
        }
        if times.contains(&conversation.created_at) {
            changes.push(Change::ConversationStarted(conversation.clone()));
        }
        for entry in self.transcript(conversation.id).await? {
            let turn = match entry {
                TranscriptEntry::Turn(turn) => *turn,
                TranscriptEntry::Direct(message) => {
                    let sent = times.contains(&message.created_at);
                    changes.extend(sent.then_some(Change::DirectMessageAdded(message)));
                    continue;
                }
            };
            if times.contains(&turn.answered_at) {
                changes.push(Change::TurnAdded(Turn {
                    backend: None,
                    rating: None,
                    rated_at: None,
                    ..turn.clone()
                }));
            }
            if let (Some(rating), Some(at)) = (turn.rating, within(turn.rated_at)) {
                let old = Turn { rating: None, rated_at: None, ..turn.clone() };
                changes.push(Change::TurnRated { old, turn, rating, at });
            }
        }
        let handoff_at = within(conversation.handoff_at);
        for (ended_at, handoff_at) in [(None, handoff_at), (ended_at, None)] {
            if ended_at.is_some() || handoff_at.is_some() {
                changes.push(Change::ConversationChanged {
                    old: conversation.clone(),
                    new: conversation.clone(),
                    ended_at,
                    handoff_at,
                    handoff_dialect,
                });
            }
        }
        Ok(())
    }
}
