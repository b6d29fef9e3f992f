//! Lists of conversations, newest or oldest first, from any offset at about the same cost.
//!
//! # How a page far down is found
//!
//! A conversation's key is its id, and the id holds the millisecond in which it began. So what
//! began in a day, an hour, a minute or a tenth of a second is a range of keys, and the counters
//! say how many are in it: whole days are skipped by their counts, then hours of the day that the
//! page begins in, then minutes, then tenths of a second. What is left to skip is read. A day's
//! counters hold those of its hours, so the way down takes one query over days and two gets.
//!
//! # What is exact
//!
//! Counters follow the table by up to five seconds, and all that count one conversation change in
//! one transaction.
//!
//! - On a table that nothing was written to for as long, counters are what is there: the pages of
//!   a list join without a gap or an overlap.
//! - While conversations come and go, rows move between one page and the next in any list by
//!   offset. A conversation that is not counted yet is not skipped either: a page begins as many
//!   rows too early or too late as the counters are behind, which is the same as if it had been
//!   requested up to five seconds earlier. A list with dates that are past does not move at all.
//! - Offsets up to [`NEAR`] are read and not counted, so a first page shows what was written
//!   before it was requested. Past the end, by the counters, a page is empty, as the total says.
//! - Parts have to add up to their whole, else the range is read from its beginning without
//!   going further down. So counters read on either side of a change, and days from before there
//!   were any finer ones, cost units and not rows.

use std::collections::{BTreeMap, HashMap};

use domain::{
    ChatbotId, Conversation, ConversationId, ConversationStatus, Days, Order, Result, Timestamp,
};
use serde_json::Value;

use crate::{
    conversations::items::ConversationItem,
    counters::bucket::TimeBucket,
    counters::items::days_range,
    keys::{self, Key},
    table::client::{Range, Store, key_in, read},
};

/// Up to this many rows are read rather than looked for a way around.
const NEAR: u64 = 10;
/// Days of counters in the first query for them, and in each that follows.
const DAYS: [u32; 2] = [32, 256];

/// Where a page begins: this many rows after the newest one that began no later than `edge`, or the
/// oldest one that began no earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    edge: Option<Timestamp>,
    skip: u64,
}

/// How many conversations began in each part of a stretch of time, in the order of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Parts(Vec<(u32, u64)>);

/// A counters' item, whatever it counts.
type Counted = BTreeMap<String, Value>;

fn count_in(counted: &Counted, name: &str) -> i64 {
    counted.get(name).and_then(Value::as_i64).unwrap_or(0)
}

impl Parts {
    fn of(counted: &Counted, order: Order) -> Self {
        let mut parts: Vec<(u32, u64)> = counted
            .iter()
            .filter_map(|(name, count)| {
                let part = name.strip_prefix(TimeBucket::PREFIX)?.parse().ok()?;
                Some((part, count.as_i64()?))
            })
            // What lacks here is seen in the sum.
            .filter_map(|(part, count)| Some((part, u64::try_from(count).ok()?)))
            .collect();
        parts.sort_unstable();
        if order == Order::Newest {
            parts.reverse();
        }
        Self(parts)
    }

    /// The part that the row after `skip` others lies in, and how many are in it; `skip` becomes
    /// what is left to skip there. `None`, and `skip` as it was, unless the parts are `whole`.
    fn seek(&self, whole: u64, skip: &mut u64) -> Option<(u32, u64)> {
        if self.0.iter().map(|(_, count)| count).sum::<u64>() != whole {
            return None;
        }
        let mut left = *skip;
        for (part, count) in &self.0 {
            if left < *count {
                *skip = left;
                return Some((*part, *count));
            }
            left -= count;
        }
        None
    }
}

/// Conversations that began within `days` and not before `edge` in `order`.
fn conversations_range(
    chatbot: ChatbotId,
    days: Days,
    order: Order,
    edge: Option<Timestamp>,
) -> Range<'static> {
    let prefix = keys::CONVERSATION;
    let key = |id: ConversationId| keys::conversation(chatbot, id).sk;
    let (first, last) = match order {
        Order::Newest => (days.first, edge),
        Order::Oldest => (edge, days.end()),
    };
    let first = first.map(|first| key(ConversationId::lowest_at(first)));
    let last = last.map(|last| key(ConversationId::highest_at(last)));
    let first = first.unwrap_or_else(|| prefix.to_owned());
    let last = last.unwrap_or_else(|| format!("{prefix}~"));
    Range {
        index: None,
        partition: keys::chatbot_partition(chatbot),
        sort: Some(("sk BETWEEN :a AND :b", vec![(":a", first), (":b", last)])),
        backwards: order == Order::Newest,
        limit: None,
        consistent: true,
    }
}

impl Store {
    /// Conversations begun within `days`, newest first: `limit` of them after `offset`.
    pub async fn conversations(
        &self,
        chatbot: ChatbotId,
        days: Days,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<Conversation>> {
        self.conversations_in(chatbot, days, Order::Newest, offset, limit).await
    }

    /// The same in either order.
    pub async fn conversations_in(
        &self,
        chatbot: ChatbotId,
        days: Days,
        order: Order,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<Conversation>> {
        let Some(place) = self.place(chatbot, days, order, offset).await? else {
            return Ok(Vec::new());
        };
        let skip = u32::try_from(place.skip).unwrap_or(u32::MAX);
        let range = conversations_range(chatbot, days, order, place.edge);
        let found = self.query_items(range.limit(skip.saturating_add(limit))).await?.into_iter();
        let page = found.skip(usize::try_from(skip).unwrap_or(usize::MAX));
        page.map(|item| read::<ConversationItem>(item).map(Into::into)).collect()
    }

    /// Where the rows after `offset` begin; `None` past the end.
    async fn place(
        &self,
        chatbot: ChatbotId,
        days: Days,
        order: Order,
        offset: u32,
    ) -> Result<Option<Place>> {
        let mut skip = u64::from(offset);
        // The end of a stretch of time that a list begins with.
        let edge = |begins: Timestamp, millis: i64| match order {
            Order::Newest => Timestamp::from_millis(begins.millis() + millis - 1),
            Order::Oldest => begins,
        };
        if skip <= NEAR {
            let edge = if order == Order::Newest { days.end() } else { days.first };
            return Ok(Some(Place { edge, skip }));
        }
        let day = self.day_of(chatbot, days, order, &mut skip).await?;
        let Some((mut begins, mut counted)) = day else { return Ok(None) };
        let mut whole = u64::try_from(count_in(&counted, "conversations")).unwrap_or(0);
        let mut place = edge(begins, 24 * TimeBucket::Hour.millis());
        for bucket in TimeBucket::ALL {
            if skip <= NEAR {
                break;
            }
            if bucket != TimeBucket::Hour {
                let key = bucket.key(chatbot, begins);
                counted = self.get(&key, false).await?.unwrap_or_default();
            }
            let parts = Parts::of(&counted, order);
            let Some((part, count)) = parts.seek(whole, &mut skip) else { break };
            whole = count;
            begins = Timestamp::from_millis(begins.millis() + i64::from(part) * bucket.millis());
            place = edge(begins, bucket.millis());
        }
        Ok(Some(Place { edge: Some(place), skip }))
    }

    /// The day that the row after `skip` others lies in: when it begins, and its counters. `skip`
    /// becomes what is left to skip there.
    async fn day_of(
        &self,
        chatbot: ChatbotId,
        days: Days,
        order: Order,
        skip: &mut u64,
    ) -> Result<Option<(Timestamp, Counted)>> {
        let [first, others] = DAYS;
        let mut range = days_range(chatbot, days).limit(first);
        range.backwards = order == Order::Newest;
        let mut from = None;
        loop {
            let (items, next) = self.query_page(&range, from).await?;
            for item in items {
                let day = key_in(&item)?.sk.trim_start_matches(keys::DAY).to_owned();
                let counted: Counted = read(item)?;
                let count = u64::try_from(count_in(&counted, "conversations")).unwrap_or(0);
                if *skip < count {
                    let begins = Timestamp::parse(&format!("{day}T00:00:00Z"));
                    return Ok(begins.map(|begins| (begins, counted)));
                }
                *skip -= count;
            }
            if next.is_none() {
                return Ok(None);
            }
            from = next;
            range = range.limit(others);
        }
    }

    /// Conversations of one status, newest first: `limit` of them after `offset`. What is skipped
    /// is read in the `list` index, whose rows are keys alone.
    pub async fn conversations_of_status(
        &self,
        chatbot: ChatbotId,
        status: ConversationStatus,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<Conversation>> {
        let range = Range {
            index: Some(keys::LIST_INDEX),
            partition: keys::conversations_of(chatbot, status),
            sort: None,
            backwards: true,
            limit: Some(offset.saturating_add(limit)),
            consistent: false,
        };
        let found = self.query_items(range).await?;
        let skip = usize::try_from(offset).unwrap_or(usize::MAX);
        let order = found.iter().skip(skip).map(key_in).collect::<Result<Vec<Key>>>()?;
        let mut by_key: HashMap<Key, Conversation> = HashMap::new();
        for item in self.batch_get(&order, true).await? {
            by_key.insert(key_in(&item)?, read::<ConversationItem>(item)?.into());
        }
        // The index may be a moment behind: what has left the status meanwhile is left out.
        Ok(order
            .iter()
            .filter_map(|key| by_key.remove(key))
            .filter(|conversation| conversation.status == status)
            .collect())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parts(counts: Value) -> Parts {
        Parts::of(&serde_json::from_value(counts).unwrap(), Order::Newest)
    }

    #[test]
    fn the_part_that_a_row_lies_in_is_found_from_the_newest_on() {
        let parts = parts(json!({"pk": "x", "conversations": 10, "at3": 4, "at0": 0, "at12": 6}));
        assert_eq!(parts, Parts(vec![(12, 6), (3, 4), (0, 0)]));
        for (offset, found, left) in
            [(0, (12, 6), 0), (5, (12, 6), 5), (6, (3, 4), 0), (9, (3, 4), 3)]
        {
            let mut skip = offset;
            assert_eq!((parts.seek(10, &mut skip), skip), (Some(found), left), "{offset}");
        }
        let mut skip = 10;
        assert_eq!((parts.seek(10, &mut skip), skip), (None, 10), "past the end");
    }

    #[test]
    fn parts_that_do_not_add_up_are_not_relied_on() {
        for counts in
            [json!({}), json!({"at3": 9}), json!({"at3": 11}), json!({"at1": 11, "at2": -1})]
        {
            let mut skip = 2;
            assert_eq!((parts(counts).seek(10, &mut skip), skip), (None, 2));
        }
    }
}
