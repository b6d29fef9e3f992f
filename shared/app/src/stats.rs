//! Counting: a batch of changes becomes one transaction with the shard's checkpoint, so that what
//! comes again counts nothing, however it is cut into batches then.

use std::collections::HashMap;

use domain::{ChatbotId, Result, WorkspaceId};
use store::{Change, Checkpoint, CountersDelta};

use crate::Core;

/// The name of this consumer's checkpoints.
const CONSUMER: &str = "stats";

/// A transaction has 100 items: the checkpoint, and these. One change touches up to two.
const MOST_ITEMS: usize = 96;

impl Core {
    /// Counts `changes` of `shard`, given with their sequence numbers in order.
    pub async fn count(&self, shard: &str, changes: &[(String, Option<Change>)]) -> Result<()> {
        let mut checkpoint = self.store.checkpoint(CONSUMER, shard).await?;
        let mut delta = CountersDelta::default();
        let mut gone = HashMap::new();
        let mut last = None;
        for (sequence, change) in changes {
            if checkpoint.covers(sequence) {
                continue;
            }
            if let Some(change) = change {
                add(&mut delta, change);
                gone.extend(removed_from(change));
            }
            last = Some(sequence);
            if delta.items() >= MOST_ITEMS {
                checkpoint =
                    self.commit(&checkpoint, sequence, std::mem::take(&mut delta), &gone).await?;
                last = None;
            }
        }
        match last {
            Some(sequence) => self.commit(&checkpoint, sequence, delta, &gone).await.map(drop),
            None => Ok(()),
        }
    }

    async fn commit(
        &self,
        checkpoint: &Checkpoint,
        sequence: &str,
        mut delta: CountersDelta,
        gone: &HashMap<ChatbotId, WorkspaceId>,
    ) -> Result<Checkpoint> {
        for (chatbot, workspace) in gone {
            // Conversations that go with their chatbot leave no counters behind.
            if self.store.chatbot(*workspace, *chatbot).await?.is_none() {
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
            delta.conversation(c.chatbot_id, c.status, c.created_at, 1);
        }
        Change::ConversationRemoved(c) => {
            delta.conversation(c.chatbot_id, c.status, c.created_at, -1);
        }
        Change::ConversationChanged { old, new, .. } if old.status != new.status => {
            delta.turned(new.chatbot_id, old.status, new.status);
        }
        Change::TurnAdded(turn) => delta.turn(turn.chatbot_id, turn.unanswered, turn.asked_at, 1),
        Change::TurnRemoved(turn) => {
            delta.turn(turn.chatbot_id, turn.unanswered, turn.asked_at, -1);
        }
        _ => {}
    }
}

fn removed_from(change: &Change) -> Option<(ChatbotId, WorkspaceId)> {
    match change {
        Change::ConversationRemoved(c) => Some((c.chatbot_id, c.workspace_id)),
        Change::TurnRemoved(turn) => Some((turn.chatbot_id, turn.workspace_id)),
        _ => None,
    }
}
