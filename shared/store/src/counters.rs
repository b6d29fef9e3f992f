//! Counters beside the lists they count, in total, per UTC day and, for conversations, per stretch
//! of a day. Only the stream's consumer
//! writes them, each change once.

use std::collections::{BTreeMap, HashMap};

use domain::{ChatbotId, ConversationStatus, Days, Error, Result, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    grain::{Grain, Scope},
    keys::{self, Key},
    table::{Range, Store, key_in, read},
    write::Write,
};

/// What a chatbot's counters say, of all time or of one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Conversations there are; of a day, those begun on it.
    pub conversations: u64,
    /// Those of them that are active. In total only, like the other three statuses.
    pub active: u64,
    /// Those that are closed.
    pub closed: u64,
    /// Those that are archived.
    pub archived: u64,
    /// Those that a person has taken over.
    pub handed_off: u64,
    /// Questions and answers together; of a day, those asked on it.
    pub messages: u64,
    /// Questions that nothing relevant was found for.
    pub unanswered: u64,
    /// Leads there are; of a day, those left on it.
    pub leads: u64,
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
#[serde(default)]
struct CountersItem {
    conversations: i64,
    active: i64,
    closed: i64,
    archived: i64,
    handed_off: i64,
    messages: i64,
    unanswered: i64,
    leads: i64,
}

impl From<CountersItem> for Counters {
    fn from(from: CountersItem) -> Self {
        let CountersItem {
            conversations,
            active,
            closed,
            archived,
            handed_off,
            messages,
            unanswered,
            leads,
        } = from;
        let count = |n: i64| u64::try_from(n).unwrap_or(0);
        Self {
            conversations: count(conversations),
            active: count(active),
            closed: count(closed),
            archived: count(archived),
            handed_off: count(handed_off),
            messages: count(messages),
            unanswered: count(unanswered),
            leads: count(leads),
        }
    }
}

/// Changes to counters, gathered over a batch: one item per chatbot and scope, one number per
/// counter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CountersDelta(BTreeMap<(ChatbotId, Scope), BTreeMap<String, i64>>);

impl CountersDelta {
    /// A conversation of `status`, begun at `at`, came (`+1`) or went (`-1`).
    pub fn conversation(
        &mut self,
        chatbot: ChatbotId,
        status: ConversationStatus,
        at: Timestamp,
        by: i64,
    ) {
        self.add(chatbot, Scope::Total, "conversations", by);
        self.add(chatbot, Scope::Total, status.name(), by);
        self.add(chatbot, Scope::Day(at.day()), "conversations", by);
        for grain in Grain::ALL {
            self.add(chatbot, grain.scope(at), &grain.counter(at), by);
        }
    }

    /// A conversation went from one status to another.
    pub fn turned(&mut self, chatbot: ChatbotId, from: ConversationStatus, to: ConversationStatus) {
        self.add(chatbot, Scope::Total, from.name(), -1);
        self.add(chatbot, Scope::Total, to.name(), 1);
    }

    /// A turn, asked at `at`, came (`+1`) or went (`-1`).
    pub fn turn(&mut self, chatbot: ChatbotId, unanswered: bool, at: Timestamp, by: i64) {
        for scope in [Scope::Total, Scope::Day(at.day())] {
            self.add(chatbot, scope.clone(), "messages", 2 * by);
            if unanswered {
                self.add(chatbot, scope, "unanswered", by);
            }
        }
    }

    /// A lead, left at `at`, came (`+1`) or went (`-1`).
    pub fn lead(&mut self, chatbot: ChatbotId, at: Timestamp, by: i64) {
        for scope in [Scope::Total, Scope::Day(at.day())] {
            self.add(chatbot, scope, "leads", by);
        }
    }

    /// How many items it changes.
    pub fn items(&self) -> usize {
        self.0.len()
    }

    /// How many counters it changes in one item at the most.
    pub fn widest(&self) -> usize {
        self.0.values().map(BTreeMap::len).max().unwrap_or(0)
    }

    /// Whether it changes counters of `chatbot`.
    pub fn touches(&self, chatbot: ChatbotId) -> bool {
        self.0.keys().any(|(of, _)| *of == chatbot)
    }

    /// Leaves the counters of `chatbot` alone.
    pub fn forget(&mut self, chatbot: ChatbotId) {
        self.0.retain(|(of, _), _| *of != chatbot);
    }

    fn add(&mut self, chatbot: ChatbotId, scope: Scope, counter: &str, by: i64) {
        let counters = self.0.entry((chatbot, scope)).or_default();
        *counters.entry(counter.to_owned()).or_default() += by;
    }
}

#[derive(Deserialize)]
struct CheckpointItem {
    sequence: String,
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

/// The items that count `days`. They follow what they count by seconds anyway, so that reading them
/// consistently would only cost more.
pub(crate) fn days_range(chatbot: ChatbotId, days: Days) -> Range<'static> {
    let key = |day: String| keys::day(chatbot, &day).sk;
    let first = days.first.map_or_else(|| keys::DAY.to_owned(), |first| key(first.day()));
    let last = days.last.map_or_else(|| format!("{}~", keys::DAY), |last| key(last.day()));
    Range {
        index: None,
        partition: keys::chatbot_partition(chatbot),
        sort: Some(("sk BETWEEN :a AND :b", vec![(":a", first), (":b", last)])),
        backwards: false,
        limit: None,
        consistent: false,
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

    /// The counters of each of `days` on which anything was counted, oldest first.
    pub async fn daily_counters(
        &self,
        chatbot: ChatbotId,
        days: Days,
    ) -> Result<Vec<(String, Counters)>> {
        let mut found = Vec::new();
        for item in self.query_items(days_range(chatbot, days)).await? {
            let day = key_in(&item)?.sk.trim_start_matches(keys::DAY).to_owned();
            found.push((day, read::<CountersItem>(item)?.into()));
        }
        Ok(found)
    }

    /// How far `consumer` has come on `shard`.
    pub async fn checkpoint(&self, consumer: &str, shard: &str) -> Result<Checkpoint> {
        let key = keys::checkpoint(consumer, shard);
        let found: Option<CheckpointItem> = self.get(&key, true).await?;
        Ok(Checkpoint { key, sequence: found.map(|item| item.sequence) })
    }

    /// Adds `delta` and moves the checkpoint to `sequence`, in one transaction, on the condition
    /// that the checkpoint is still what it was read as; nothing is counted twice, however batches
    /// are cut when they come again. At most 99 items, so that all fits.
    pub async fn count(
        &self,
        from: &Checkpoint,
        sequence: &str,
        delta: &CountersDelta,
    ) -> Result<Checkpoint> {
        let moved = Checkpoint { key: from.key.clone(), sequence: Some(padded(sequence)) };
        let write = Write::update(from.key.clone(), "SET #sequence = :sequence")
            .name("sequence", "sequence")
            .value("sequence", &moved.sequence)?;
        let mut writes = vec![match &from.sequence {
            None => write.if_absent(),
            Some(seen) => write.when("#sequence = :seen").value("seen", seen)?,
        }];
        for ((chatbot, scope), counters) in &delta.0 {
            let changed: Vec<_> = counters.iter().filter(|(_, by)| **by != 0).collect();
            if changed.is_empty() {
                continue;
            }
            let terms: Vec<String> =
                changed.iter().map(|(name, _)| format!("#{name} :{name}")).collect();
            let mut update =
                Write::update(scope.key(*chatbot), format!("ADD {}", terms.join(", ")));
            for (name, by) in changed {
                update = update.name(name, name).value(name, by)?;
            }
            writes.push(update);
        }
        match self.transact(writes).await?.is_done() {
            true => Ok(moved),
            false => Err(Error::internal("another worker counts the same shard")),
        }
    }
}
