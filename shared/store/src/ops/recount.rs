//! Recounting a chatbot from its items, and putting right what is kept otherwise.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{ChatbotId, Conversation, Days, Lead, Result, questions::Sketch};
use futures::{StreamExt, TryStreamExt};
use serde_json::Value;

use crate::{
    chat::leads::LeadItem,
    conversations::items::ConversationItem,
    conversations::questions::StoredSketch,
    counters::apply::adding,
    counters::bucket::Scope,
    counters::deltas::{CounterDeltas, EXPIRED},
    keys::{self, QuestionKind},
    table::client::{Range, Store, key_in, read},
};

/// Conversations and leads read at a time, and conversations whose turns are.
const PAGE: u32 = 200;
const AT_ONCE: usize = 20;
/// Counters put right in one write: its expressions have four kilobytes.
const MAX_AT_ONCE: usize = 32;

type Counts = BTreeMap<Scope, BTreeMap<String, i64>>;
type Sketches = BTreeMap<(QuestionKind, String), StoredSketch>;

/// All that is counted of a chatbot, as it is kept or as it is found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recounted {
    counts: Counts,
    sketches: Sketches,
    /// Days on which something began that has expired: who visited then, and what was asked, is no longer
    /// found.
    expired: BTreeSet<String>,
}

/// A counter that is not what it should be. Of questions asked most, the sum of their counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// Its item's sort key, and its name there.
    pub counter: String,
    /// What it says.
    pub kept: i64,
    /// What there is.
    pub found: i64,
}

fn sum(sketch: Option<&StoredSketch>) -> i64 {
    let entries = sketch.map(|s| s.sketch.entries.as_slice()).unwrap_or_default();
    entries.iter().map(|entry| i64::try_from(entry.count).unwrap_or(i64::MAX)).sum()
}

/// A sketch that had to let go of questions depends on their order, and is what it is.
fn differ(kept: Option<&StoredSketch>, found: Option<&StoredSketch>) -> bool {
    let counts = |of: Option<&StoredSketch>| -> BTreeMap<String, u64> {
        let entries = of.map(|s| s.sketch.entries.as_slice()).unwrap_or_default();
        entries.iter().map(|e| (domain::questions::form(&e.question), e.count)).collect()
    };
    let full = |of: Option<&StoredSketch>| of.is_some_and(|s| s.sketch.floor > 0);
    !full(kept) && !full(found) && counts(kept) != counts(found)
}

impl Recounted {
    fn count(&self, scope: &Scope, name: &str) -> i64 {
        self.counts.get(scope).and_then(|counts| counts.get(name)).copied().unwrap_or(0)
    }

    /// The counters in which `found` differs, by scope: their names, what is kept, what is found.
    fn counts_off(&self, found: &Self) -> BTreeMap<Scope, Vec<(String, i64, i64)>> {
        let mut off = BTreeMap::new();
        let scopes: BTreeSet<&Scope> = self.counts.keys().chain(found.counts.keys()).collect();
        for scope in scopes {
            if matches!(scope, Scope::Visitors(day, _) if self.expired.contains(day)) {
                continue;
            }
            let of = |all: &Self| -> BTreeSet<String> {
                all.counts.get(scope).into_iter().flat_map(|c| c.keys().cloned()).collect()
            };
            let wrong: Vec<_> = of(self)
                .union(&of(found))
                .map(|name| (name.clone(), self.count(scope, name), found.count(scope, name)))
                .filter(|(_, kept, found)| kept != found)
                .collect();
            if !wrong.is_empty() {
                off.insert(scope.clone(), wrong);
            }
        }
        off
    }

    fn sketches_off(&self, found: &Self) -> Vec<(QuestionKind, String)> {
        let all: BTreeSet<_> = self.sketches.keys().chain(found.sketches.keys()).collect();
        all.into_iter()
            .filter(|(_, day)| !self.expired.contains(day))
            .filter(|key| differ(self.sketches.get(key), found.sketches.get(key)))
            .cloned()
            .collect()
    }

    /// Where what is kept differs from what is found.
    pub fn differences(&self, chatbot: ChatbotId, found: &Self) -> Vec<Difference> {
        let mut all = Vec::new();
        for (scope, wrong) in self.counts_off(found) {
            let sk = scope.key(chatbot).sk;
            all.extend(wrong.into_iter().map(|(name, kept, found)| Difference {
                counter: format!("{sk} {name}"),
                kept,
                found,
            }));
        }
        for key in self.sketches_off(found) {
            all.push(Difference {
                counter: keys::sketch(chatbot, key.0, &key.1).sk,
                kept: sum(self.sketches.get(&key)),
                found: sum(found.sketches.get(&key)),
            });
        }
        all
    }
}

impl Store {
    /// What is kept.
    pub async fn kept(&self, chatbot: ChatbotId) -> Result<Recounted> {
        let mut kept = Recounted::default();
        for prefix in ["COUNT", keys::DAY, keys::HOUR, keys::MINUTE, keys::VISITORS] {
            let range = Range::prefix(keys::chatbot_partition(chatbot), prefix);
            for item in self.query_items(range).await? {
                let Some(scope) = Scope::of(&key_in(&item)?.sk) else { continue };
                let counts = read::<HashMap<String, Value>>(item)?
                    .into_iter()
                    .filter_map(|(name, value)| Some((name, value.as_i64()?)))
                    .filter(|(_, count)| *count != 0);
                let (expired, counts): (BTreeMap<_, _>, BTreeMap<_, _>) =
                    counts.partition(|(name, _)| name.starts_with(EXPIRED));
                if let Scope::Day(day) = &scope
                    && !expired.is_empty()
                {
                    kept.expired.insert(day.clone());
                }
                kept.counts.insert(scope, counts);
            }
        }
        for kind in QuestionKind::ALL {
            for (day, sketch) in self.sketches(chatbot, kind, Days::ALL).await? {
                kept.sketches.insert((kind, day), sketch);
            }
        }
        Ok(kept)
    }

    /// What there is, by every conversation, turn and lead. They are read a page at a time; what
    /// is held meanwhile is what is counted.
    pub async fn found(&self, chatbot: ChatbotId) -> Result<Recounted> {
        let (mut deltas, mut sketches) = (CounterDeltas::default(), Sketches::new());
        let partition = || keys::chatbot_partition(chatbot);
        let range = Range::prefix(partition(), keys::CONVERSATION).limit(PAGE);
        let mut from = None;
        loop {
            let (items, next) = self.query_page(&range, from).await?;
            let mut ids = Vec::new();
            for item in items {
                let conversation = Conversation::from(read::<ConversationItem>(item)?);
                deltas.conversation(&conversation, 1);
                ids.push(conversation.id);
            }
            let mut turns =
                futures::stream::iter(ids.into_iter().map(|id| self.turns(id))).buffered(AT_ONCE);
            while let Some(turns) = turns.try_next().await? {
                for turn in turns {
                    deltas.turn(&turn, 1);
                    deltas.question(&turn, 1);
                }
                for ((_, kind, day), questions) in std::mem::take(&mut deltas.questions) {
                    let stored = sketches.entry((kind, day)).or_default();
                    questions.iter().for_each(|(question, _)| stored.sketch.add(question));
                }
            }
            drop(turns);
            if next.is_none() {
                break;
            }
            from = next;
        }
        let range = Range::prefix(partition(), keys::LEAD).limit(PAGE);
        let mut from = None;
        loop {
            let (items, next) = self.query_page(&range, from).await?;
            for item in items {
                deltas.lead(&Lead::try_from(read::<LeadItem>(item)?)?, 1);
            }
            if next.is_none() {
                break;
            }
            from = next;
        }
        let counts = deltas.counters.into_iter().map(|((_, scope), counts)| (scope, counts));
        Ok(Recounted { counts: counts.collect(), sketches, ..Recounted::default() })
    }

    /// Puts right where `kept` differs from `found`, but for what is in `moving`: adds the
    /// difference to each counter that still says what was kept. The counters that had changed
    /// meanwhile stay as they are; whether there were any.
    pub async fn put_right(
        &self,
        chatbot: ChatbotId,
        kept: &Recounted,
        found: &Recounted,
        moving: &[String],
    ) -> Result<bool> {
        let mut all_done = true;
        for (scope, wrong) in kept.counts_off(found) {
            let key = scope.key(chatbot);
            let wrong: Vec<_> = wrong
                .into_iter()
                .filter(|(name, ..)| !moving.contains(&format!("{} {name}", key.sk)))
                .collect();
            for some in wrong.chunks(MAX_AT_ONCE) {
                let by: BTreeMap<String, i64> =
                    some.iter().map(|(name, kept, found)| (name.clone(), found - kept)).collect();
                let still: Vec<String> = some
                    .iter()
                    .map(|(name, kept, _)| match kept {
                        0 => format!("(attribute_not_exists(#{name}) OR #{name} = :was_{name})"),
                        _ => format!("#{name} = :was_{name}"),
                    })
                    .collect();
                let mut write = adding(key.clone(), &by)?.when(still.join(" AND "));
                for (name, kept, _) in some {
                    write = write.value(&format!("was_{name}"), kept)?;
                }
                all_done &= self.write(write).await?.is_done();
            }
        }
        for (kind, day) in kept.sketches_off(found) {
            let key = keys::sketch(chatbot, kind, &day);
            if moving.contains(&key.sk) {
                continue;
            }
            let of = (kind, day);
            let version = kept.sketches.get(&of).map_or(0, |stored| stored.version);
            let sketch = found.sketches.get(&of).map_or_else(Sketch::default, |s| s.sketch.clone());
            let write = StoredSketch { sketch, version }.write(key)?;
            all_done &= self.write(write).await?.is_done();
        }
        Ok(all_done)
    }
}
