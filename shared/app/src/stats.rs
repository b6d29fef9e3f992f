//! Counting: a batch of changes becomes one transaction with the shard's checkpoint, so that a
//! batch that comes again counts nothing.

use std::collections::HashMap;

use domain::{ChatbotId, Result, WorkspaceId};
use store::{Change, CountersDelta};

use crate::Core;

/// The name of this consumer's checkpoints.
const CONSUMER: &str = "stats";

/// Chatbots that fit one transaction, beside the checkpoint.
pub const MOST_CHATBOTS: usize = 99;

impl Core {
    /// Counts `changes` of `shard`, given with their sequence numbers in order.
    pub async fn count(&self, shard: &str, changes: &[(String, Option<Change>)]) -> Result<()> {
        let mut delta = CountersDelta::default();
        let mut last = None;
        let mut removed = HashMap::new();
        for (sequence, change) in changes {
            if let Some(change) = change {
                if let Change::ConversationRemoved(gone) = change {
                    removed.insert(gone.chatbot_id, gone.workspace_id);
                }
                add(&mut delta, change);
            }
            last = Some(sequence);
            if delta.chatbots().len() >= MOST_CHATBOTS {
                self.commit(shard, sequence, std::mem::take(&mut delta), &removed).await?;
                last = None;
            }
        }
        match last {
            Some(sequence) => self.commit(shard, sequence, delta, &removed).await,
            None => Ok(()),
        }
    }

    async fn commit(
        &self,
        shard: &str,
        sequence: &str,
        mut delta: CountersDelta,
        removed: &HashMap<ChatbotId, WorkspaceId>,
    ) -> Result<()> {
        for (chatbot, workspace) in removed {
            // Conversations that go with their chatbot leave no counters behind.
            if self.store.chatbot(*workspace, *chatbot).await?.is_none() {
                delta.forget(*chatbot);
            }
        }
        // A checkpoint is a write, and a write is a record: counting nothing must write nothing,
        // or an idle table would keep itself busy.
        if delta.chatbots().is_empty() {
            return Ok(());
        }
        let counted = self.store.count(CONSUMER, shard, sequence, &delta).await?;
        if !counted {
            tracing::info!(shard, sequence, "a batch came again and was not counted");
        }
        Ok(())
    }
}

fn add(delta: &mut CountersDelta, change: &Change) {
    match change {
        Change::ConversationStarted(c) => delta.conversation(c.chatbot_id, c.status, 1),
        Change::ConversationRemoved(c) => delta.conversation(c.chatbot_id, c.status, -1),
        Change::ConversationChanged { old, new, .. } if old.status != new.status => {
            delta.turned(new.chatbot_id, old.status, new.status);
        }
        _ => {}
    }
}
