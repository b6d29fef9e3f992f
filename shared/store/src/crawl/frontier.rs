//! The frontier of a crawl: pages that links lead to are rows, and their numbers counters of the
//! source. What a page's links cost is bounded by their number, whatever the crawl has read.

use std::collections::HashSet;

use domain::{
    Result, Source,
    source::{MAX_LEFT_OUT, Page, PageState},
};

use crate::{
    keys::{self, Key},
    knowledge::pages::{PageItem, counted},
    table::client::{Store, key_in},
};

/// Pages that are written in one transaction.
const BATCH: usize = 20;

/// What became of pages that a crawl found links to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NewPages {
    /// Part of the crawl now.
    pub added: u32,
    /// Refused, since as many are part of it as may be.
    pub refused: u32,
}

impl Store {
    /// Makes pages part of the crawl of `source` that are not yet, all queued or all left out, as
    /// long as there is room: as many as the source may have, or [`MAX_LEFT_OUT`].
    pub async fn add_pages(&self, source: &Source, pages: &[Page]) -> Result<NewPages> {
        let mut result = NewPages::default();
        let unknown = self.unknown_pages(pages).await?;
        for batch in unknown.chunks(BATCH) {
            if result.refused > 0 {
                result.refused += u32::try_from(batch.len()).unwrap_or(u32::MAX);
            } else if self.add_batch(source, batch).await?.is_some_and(|added| added) {
                result.added += u32::try_from(batch.len()).unwrap_or(u32::MAX);
            } else {
                self.add_singly(source, batch, &mut result).await?;
            }
        }
        Ok(result)
    }

    /// Another worker has added one of them, or there is no room for all.
    async fn add_singly(
        &self,
        source: &Source,
        batch: &[&Page],
        result: &mut NewPages,
    ) -> Result<()> {
        for (at, page) in batch.iter().enumerate() {
            match self.add_batch(source, &[page]).await? {
                Some(true) => result.added += 1,
                Some(false) => {}
                None => {
                    result.refused += u32::try_from(batch.len() - at).unwrap_or(u32::MAX);
                    break;
                }
            }
        }
        Ok(())
    }

    /// Adds pages and counts them in the same transaction, so that the bound holds and the crawl's
    /// end is seen however many pages are read at once. `Some(false)` if one is there already,
    /// `None` if there is no room.
    async fn add_batch(&self, source: &Source, batch: &[&Page]) -> Result<Option<bool>> {
        let Some(first) = batch.first() else { return Ok(Some(true)) };
        let number = u32::try_from(batch.len()).unwrap_or(u32::MAX);
        let queued = first.state == PageState::Queued;
        let (expression, counter, most) = match queued {
            true => ("ADD pages :n, queued :n", "pages", source.max_pages),
            false => ("ADD pages_left_out :n", "pages_left_out", MAX_LEFT_OUT),
        };
        let Some(room) = most.checked_sub(number) else { return Ok(None) };
        // What was never counted is 0.
        let has_room = format!("(attribute_not_exists({counter}) OR {counter} <= :room)");
        let count = counted(first, expression)?
            .value("n", number)?
            .value("room", room)?
            .when(format!("attribute_exists(pk) AND job = :job AND {has_room}"));
        let mut writes = vec![count];
        for page in batch {
            writes.push(PageItem::queued(page)?);
        }
        let outcome = self.transact(writes).await?;
        if outcome.is_done() {
            return Ok(Some(true));
        }
        let is_there = (1..=batch.len()).any(|at| outcome.refused(at));
        Ok(if outcome.refused(0) && !is_there { None } else { Some(false) })
    }

    /// Those of `pages` that are not part of their crawl, each once. What a moment ago became part
    /// of it may be among them.
    async fn unknown_pages<'p>(&self, pages: &'p [Page]) -> Result<Vec<&'p Page>> {
        let mut seen = HashSet::new();
        let key = |page: &Page| keys::page(page.source_id, page.job, &page.url);
        let mut wanted: Vec<(Key, &Page)> = Vec::with_capacity(pages.len());
        for page in pages {
            if seen.insert(page.url.as_str()) {
                wanted.push((key(page), page));
            }
        }
        let mut known = HashSet::new();
        for chunk in wanted.chunks(100) {
            let keys: Vec<Key> = chunk.iter().map(|(key, _)| key.clone()).collect();
            for item in self.batch_get(&keys, false).await? {
                known.insert(key_in(&item)?.sk);
            }
        }
        wanted.retain(|(key, _)| !known.contains(&key.sk));
        Ok(wanted.into_iter().map(|(_, page)| page).collect())
    }
}
