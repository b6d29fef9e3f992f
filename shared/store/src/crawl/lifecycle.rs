//! The crawl of a source from its first page to its result. Each step is one conditional write, so
//! that a step that is repeated, or belongs to a superseded crawl, changes nothing.

use domain::{
    Result, Source, SourceFile, SourceStatus, Timestamp,
    source::{Page, crawl_time},
};

use crate::{
    keys,
    knowledge::{index::PointerItem, pages::PageItem},
    table::client::Store,
    table::write::Write,
};

/// What a crawl came to.
#[derive(Debug, Clone, PartialEq)]
pub enum CrawlResult {
    /// Its segment has been written in `parts` parts and shall answer from now on.
    Ready {
        /// Parts of the segment.
        parts: u32,
        /// Passages in it.
        chunks: u32,
        /// Words in them.
        words: u32,
    },
    /// Every page says what it said before: the live crawl stays live, and nothing is written or
    /// loaded again.
    Unchanged,
    /// Nothing new; what answered before still does.
    Failed {
        /// Why; user-facing.
        reason: String,
    },
    /// The source's own page is confirmed not to be there: nothing of it answers any more.
    Gone {
        /// Why; user-facing.
        reason: String,
    },
}

impl Store {
    /// Begins another crawl of `source` with `page`, of at most `max_pages` pages, unless one is under
    /// way or was begun since the source was read; whether it was begun. A ticker begins it only while
    /// the source is due as it was `seen` to be.
    pub async fn begin_crawl(
        &self,
        source: &Source,
        (page, max_pages): (&Page, u32),
        now: Timestamp,
        seen: Option<&str>,
    ) -> Result<bool> {
        let begin = begun_source(source, (page, max_pages), (now, seen), "")?;
        Ok(self.transact(vec![begin, PageItem::queued(page)?]).await?.is_done())
    }

    /// Begins the crawl that reads `file`, a new version of the file of `source`, whose page has its
    /// name; whether it was begun, as for [`Store::begin_crawl`].
    pub async fn begin_file(
        &self,
        source: &Source,
        page: &Page,
        file: &SourceFile,
        now: Timestamp,
    ) -> Result<bool> {
        let also = ", #name = :name, #file = :file";
        let begin = begun_source(source, (page, source.max_pages), (now, None), also)?
            .name("name", "name")
            .value("name", &page.url)?
            .name("file", "file")
            .value("file", file)?;
        Ok(self.transact(vec![begin, PageItem::queued(page)?]).await?.is_done())
    }

    /// A crawl has fetched its first page.
    pub async fn crawl_started(&self, source: &Source) -> Result<()> {
        let write =
            Write::update(keys::source(source.chatbot_id, source.id), "SET #status = :processing")
                .name("status", "status")
                .value("processing", SourceStatus::Processing)?
                .when("attribute_exists(pk) AND job = :job AND #status = :pending")
                .value("job", source.job)?
                .value("pending", SourceStatus::Pending)?;
        self.write(write).await.map(drop)
    }

    /// Ends the crawl `source.job`, in one conditional transaction of up to three writes: the
    /// source's new state with when it is next due, the pointer to what answers, and the chatbot's
    /// index version. `false` if that crawl had ended before, or its source is gone. A ticker ends
    /// it only while the source is due as it was `seen` to be.
    pub async fn end_crawl(
        &self,
        source: &Source,
        result: &CrawlResult,
        now: Timestamp,
        seen: Option<&str>,
    ) -> Result<bool> {
        let next_sync = source.sync.period().map(|period| now.plus(period));
        let mut writes = vec![ended_source(source, result, (now, next_sync), seen)?];
        writes.extend(pointer(source, result)?);
        writes.extend(next_index_version(source, result)?);
        Ok(self.transact(writes).await?.is_done())
    }
}

/// A source whose crawl begins with `page`; `also` is set beside what every crawl sets.
fn begun_source(
    source: &Source,
    (page, max_pages): (&Page, u32),
    (now, seen): (Timestamp, Option<&str>),
    also: &str,
) -> Result<Write> {
    let key = keys::source(source.chatbot_id, source.id);
    let set = format!(
        "SET #status = :pending, job = :job, max_pages = :max, pages = :one, queued = :one, \
         pages_read = :none, pages_failed = :none, pages_left_out = :none, due_pk = :due_pk, \
         due_at = :due_at{also} REMOVE reason"
    );
    let begin = Write::update(key.clone(), set)
        .value("max", max_pages)?
        .value("none", 0)?
        .value("one", 1)?
        .name("status", "status")
        .value("pending", SourceStatus::Pending)?
        .value("job", page.job)?
        .value("due_pk", keys::due_partition_of(&key))?
        .value("due_at", now.plus(crawl_time(max_pages)).to_string())?
        .when(when_seen("attribute_exists(pk) AND job = :old AND #status = :was", seen))
        .value("old", source.job)?
        .value("was", source.status)?;
    with_seen(begin, seen)
}

/// What a result changes of its source: what is set, what is removed.
fn changes(result: &CrawlResult) -> (&'static str, &'static str) {
    match result {
        CrawlResult::Ready { .. } => (
            "#status = :status, active_job = :job, chunk_count = :chunks, word_count = :words, \
             synced_at = :now",
            "reason",
        ),
        CrawlResult::Unchanged => ("#status = :status, synced_at = :now", "reason"),
        CrawlResult::Failed { .. } => ("#status = :status, reason = :reason", ""),
        CrawlResult::Gone { .. } => (
            "#status = :status, reason = :reason, chunk_count = :zero, word_count = :zero",
            "active_job",
        ),
    }
}

/// The values of [`changes`].
fn with_values(write: Write, result: &CrawlResult, now: Timestamp) -> Result<Write> {
    match result {
        CrawlResult::Ready { parts: _, chunks, words } => write
            .value("status", SourceStatus::Ready)?
            .value("chunks", chunks)?
            .value("words", words)?
            .value("now", now),
        CrawlResult::Unchanged => write.value("status", SourceStatus::Ready)?.value("now", now),
        CrawlResult::Failed { reason } => {
            write.value("status", SourceStatus::Failed)?.value("reason", reason)
        }
        CrawlResult::Gone { reason } => {
            write.value("status", SourceStatus::Failed)?.value("reason", reason)?.value("zero", 0)
        }
    }
}

/// The first write: the source, whose crawl must be under way, and when it is next due.
fn ended_source(
    source: &Source,
    result: &CrawlResult,
    (now, next_sync): (Timestamp, Option<Timestamp>),
    seen: Option<&str>,
) -> Result<Write> {
    let key = keys::source(source.chatbot_id, source.id);
    let (set, remove) = changes(result);
    let expression = match (next_sync, remove) {
        (Some(_), "") => format!("SET {set}, due_pk = :due_pk, due_at = :due_at"),
        (Some(_), _) => format!("SET {set}, due_pk = :due_pk, due_at = :due_at REMOVE {remove}"),
        (None, "") => format!("SET {set} REMOVE due_pk, due_at"),
        (None, _) => format!("SET {set} REMOVE due_pk, due_at, {remove}"),
    };
    let under_way = "attribute_exists(pk) AND job = :job AND #status IN (:pending, :processing)";
    let mut write = Write::update(key.clone(), expression)
        .name("status", "status")
        .value("job", source.job)?
        .value("pending", SourceStatus::Pending)?
        .value("processing", SourceStatus::Processing)?
        .when(when_seen(under_way, seen));
    if let Some(next) = next_sync {
        write = write
            .value("due_pk", keys::due_partition_of(&key))?
            .value("due_at", next.to_string())?;
    }
    with_seen(with_values(write, result, now)?, seen)
}

/// The second write: what answers from now on, if that changes.
fn pointer(source: &Source, result: &CrawlResult) -> Result<Option<Write>> {
    let key = keys::index_pointer(source.chatbot_id, source.id);
    Ok(match result {
        CrawlResult::Ready { parts, chunks, words: _ } => {
            Some(Write::put(key, &PointerItem::pages(source, *parts, *chunks))?)
        }
        CrawlResult::Gone { .. } => Some(Write::delete(key)),
        CrawlResult::Failed { .. } | CrawlResult::Unchanged => None,
    })
}

/// The third write: another index version for the chatbot, if what answers changes.
fn next_index_version(source: &Source, result: &CrawlResult) -> Result<Option<Write>> {
    if matches!(result, CrawlResult::Failed { .. } | CrawlResult::Unchanged) {
        return Ok(None);
    }
    let key = keys::chatbot(source.workspace_id, source.chatbot_id);
    let next = Write::update(key, "ADD index_version :one").value("one", 1)?;
    Ok(Some(next.if_present()))
}

fn when_seen(condition: &str, seen: Option<&str>) -> String {
    match seen {
        Some(_) => format!("{condition} AND due_at = :seen"),
        None => condition.to_owned(),
    }
}

fn with_seen(write: Write, seen: Option<&str>) -> Result<Write> {
    match seen {
        Some(seen) => write.value("seen", seen),
        None => Ok(write),
    }
}
