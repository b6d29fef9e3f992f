//! Counters beside the lists they count, in total, per UTC day and, for conversations, per stretch
//! of a day. Only the stream's consumer writes them, each change once, and a recount.

use std::collections::{BTreeSet, HashMap};

use domain::{ChatbotId, ConversationStatus, Days, Error, QuestionFilter, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    counters::deltas::EXPIRED,
    keys::{self, Key},
    table::client::{Item, Range, Store, key_in, read},
};

/// What a chatbot's counters say, of all time or of one day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Conversations there are; of a day, those begun on it.
    pub conversations: u64,
    /// Those of them that are active. In total only, like archived and handed over ones.
    pub active: u64,
    /// Those that are closed, also of a day.
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
    /// Conversations in which a person was requested.
    pub handoffs: u64,
    /// Those of them that are closed.
    pub closed_after_handoff: u64,
    /// Answers rated up; of a day, those to questions of that day.
    pub positive: u64,
    /// Answers rated down.
    pub negative: u64,
    /// Conversations for whose first question nothing relevant was found.
    pub opened_unanswered: u64,
    /// Conversations whose first answer was rated up.
    pub opened_helpful: u64,
    /// Conversations whose first answer was rated down.
    pub opened_unhelpful: u64,
    /// Turns for which an AI backend was asked.
    pub backend_turns: u64,
    /// Those of them that have no complete answer.
    pub backend_failures: u64,
    /// Tokens that AI backends read.
    pub input_tokens: u64,
    /// Tokens that they wrote.
    pub output_tokens: u64,
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

    /// Conversations that `filter` wants.
    pub fn wanted(&self, filter: QuestionFilter) -> u64 {
        match filter {
            QuestionFilter::All => self.conversations,
            QuestionFilter::Unanswered => self.opened_unanswered,
            QuestionFilter::Handoff => self.handoffs,
            QuestionFilter::Helpful => self.opened_helpful,
            QuestionFilter::Unhelpful => self.opened_unhelpful,
        }
    }

    /// Questions: each has an answer.
    pub fn questions(&self) -> u64 {
        self.messages / 2
    }
}

impl std::iter::Sum for Counters {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |a, b| Self {
            conversations: a.conversations + b.conversations,
            active: a.active + b.active,
            closed: a.closed + b.closed,
            archived: a.archived + b.archived,
            handed_off: a.handed_off + b.handed_off,
            messages: a.messages + b.messages,
            unanswered: a.unanswered + b.unanswered,
            leads: a.leads + b.leads,
            handoffs: a.handoffs + b.handoffs,
            closed_after_handoff: a.closed_after_handoff + b.closed_after_handoff,
            positive: a.positive + b.positive,
            negative: a.negative + b.negative,
            opened_unanswered: a.opened_unanswered + b.opened_unanswered,
            opened_helpful: a.opened_helpful + b.opened_helpful,
            opened_unhelpful: a.opened_unhelpful + b.opened_unhelpful,
            backend_turns: a.backend_turns + b.backend_turns,
            backend_failures: a.backend_failures + b.backend_failures,
            input_tokens: a.input_tokens + b.input_tokens,
            output_tokens: a.output_tokens + b.output_tokens,
        })
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
    handoffs: i64,
    closed_after_handoff: i64,
    positive: i64,
    negative: i64,
    opened_unanswered: i64,
    opened_helpful: i64,
    opened_unhelpful: i64,
    backend_turns: i64,
    backend_failures: i64,
    input_tokens: i64,
    output_tokens: i64,
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
            handoffs,
            closed_after_handoff,
            positive,
            negative,
            opened_unanswered,
            opened_helpful,
            opened_unhelpful,
            backend_turns,
            backend_failures,
            input_tokens,
            output_tokens,
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
            handoffs: count(handoffs),
            closed_after_handoff: count(closed_after_handoff),
            positive: count(positive),
            negative: count(negative),
            opened_unanswered: count(opened_unanswered),
            opened_helpful: count(opened_helpful),
            opened_unhelpful: count(opened_unhelpful),
            backend_turns: count(backend_turns),
            backend_failures: count(backend_failures),
            input_tokens: count(input_tokens),
            output_tokens: count(output_tokens),
        }
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

/// Counters with what has expired.
fn ever(mut counted: Map<String, Value>) -> Result<Counters> {
    let expired: Vec<(String, i64)> = counted
        .iter()
        .filter_map(|(name, count)| Some((name.strip_prefix(EXPIRED)?.to_owned(), count.as_i64()?)))
        .collect();
    for (name, count) in expired {
        let kept = counted.get(&name).and_then(Value::as_i64).unwrap_or(0);
        counted.insert(name, (kept + count).into());
    }
    let item: CountersItem =
        serde_json::from_value(Value::Object(counted)).map_err(Error::internal)?;
    Ok(item.into())
}

impl Store {
    /// The same as [`Store::counters`] with what has expired: what there ever was, but for what was
    /// deleted by hand.
    pub async fn counters_ever(&self, chatbot: ChatbotId) -> Result<Counters> {
        let found: Option<Map<String, Value>> = self.get(&keys::counters(chatbot), true).await?;
        ever(found.unwrap_or_default())
    }

    /// The same as [`Store::daily_counters`] with what has expired.
    pub async fn daily_counters_ever(
        &self,
        chatbot: ChatbotId,
        days: Days,
    ) -> Result<Vec<(String, Counters)>> {
        self.counted_on(chatbot, days, |item| ever(read(item)?)).await
    }

    /// What `read` makes of the item of each of `days` on which anything was counted, oldest first.
    async fn counted_on(
        &self,
        chatbot: ChatbotId,
        days: Days,
        read: impl Fn(Item) -> Result<Counters>,
    ) -> Result<Vec<(String, Counters)>> {
        let mut found = Vec::new();
        for item in self.query_items(days_range(chatbot, days)).await? {
            let day = key_in(&item)?.sk.trim_start_matches(keys::DAY).to_owned();
            found.push((day, read(item)?));
        }
        Ok(found)
    }

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
        self.counted_on(chatbot, days, |item| Ok(read::<CountersItem>(item)?.into())).await
    }

    /// The cells that the visitors of `days` lead to.
    pub async fn visitor_cells(&self, chatbot: ChatbotId, days: Days) -> Result<BTreeSet<u32>> {
        let key = |day: String| keys::visitors(chatbot, &day, 0).sk;
        let first = days.first.map_or_else(|| keys::VISITORS.to_owned(), |at| key(at.day()));
        let last = days.last.map_or_else(String::new, |at| at.day());
        let range = Range {
            index: None,
            partition: keys::chatbot_partition(chatbot),
            sort: Some((
                "sk BETWEEN :a AND :b",
                vec![(":a", first), (":b", format!("{}{last}~", keys::VISITORS))],
            )),
            backwards: false,
            limit: None,
            consistent: false,
        };
        let mut cells = BTreeSet::new();
        for item in self.query_items(range).await? {
            for (name, count) in read::<HashMap<String, Value>>(item)? {
                let cell: Option<u32> = name.strip_prefix('v').and_then(|cell| cell.parse().ok());
                cells.extend(cell.filter(|_| count.as_i64().is_some_and(|count| count > 0)));
            }
        }
        Ok(cells)
    }
}
