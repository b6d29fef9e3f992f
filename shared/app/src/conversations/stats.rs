//! Counting: a batch of changes becomes one transaction with the shard's checkpoint, so that what
//! comes again counts nothing, however it is cut into batches then.

use std::collections::{HashMap, HashSet};

use domain::{ChatbotId, ConversationId, Result, WorkspaceId};
use store::{Change, Checkpoint, CounterDeltas};

use crate::App;

/// The name of this consumer's checkpoints.
const CONSUMER: &str = "stats";

/// A transaction has 100 items: the checkpoint, and these. One change touches up to five.
const MAX_ITEMS: usize = 94;

/// Days of questions changed in one transaction, which has four megabytes: each has up to 160 KB.
const MAX_SKETCHES: usize = 20;

/// Counters changed in one item: an update's expression may have four kilobytes.
const MAX_COUNTERS: usize = 128;

impl App {
    /// Counts `changes` of `shard`, given with their sequence numbers in order.
    pub async fn count(&self, shard: &str, changes: &[(String, Option<Change>)]) -> Result<()> {
        // As most batches of a crawl: there is nothing that the checkpoint could be moved with.
        if changes.iter().filter_map(|(_, change)| change.as_ref()).all(|c| chatbot_of(c).is_none())
        {
            return Ok(());
        }
        let mut checkpoint = self.store.checkpoint(CONSUMER, shard).await?;
        let mut deltas = CounterDeltas::default();
        let mut touched = HashMap::new();
        let expired = self.expired(changes).await?;
        let mut last = None;
        for (sequence, change) in changes {
            if checkpoint.covers(sequence) {
                continue;
            }
            if let Some(change) = change {
                add(&mut deltas, change, &expired);
                touched.extend(chatbot_of(change));
            }
            last = Some(sequence);
            if deltas.items() >= MAX_ITEMS
                || deltas.widest() >= MAX_COUNTERS
                || deltas.sketches() >= MAX_SKETCHES
            {
                checkpoint = self
                    .commit(&checkpoint, sequence, std::mem::take(&mut deltas), &touched)
                    .await?;
                last = None;
            }
        }
        match last {
            Some(sequence) => self.commit(&checkpoint, sequence, deltas, &touched).await.map(drop),
            None => Ok(()),
        }
    }

    /// The conversations among those that are gone whose time was over. One read for a batch, and none
    /// while nothing is deleted.
    async fn expired(
        &self,
        changes: &[(String, Option<Change>)],
    ) -> Result<HashSet<ConversationId>> {
        let removed: HashSet<ConversationId> = changes
            .iter()
            .filter_map(|(_, change)| match change.as_ref()? {
                Change::ConversationRemoved(old) => Some(old.id),
                Change::TurnRemoved(old) => Some(old.conversation_id),
                _ => None,
            })
            .collect();
        match removed.is_empty() {
            true => Ok(HashSet::new()),
            false => self.store.expired_among(&removed.into_iter().collect::<Vec<_>>()).await,
        }
    }

    async fn commit(
        &self,
        checkpoint: &Checkpoint,
        sequence: &str,
        mut deltas: CounterDeltas,
        touched: &HashMap<ChatbotId, WorkspaceId>,
    ) -> Result<Checkpoint> {
        for (chatbot, workspace) in touched {
            // A chatbot that is gone has no counters, whatever comes and goes with it.
            if self.store.chatbot(*workspace, *chatbot).await?.is_none() {
                deltas.forget(*chatbot);
            }
        }
        // A checkpoint is a write, and a write is a record: counting nothing must write nothing,
        // or an idle table would keep itself busy.
        if deltas.items() == 0 {
            return Ok(checkpoint.clone());
        }
        self.store.apply_counters(checkpoint, sequence, &deltas).await
    }
}

fn add(deltas: &mut CounterDeltas, change: &Change, expired: &HashSet<ConversationId>) {
    match change {
        Change::ConversationRemoved(old) if expired.contains(&old.id) => {
            deltas.expired_conversation(old);
        }
        Change::TurnRemoved(old) if expired.contains(&old.conversation_id) => {
            deltas.expired_turn(old);
        }
        Change::LeadExpired(old) => deltas.expired_lead(old),
        Change::ConversationStarted(new) => deltas.conversation(new, 1),
        Change::ConversationRemoved(old) => deltas.conversation(old, -1),
        Change::ConversationChanged { old, new, .. } => {
            deltas.conversation(old, -1);
            deltas.conversation(new, 1);
        }
        Change::TurnAdded(new) => {
            deltas.turn(new, 1);
            deltas.question(new, 1);
            deltas.mark(new, true);
        }
        Change::TurnRated { old, turn, .. } => {
            deltas.turn(old, -1);
            deltas.turn(turn, 1);
            deltas.mark(turn, true);
        }
        Change::TurnRemoved(old) => {
            deltas.turn(old, -1);
            deltas.question(old, -1);
            deltas.mark(old, false);
        }
        Change::LeadCaptured(new) => deltas.lead(new, 1),
        Change::LeadRemoved(old) => deltas.lead(old, -1),
        _ => {}
    }
}

/// The chatbot in whose counters `change` counts, if it counts at all.
fn chatbot_of(change: &Change) -> Option<(ChatbotId, WorkspaceId)> {
    match change {
        Change::ConversationStarted(c)
        | Change::ConversationRemoved(c)
        | Change::ConversationChanged { new: c, .. } => Some((c.chatbot_id, c.workspace_id)),
        Change::TurnAdded(turn) | Change::TurnRemoved(turn) | Change::TurnRated { turn, .. } => {
            Some((turn.chatbot_id, turn.workspace_id))
        }
        Change::LeadCaptured(lead) | Change::LeadRemoved(lead) | Change::LeadExpired(lead) => {
            Some((lead.chatbot_id, lead.workspace_id))
        }
        _ => None,
    }
}
