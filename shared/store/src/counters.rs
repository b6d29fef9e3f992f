//! Counters beside the lists they count. Only the stream's consumer writes them, once per change.

use std::collections::HashMap;

use domain::{ChatbotId, ConversationStatus, Result};
use serde::{Deserialize, Serialize};

use crate::{
    keys::{self, Key},
    table::{Store, key_in, read},
    write::Write,
};

/// What a chatbot's counters say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Conversations there are.
    pub conversations: u64,
    /// Those of them that are active.
    pub active: u64,
    /// Those that are closed.
    pub closed: u64,
    /// Those that are archived.
    pub archived: u64,
    /// Those that a person has taken over.
    pub handed_off: u64,
}

impl Counters {
    /// Conversations of one status, or all.
    pub fn of(&self, status: Option<ConversationStatus>) -> u64 {
        match status {
            None => self.conversations,
            Some(ConversationStatus::Active) => self.active,
            Some(ConversationStatus::Closed) => self.closed,
            Some(ConversationStatus::Archived) => self.archived,
            Some(ConversationStatus::HandedOff) => self.handed_off,
        }
    }
}

#[derive(Default, Serialize, Deserialize)]
struct CountersItem {
    #[serde(default)]
    conversations: i64,
    #[serde(default)]
    active: i64,
    #[serde(default)]
    closed: i64,
    #[serde(default)]
    archived: i64,
    #[serde(default)]
    handed_off: i64,
}

impl From<CountersItem> for Counters {
    fn from(from: CountersItem) -> Self {
        let CountersItem { conversations, active, closed, archived, handed_off } = from;
        let count = |n: i64| u64::try_from(n).unwrap_or(0);
        Self {
            conversations: count(conversations),
            active: count(active),
            closed: count(closed),
            archived: count(archived),
            handed_off: count(handed_off),
        }
    }
}

/// Changes to counters, gathered over a batch: one item per chatbot, one number per counter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CountersDelta(HashMap<ChatbotId, HashMap<&'static str, i64>>);

impl CountersDelta {
    /// A conversation of `status` came (`+1`) or went (`-1`).
    pub fn conversation(&mut self, chatbot: ChatbotId, status: ConversationStatus, by: i64) {
        self.add(chatbot, "conversations", by);
        self.add(chatbot, status.name(), by);
    }

    /// A conversation went from one status to another.
    pub fn turned(&mut self, chatbot: ChatbotId, from: ConversationStatus, to: ConversationStatus) {
        self.add(chatbot, from.name(), -1);
        self.add(chatbot, to.name(), 1);
    }

    /// The chatbots that are touched.
    pub fn chatbots(&self) -> Vec<ChatbotId> {
        self.0.keys().copied().collect()
    }

    /// Leaves the counters of `chatbot` alone.
    pub fn forget(&mut self, chatbot: ChatbotId) {
        self.0.remove(&chatbot);
    }

    fn add(&mut self, chatbot: ChatbotId, counter: &'static str, by: i64) {
        *self.0.entry(chatbot).or_default().entry(counter).or_default() += by;
    }
}

impl Store {
    /// A chatbot's counters; zeros where nothing was counted yet.
    pub async fn counters(&self, chatbot: ChatbotId) -> Result<Counters> {
        let found: Option<CountersItem> = self.get(&keys::counters(chatbot), true).await?;
        Ok(found.unwrap_or_default().into())
    }

    /// The counters of several chatbots.
    pub async fn counters_of(
        &self,
        chatbots: &[ChatbotId],
    ) -> Result<HashMap<ChatbotId, Counters>> {
        let by_key: HashMap<Key, ChatbotId> =
            chatbots.iter().map(|id| (keys::counters(*id), *id)).collect();
        let wanted: Vec<Key> = by_key.keys().cloned().collect();
        let mut found = HashMap::new();
        for item in self.batch_get(&wanted, false).await? {
            let id = by_key.get(&key_in(&item)?).copied();
            let counters: Counters = read::<CountersItem>(item)?.into();
            found.extend(id.map(|id| (id, counters)));
        }
        Ok(found)
    }

    /// Adds `delta` and moves the checkpoint of `consumer` on `shard` to `sequence`, in one
    /// transaction, on the condition that the checkpoint is still older. `false` if it is not: the
    /// batch was counted before. At most 99 chatbots at a time, so that all fits one transaction.
    pub async fn count(
        &self,
        consumer: &str,
        shard: &str,
        sequence: &str,
        delta: &CountersDelta,
    ) -> Result<bool> {
        // Sequence numbers are decimal numbers of up to 40 digits; padded, they compare as text.
        let padded = format!("{sequence:0>40}");
        let mut writes = vec![
            Write::update(keys::checkpoint(consumer, shard), "SET #sequence = :sequence")
                .name("sequence", "sequence")
                .value("sequence", padded)?
                .when("attribute_not_exists(pk) OR #sequence < :sequence"),
        ];
        for (chatbot, counters) in &delta.0 {
            let changed: Vec<_> = counters.iter().filter(|(_, by)| **by != 0).collect();
            if changed.is_empty() {
                continue;
            }
            let terms: Vec<String> =
                changed.iter().map(|(name, _)| format!("{name} :{name}")).collect();
            let expression = format!("ADD {}", terms.join(", "));
            let mut update = Write::update(keys::counters(*chatbot), expression);
            for (name, by) in changed {
                update = update.value(name, by)?;
            }
            writes.push(update);
        }
        Ok(self.transact(writes).await?.is_done())
    }
}
