//! Groups of unanswered questions that have got their answer.

use std::{collections::HashSet, time::Duration};

use domain::{
    Chatbot, ChatbotId, GroupId, Result, Source, SourceId, Timestamp,
    source::QaPair,
    unanswered::{AnsweredGroup, DAYS_BOUNDS},
};
use serde::{Deserialize, Serialize};

use crate::{
    keys::{self, Key},
    table::client::{Range, Store, key_in},
    table::conversions::item_conversions,
    table::write::Write,
};

/// After that no day is listed any more that the mark hides: it bounds how many there are.
const KEPT: Duration = Duration::from_secs((DAYS_BOUNDS.1 as u64 + 1) * 24 * 60 * 60);

#[derive(Serialize, Deserialize)]
struct AnsweredGroupItem {
    group: GroupId,
    source: SourceId,
    at: Timestamp,
    /// Seconds; the table sweeps it some time after.
    #[serde(default)]
    expires_at: i64,
}

item_conversions!(AnsweredGroupItem, AnsweredGroup { group, source, at } + from { expires_at: 0 });

impl Store {
    /// The groups of a chatbot that were answered in the last months by a pair that is there still.
    pub async fn learned(&self, chatbot: ChatbotId) -> Result<Vec<AnsweredGroup>> {
        let range = Range::prefix(keys::chatbot_partition(chatbot), keys::LEARNED);
        let mut items: Vec<AnsweredGroupItem> = self.query(range).await?;
        let key = |item: &AnsweredGroupItem| keys::source(chatbot, item.source);
        let pairs: HashSet<Key> = items.iter().map(key).collect();
        let pairs: Vec<Key> = pairs.into_iter().collect();
        let found = self.batch_get(&pairs, true).await?;
        let there = found.iter().map(key_in).collect::<Result<HashSet<Key>>>()?;
        items.retain(|item| there.contains(&key(item)));
        Ok(items.into_iter().map(Into::into).collect())
    }

    /// The answer that one of them got.
    pub async fn learned_group(
        &self,
        chatbot: ChatbotId,
        group: GroupId,
    ) -> Result<Option<AnsweredGroup>> {
        let found: Option<AnsweredGroupItem> =
            self.get(&keys::learned(chatbot, group), true).await?;
        Ok(found.map(Into::into))
    }

    /// Adds the pair that answers a group, with the mark that says so, if the group's mark is still
    /// the one that was `seen`; whether it was.
    pub async fn put_answered_group(
        &self,
        chatbot: &Chatbot,
        source: &Source,
        pair: (&QaPair, Option<&[u8]>),
        learned: &AnsweredGroup,
        seen: Option<&AnsweredGroup>,
    ) -> Result<bool> {
        let mark = mark(chatbot.id, learned, seen)?;
        self.put_qa_source_with(chatbot, source, pair, Some(mark)).await
    }

    /// Moves the mark of a group on, if it is still the one that was `seen`; whether it was.
    pub async fn move_answered_group(
        &self,
        chatbot: ChatbotId,
        learned: &AnsweredGroup,
        seen: &AnsweredGroup,
    ) -> Result<bool> {
        Ok(self.write(mark(chatbot, learned, Some(seen))?).await?.is_done())
    }
}

fn mark(
    chatbot: ChatbotId,
    learned: &AnsweredGroup,
    seen: Option<&AnsweredGroup>,
) -> Result<Write> {
    let mut item = AnsweredGroupItem::from(learned);
    item.expires_at = learned.at.plus(KEPT).seconds();
    let put = Write::put(keys::learned(chatbot, learned.group), &item)?;
    match seen {
        None => Ok(put.if_absent()),
        // The table may sweep it away meanwhile, which changes nothing.
        Some(seen) => put
            .when("attribute_not_exists(pk) OR (#source = :source AND #at = :at)")
            .name("source", "source")
            .name("at", "at")
            .value("source", seen.source)?
            .value("at", seen.at),
    }
}
