//! Counting a batch: counters, sketches, marks and the shard's checkpoint in one transaction.

use std::time::Duration;

use domain::{Error, Result, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    counters::deltas::CounterDeltas,
    keys::{self, Key},
    table::client::Store,
    table::write::Write,
};

/// How often a batch is tried whose sketches another shard's worker changes under it.
const ATTEMPTS: u32 = 8;
/// How long the checkpoint of a shard is kept after its last batch: far longer than the stream keeps a
/// record, or a shard is open without one.
const KEPT: Duration = Duration::from_secs(90 * 24 * 60 * 60);

#[derive(Deserialize)]
struct CheckpointItem {
    sequence: String,
}

/// That a conversation is in a list.
#[derive(Serialize)]
struct MarkItem {
    list_pk: String,
    list_sk: String,
}

/// How far a consumer has come on a shard; what a batch is counted on top of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    key: Key,
    sequence: Option<String>,
}

/// Sequence numbers are decimal numbers of up to 40 digits; padded, they compare as text.
fn padded(sequence: &str) -> String {
    format!("{sequence:0>40}")
}

impl Checkpoint {
    /// Whether the record `sequence` was counted before.
    pub fn covers(&self, sequence: &str) -> bool {
        self.sequence.as_ref().is_some_and(|seen| *seen >= padded(sequence))
    }
}

/// Adds to the counters of the item under `key`.
pub(crate) fn adding<'a>(
    key: Key,
    counters: impl IntoIterator<Item = (&'a String, &'a i64)>,
) -> Result<Write> {
    let counters: Vec<_> = counters.into_iter().collect();
    let terms: Vec<String> = counters.iter().map(|(name, _)| format!("#{name} :{name}")).collect();
    let mut update = Write::update(key, format!("ADD {}", terms.join(", ")));
    for (name, by) in counters {
        update = update.name(name, name).value(name, by)?;
    }
    Ok(update)
}

impl Store {
    /// How far `consumer` has come on `shard`.
    pub async fn checkpoint(&self, consumer: &str, shard: &str) -> Result<Checkpoint> {
        let key = keys::checkpoint(consumer, shard);
        let found: Option<CheckpointItem> = self.get(&key, true).await?;
        Ok(Checkpoint { key, sequence: found.map(|item| item.sequence) })
    }

    /// Adds `deltas` and moves the checkpoint to `sequence`, in one transaction, on the condition
    /// that the checkpoint is still what it was read as; nothing is counted twice, however batches
    /// are cut when they come again. At most 99 items, so that all fits. Counters are added to and
    /// so conflict with no other write; a sketch that another one changed meanwhile is read again.
    pub async fn apply_counters(
        &self,
        from: &Checkpoint,
        sequence: &str,
        deltas: &CounterDeltas,
    ) -> Result<Checkpoint> {
        let moved = Checkpoint { key: from.key.clone(), sequence: Some(padded(sequence)) };
        let expires = Timestamp::now().plus(KEPT).seconds();
        let write =
            Write::update(from.key.clone(), "SET #sequence = :sequence, expires_at = :expires")
                .name("sequence", "sequence")
                .value("sequence", &moved.sequence)?
                .value("expires", expires)?;
        let mut writes = vec![match &from.sequence {
            None => write.if_absent(),
            Some(seen) => write.when("#sequence = :seen").value("seen", seen)?,
        }];
        for ((chatbot, scope), counters) in &deltas.counters {
            writes.push(adding(scope.key(*chatbot), counters)?);
        }
        for (conversation, (chatbot, mark)) in &deltas.marks {
            let key = keys::mark(*conversation);
            writes.push(match mark {
                None => Write::delete(key),
                Some(mark) => {
                    let list_pk = keys::marked(*chatbot, *mark);
                    Write::put(key, &MarkItem { list_pk, list_sk: conversation.to_string() })?
                }
            });
        }
        for _ in 0..ATTEMPTS {
            let mut all = writes.clone();
            all.extend(self.sketched(deltas).await?);
            let outcome = self.transact(all).await?;
            if outcome.is_done() {
                return Ok(moved);
            }
            if outcome.refused(0) {
                break;
            }
        }
        Err(Error::internal("another worker counts the same shard"))
    }

    /// The sketches as they are with the questions of `deltas`.
    async fn sketched(&self, deltas: &CounterDeltas) -> Result<Vec<Write>> {
        let mut writes = Vec::new();
        for ((chatbot, kind, day), questions) in &deltas.questions {
            let key = keys::sketch(*chatbot, *kind, day);
            let mut stored = self.sketch(&key).await?;
            for (question, by) in questions {
                match by {
                    1 => stored.sketch.add(question),
                    _ => stored.sketch.remove(question),
                }
            }
            writes.push(stored.write(key)?);
        }
        Ok(writes)
    }
}
