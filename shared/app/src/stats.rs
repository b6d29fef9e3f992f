//! Counting: a batch of changes becomes one transaction with the shard's checkpoint, so that what
//! comes again counts nothing, however it is cut into batches then.

use std::collections::HashMap;

use domain::{ChatbotId, Conversation, Result, Timestamp, WorkspaceId};
use store::{Change, Checkpoint, CountersDelta};

use crate::Core;

/// The name of this consumer's checkpoints.
const CONSUMER: &str = "stats";

/// A transaction has 100 items: the checkpoint, and these. One change touches up to four.
const MOST_ITEMS: usize = 96;

/// Counters changed in one item: an update's expression may have four kilobytes.
const MOST_COUNTERS: usize = 128;

impl Core {
    /// Counts `changes` of `shard`, given with their sequence numbers in order.
    pub async fn count(&self, shard: &str, changes: &[(String, Option<Change>)]) -> Result<()> {
        let mut checkpoint = self.store.checkpoint(CONSUMER, shard).await?;
        let mut delta = CountersDelta::default();
        let mut touched = HashMap::new();
        let mut last = None;
        for (sequence, change) in changes {
            if checkpoint.covers(sequence) {
                continue;
            }
            if let Some(change) = change {
                add(&mut delta, change);
                touched.extend(chatbot_of(change));
            }
            last = Some(sequence);
            if delta.items() >= MOST_ITEMS || delta.widest() >= MOST_COUNTERS {
                checkpoint = self
                    .commit(&checkpoint, sequence, std::mem::take(&mut delta), &touched)
                    .await?;
                last = None;
            }
        }
        match last {
            Some(sequence) => self.commit(&checkpoint, sequence, delta, &touched).await.map(drop),
            None => Ok(()),
        }
    }

    async fn commit(
        &self,
        checkpoint: &Checkpoint,
        sequence: &str,
        mut delta: CountersDelta,
        touched: &HashMap<ChatbotId, WorkspaceId>,
    ) -> Result<Checkpoint> {
        for (chatbot, workspace) in touched {
            // A chatbot that is gone has no counters, whatever comes and goes with it.
            if delta.touches(*chatbot) && self.store.chatbot(*workspace, *chatbot).await?.is_none()
            {
                delta.forget(*chatbot);
            }
        }
        // A checkpoint is a write, and a write is a record: counting nothing must write nothing,
        // or an idle table would keep itself busy.
        if delta.items() == 0 {
            return Ok(checkpoint.clone());
        }
        self.store.count(checkpoint, sequence, &delta).await
    }
}

fn add(delta: &mut CountersDelta, change: &Change) {
    match change {
        Change::ConversationStarted(c) => {
            delta.conversation(c.chatbot_id, c.status, began(c), 1);
        }
        Change::ConversationRemoved(c) => {
            delta.conversation(c.chatbot_id, c.status, began(c), -1);
        }
        Change::ConversationChanged { old, new, .. } if old.status != new.status => {
            delta.turned(new.chatbot_id, old.status, new.status);
        }
        Change::TurnAdded(turn) => delta.turn(turn.chatbot_id, turn.unanswered, turn.asked_at, 1),
        Change::TurnRemoved(turn) => {
            delta.turn(turn.chatbot_id, turn.unanswered, turn.asked_at, -1);
        }
        Change::LeadCaptured(lead) => delta.lead(lead.chatbot_id, lead.created_at, 1),
        Change::LeadRemoved(lead) => delta.lead(lead.chatbot_id, lead.created_at, -1),
        _ => {}
    }
}

/// When a conversation began, as its key has it: counters skip keys.
fn began(conversation: &Conversation) -> Timestamp {
    conversation.id.made_at().unwrap_or(conversation.created_at)
}

fn chatbot_of(change: &Change) -> Option<(ChatbotId, WorkspaceId)> {
    match change {
        Change::ConversationStarted(c)
        | Change::ConversationRemoved(c)
        | Change::ConversationChanged { new: c, .. } => Some((c.chatbot_id, c.workspace_id)),
        Change::TurnAdded(turn) | Change::TurnRemoved(turn) => {
            Some((turn.chatbot_id, turn.workspace_id))
        }
        Change::LeadCaptured(lead) | Change::LeadRemoved(lead) => {
            Some((lead.chatbot_id, lead.workspace_id))
        }
        _ => None,
    }
}
