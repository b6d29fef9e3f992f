//! Pages of a crawl with what was found on them. A page's insert is its job: the stream carries
//! it to the crawl queue, so that a page can't be stored without being crawled or the other way.

use domain::{
    ChatbotId, CrawlId, Error, Result, Source, SourceId, WorkspaceId,
    source::{Chunk, ChunkKind, Page, PageState, Retry, Snapshot},
};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use crate::{
    keys,
    table::client::{Item, Range, Store, key_in, key_of, read},
    table::conversions::item_conversions,
    table::write::Write,
};

/// Largest part of a segment: an item has 400 KB, and keys and names need some.
pub(crate) const PART_BYTES: usize = 380 * 1024;

#[derive(Serialize, Deserialize)]
pub(crate) struct PageItem {
    source_id: SourceId,
    chatbot_id: ChatbotId,
    workspace_id: WorkspaceId,
    job: CrawlId,
    url: String,
    depth: u8,
    state: PageState,
    chunks: u32,
    words: u32,
    #[serde(rename = "copy", default, skip_serializing_if = "Option::is_none")]
    snapshot: Option<Snapshot>,
    #[serde(default)]
    stored: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retry: Option<Retry>,
}

/// Where a page leads, for the day that its server says that it has not changed.
#[derive(Serialize, Deserialize)]
struct LinksItem {
    #[serde(with = "crate::table::compressed::list")]
    links: Vec<String>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ChunkItem {
    id: String,
    content: String,
    headings: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    title: String,
    tokens: u32,
    #[serde(default, skip_serializing_if = "ChunkKind::is_text")]
    kind: ChunkKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    language: Option<String>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct PartItem {
    bytes: ByteBuf,
}

impl PartItem {
    pub fn of(bytes: &[u8]) -> Self {
        Self { bytes: ByteBuf::from(bytes) }
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes.into_vec()
    }
}

item_conversions!(
    PageItem,
    Page {
        source_id,
        chatbot_id,
        workspace_id,
        job,
        url,
        depth,
        state,
        chunks,
        words,
        snapshot,
        stored,
        retry,
    }
);

item_conversions!(ChunkItem, Chunk { id, content, headings, url, title, tokens, kind, language });

impl PageItem {
    /// As it is stored.
    pub fn into_attributes(self) -> Result<Item> {
        serde_dynamo::to_item(self).map_err(Error::internal)
    }

    /// The write that queues `page`, or lists that it is left out.
    pub fn queued(page: &Page) -> Result<Write> {
        debug_assert!(
            matches!(page.state, PageState::Queued | PageState::LeftOut(_)),
            "a page begins queued or left out"
        );
        let key = keys::page(page.source_id, page.job, &page.url);
        Ok(Write::put(key, &Self::from(page))?.if_absent())
    }
}

/// The write of what became of `page`.
fn outcome(page: &Page, condition: &str) -> Result<Write> {
    let Page { state, chunks, words, snapshot, stored, .. } = page;
    let (set, remove) = match snapshot {
        Some(_) => (", #copy = :copy", ""),
        None => ("", ", #copy"),
    };
    let mut write = Write::update(
        keys::page(page.source_id, page.job, &page.url),
        format!(
            "SET #state = :state, chunks = :chunks, words = :words, #stored = :stored{set} \
             REMOVE #retry, readings, batch_begun{remove}"
        ),
    )
    .name("retry", "retry")
    .name("state", "state")
    .name("stored", "stored")
    .value("state", state)?
    .value("chunks", chunks)?
    .value("words", words)?
    .value("stored", stored)?
    .when(condition);
    write = write.name("copy", "copy");
    if let Some(snapshot) = snapshot {
        write = write.value("copy", snapshot)?;
    }
    Ok(write)
}

/// The write that ends `page`, which must be queued.
pub(crate) fn end(page: &Page) -> Result<Write> {
    outcome(page, "attribute_exists(pk) AND #was = :queued")?
        .name("was", "state")
        .value("queued", &PageState::Queued)
}

/// The counter of the source that has `page` in it once that has ended.
pub(crate) fn counted_as(page: &Page) -> &'static str {
    match page.state {
        PageState::Failed(_) | PageState::Gone(_) => "pages_failed",
        PageState::LeftOut(_) => "pages_left_out",
        _ => "pages_read",
    }
}

/// An update of the counters of the crawl that `page` belongs to; they are in its source's item.
pub(crate) fn counted(page: &Page, expression: impl Into<String>) -> Result<Write> {
    Write::update(keys::source(page.chatbot_id, page.source_id), expression).value("job", page.job)
}

#[derive(Deserialize)]
struct ReadingItem {
    #[serde(default)]
    readings: u32,
    #[serde(flatten)]
    page: PageItem,
}

/// An update of how many readings of the queued page at `url` have begun.
fn reading((source, job): (SourceId, CrawlId), url: &str, by: i8) -> Result<Write> {
    Write::update(keys::page(source, job, url), "ADD readings :by")
        .name("state", "state")
        .value("by", by)?
        .when("attribute_exists(pk) AND #state = :queued")
        .value("queued", &PageState::Queued)
}

impl Store {
    /// A page of a crawl.
    pub async fn page(&self, source: SourceId, job: CrawlId, url: &str) -> Result<Option<Page>> {
        let found: Option<PageItem> = self.get(&keys::page(source, job, url), true).await?;
        Ok(found.map(Into::into))
    }

    /// All pages of a crawl.
    pub async fn pages(&self, source: SourceId, job: CrawlId) -> Result<Vec<Page>> {
        let range = Range::prefix(keys::crawl_partition(source, job), keys::PAGE);
        let items: Vec<PageItem> = self.query(range).await?;
        Ok(items.into_iter().map(Into::into).collect())
    }

    /// Ends a page that is queued: writes down what became of it, and counts one queued page less
    /// in the same transaction. Repeated it does nothing.
    pub async fn end_page(&self, page: &Page) -> Result<()> {
        let as_what = counted_as(page);
        let count = counted(page, format!("ADD queued :less, {as_what} :one"))?
            .value("one", 1)?
            .value("less", -1)?
            .value("none", 0)?
            .when("job = :job AND queued > :none");
        let outcome = self.transact(vec![end(page)?, count]).await?;
        if outcome.refused(1) && !outcome.refused(0) {
            // The crawl was begun before queued pages were counted, or it has been superseded.
            self.write(end(page)?).await?;
        }
        Ok(())
    }

    /// Counts a reading of a page before it begins, and gives the page with how many have begun and not
    /// come to an end; `None` if it is not queued. One that a reader fails on without being able to say
    /// so is seen by that.
    pub async fn begin_reading(
        &self,
        (source, job): (SourceId, CrawlId),
        url: &str,
    ) -> Result<Option<(Page, u32)>> {
        let begun = self.update_returning_new(reading((source, job), url, 1)?).await?;
        Ok(begun.map(|ReadingItem { readings, page }| (page.into(), readings)))
    }

    /// Takes back that a reading began, which ended with an error that may pass.
    pub async fn abandon_reading(&self, page: &Page) -> Result<()> {
        self.write(reading((page.source_id, page.job), &page.url, -1)?).await.map(drop)
    }

    /// Writes down when a queued page is retried, unless another worker has since it was read;
    /// whether it did. Its readings so far have come to an end.
    pub async fn retry_page(&self, page: &Page, retry: &Retry) -> Result<bool> {
        self.set_retry(page, retry, "SET #retry = :retry REMOVE readings").await
    }

    /// Writes down that the retry of a queued page is claimed, as [`Store::retry_page`] does, while its
    /// reading is counted.
    pub async fn claim_retry(&self, page: &Page, retry: &Retry) -> Result<bool> {
        self.set_retry(page, retry, "SET #retry = :retry").await
    }

    async fn set_retry(&self, page: &Page, retry: &Retry, expression: &str) -> Result<bool> {
        let key = keys::page(page.source_id, page.job, &page.url);
        let waits = "attribute_exists(pk) AND #state = :queued";
        let write = Write::update(key, expression)
            .name("retry", "retry")
            .name("state", "state")
            .value("retry", retry)?
            .value("queued", &PageState::Queued)?;
        let write = match &page.retry {
            None => write.when(format!("{waits} AND attribute_not_exists(#retry)")),
            Some(seen) => write
                .name("at", "at")
                .value("seen", seen.at)?
                .when(format!("{waits} AND #retry.#at = :seen")),
        };
        Ok(self.write(write).await?.is_done())
    }

    /// Writes down what became of a page that had come out, once all of its crawl have.
    pub async fn settle_page(&self, page: &Page) -> Result<()> {
        self.write(outcome(page, "attribute_exists(pk)")?).await.map(drop)
    }

    /// Writes down that the server has confirmed the snapshot of a page of the live crawl.
    pub async fn confirm_snapshot(&self, page: &Page, snapshot: &Snapshot) -> Result<()> {
        let write =
            Write::update(keys::page(page.source_id, page.job, &page.url), "SET #copy = :copy")
                .name("copy", "copy")
                .value("copy", snapshot)?
                .if_present();
        self.write(write).await.map(drop)
    }

    /// Keeps where a page leads.
    pub async fn put_links(&self, page: &Page, links: Vec<String>) -> Result<()> {
        let key = keys::links(page.source_id, page.job, &page.url);
        self.write(Write::put(key, &LinksItem { links })?).await.map(drop)
    }

    /// Where a page led when it was last read.
    pub async fn links(&self, source: SourceId, job: CrawlId, url: &str) -> Result<Vec<String>> {
        let found: Option<LinksItem> = self.get(&keys::links(source, job, url), true).await?;
        Ok(found.map(|found| found.links).unwrap_or_default())
    }

    /// Removes the passages of a page from its crawl.
    pub async fn delete_chunks(&self, page: &Page) -> Result<()> {
        let first = keys::chunk(page.source_id, page.job, &page.url, 0);
        let prefix = first.sk.trim_end_matches("00000");
        let items = self.query_items(Range::prefix(first.pk.clone(), prefix)).await?;
        let doomed = items.iter().map(key_in).collect::<Result<Vec<_>>>()?;
        self.batch_delete(&doomed).await
    }

    /// Stores the passages of a page, as [`Store::put_chunks_of`] does for several.
    pub async fn put_chunks(&self, page: &Page, chunks: &[Chunk]) -> Result<()> {
        self.put_chunks_of([(page, chunks)]).await
    }

    /// Stores the passages of pages, many in a call. Written again they are the same items, so that a
    /// call that is carried out in part is repeated.
    pub async fn put_chunks_of(
        &self,
        pages: impl IntoIterator<Item = (&Page, &[Chunk])>,
    ) -> Result<()> {
        let mut items = Vec::new();
        for (page, chunks) in pages {
            for (place, chunk) in chunks.iter().enumerate() {
                let mut item: Item =
                    serde_dynamo::to_item(ChunkItem::from(chunk)).map_err(Error::internal)?;
                item.extend(key_of(&keys::chunk(page.source_id, page.job, &page.url, place)));
                items.push(item);
            }
        }
        self.batch_put(items).await
    }

    /// The passages of one page, in order.
    pub async fn chunks_of(&self, source: SourceId, job: CrawlId, url: &str) -> Result<Vec<Chunk>> {
        let first = keys::chunk(source, job, url, 0);
        let prefix = first.sk.trim_end_matches("00000");
        let items: Vec<ChunkItem> = self.query(Range::prefix(first.pk.clone(), prefix)).await?;
        Ok(items.into_iter().map(Into::into).collect())
    }

    /// All passages of a crawl, in page order.
    pub async fn chunks(&self, source: SourceId, job: CrawlId) -> Result<Vec<Chunk>> {
        let range = Range::prefix(keys::crawl_partition(source, job), keys::CHUNK);
        let items: Vec<ChunkItem> = self.query(range).await?;
        Ok(items.into_iter().map(Into::into).collect())
    }

    /// The first `most` passages of a crawl, in page order.
    pub async fn first_chunks(
        &self,
        source: SourceId,
        job: CrawlId,
        most: u32,
    ) -> Result<Vec<Chunk>> {
        let range = Range::prefix(keys::crawl_partition(source, job), keys::CHUNK);
        let found = self.query_items(range.limit(most)).await?;
        found.into_iter().map(|item| read::<ChunkItem>(item).map(Into::into)).collect()
    }

    /// Stores the index segment of a crawl; into how many parts.
    pub async fn put_segment(&self, source: &Source, bytes: &[u8]) -> Result<u32> {
        let mut parts = 0;
        for (place, part) in bytes.chunks(PART_BYTES).enumerate() {
            let key = keys::segment_part(source.id, source.job, place);
            self.write(Write::put(key, &PartItem::of(part))?).await?;
            parts += 1;
        }
        Ok(parts)
    }

    /// The segment of a crawl, or `None` if not all of its `parts` are there.
    pub async fn segment(
        &self,
        source: SourceId,
        job: CrawlId,
        parts: u32,
    ) -> Result<Option<Vec<u8>>> {
        let range = Range::prefix(keys::crawl_partition(source, job), keys::SEGMENT);
        let items: Vec<PartItem> = self.query(range).await?;
        if items.len() < usize::try_from(parts).unwrap_or(usize::MAX) {
            return Ok(None);
        }
        Ok(Some(items.into_iter().flat_map(PartItem::into_bytes).collect()))
    }
}
