//! Knowledge sources: added, copied, read, deleted. Their crawls are in [`crate::crawl`].

use domain::{
    Chatbot, ChatbotId, CopiedFrom, CrawlId, Error, ErrorKind, Result, Source, SourceFile,
    SourceId, SourceKind, SourceStatus, SyncFrequency, Timestamp, WorkspaceId,
    source::{FORMER_PAGES, Page, QaPair, crawl_time},
};
use serde::{Deserialize, Serialize};

use crate::{
    erasures::target::PurgeTarget,
    erasures::tombstones::bury,
    keys::{self, Key},
    knowledge::index::PointerItem,
    knowledge::pages::PageItem,
    table::client::{Range, Store},
    table::conversions::item_conversions,
    table::write::Write,
};

/// How many sources one chatbot may have.
pub const MAX_SOURCES: u32 = 1_000;

#[derive(Serialize, Deserialize)]
pub(crate) struct SourceItem {
    id: SourceId,
    chatbot_id: ChatbotId,
    workspace_id: WorkspaceId,
    kind: SourceKind,
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    file: Option<SourceFile>,
    status: SourceStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    sync: SyncFrequency,
    job: CrawlId,
    #[serde(rename = "active_job", default, skip_serializing_if = "Option::is_none")]
    live_crawl: Option<CrawlId>,
    chunk_count: u32,
    word_count: u32,
    created_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    synced_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    copied_from: Option<CopiedFrom>,
    #[serde(default = "former_pages")]
    max_pages: u32,
    /// Pages of the crawl under way; guards their bound.
    #[serde(default)]
    pages: u32,
    /// Those of them that are queued; the crawl is complete at 0. A crawl that was begun before
    /// they were counted has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    queued: Option<u32>,
    #[serde(default)]
    pages_read: u32,
    #[serde(default)]
    pages_failed: u32,
    #[serde(default)]
    pages_left_out: u32,
}

fn former_pages() -> u32 {
    FORMER_PAGES
}

#[derive(Serialize, Deserialize)]
pub(crate) struct ClaimItem {
    pub source_id: SourceId,
}

item_conversions!(
    SourceItem,
    Source {
        id,
        chatbot_id,
        workspace_id,
        kind,
        name,
        file,
        status,
        reason,
        sync,
        job,
        live_crawl,
        chunk_count,
        word_count,
        created_at,
        synced_at,
        copied_from,
        max_pages,
        pages,
        queued,
        pages_read,
        pages_failed,
        pages_left_out,
    }
);

/// What became of a source that was to be added.
#[derive(Debug, Clone, PartialEq)]
pub enum NewSource {
    /// It is there now.
    Added,
    /// Another source of the chatbot has that URL.
    Claimed(SourceId),
}

fn one_more_source(chatbot: &Chatbot) -> Result<Write> {
    Write::update(
        keys::chatbot(chatbot.workspace_id, chatbot.id),
        "ADD sources :one, index_version :one",
    )
    .value("one", 1)?
    .when("attribute_exists(pk) AND sources < :most")
    .value("most", MAX_SOURCES)
}

fn refused_by_chatbot() -> Error {
    Error::new(ErrorKind::Conflict, format!("a chatbot can have at most {MAX_SOURCES} sources"))
}

pub(crate) fn with_due(write: Write, key: &Key, at: Timestamp) -> Write {
    write.with("due_pk", keys::due_partition_of(key)).with("due_at", at.to_string())
}

impl Store {
    /// Adds a URL source with the first page of its first crawl, and claims the URL. Of several
    /// at once one gets the URL; the others learn whose it is.
    pub async fn put_url_source(
        &self,
        chatbot: &Chatbot,
        source: &Source,
        page: &Page,
    ) -> Result<NewSource> {
        let key = keys::source(source.chatbot_id, source.id);
        let claim = keys::source_url(source.chatbot_id, &source.name);
        let put = Write::put(key.clone(), &SourceItem::from(source))?.if_absent();
        let writes = vec![
            Write::put(claim.clone(), &ClaimItem { source_id: source.id })?.if_absent(),
            with_due(put, &key, source.created_at.plus(crawl_time(source.max_pages))),
            PageItem::queued(page)?,
            one_more_source(chatbot)?,
        ];
        let outcome = self.transact(writes).await?;
        if outcome.is_done() {
            return Ok(NewSource::Added);
        }
        if let Some(ClaimItem { source_id }) = self.get(&claim, true).await? {
            return Ok(NewSource::Claimed(source_id));
        }
        if outcome.refused(3) { Err(refused_by_chatbot()) } else { Err(try_again()) }
    }

    /// Adds a file source with its one page, which waits to be read.
    pub async fn put_file_source(
        &self,
        chatbot: &Chatbot,
        source: &Source,
        page: &Page,
    ) -> Result<()> {
        let key = keys::source(source.chatbot_id, source.id);
        let put = Write::put(key.clone(), &SourceItem::from(source))?.if_absent();
        let writes = vec![
            with_due(put, &key, source.created_at.plus(crawl_time(source.max_pages))),
            PageItem::queued(page)?,
            one_more_source(chatbot)?,
        ];
        match self.transact(writes).await?.is_done() {
            true => Ok(()),
            false => Err(refused_by_chatbot()),
        }
    }

    /// Adds a Q&A pair with what it means, if that is known. It answers from the same write on.
    pub async fn put_qa_source(
        &self,
        chatbot: &Chatbot,
        source: &Source,
        pair: &QaPair,
        meaning: Option<&[u8]>,
    ) -> Result<()> {
        self.put_qa_source_with(chatbot, source, (pair, meaning), None).await.map(drop)
    }

    /// The same together with another write; `false` if that one was refused.
    pub(crate) async fn put_qa_source_with(
        &self,
        chatbot: &Chatbot,
        source: &Source,
        (pair, meaning): (&QaPair, Option<&[u8]>),
        beside: Option<Write>,
    ) -> Result<bool> {
        let pointer = PointerItem::qa(source, pair, meaning);
        let mut writes = vec![
            Write::put(keys::source(source.chatbot_id, source.id), &SourceItem::from(source))?
                .if_absent(),
            Write::put(keys::index_pointer(source.chatbot_id, source.id), &pointer)?,
            one_more_source(chatbot)?,
        ];
        let place = writes.len();
        writes.extend(beside);
        let outcome = self.transact(writes).await?;
        match outcome.is_done() {
            true => Ok(true),
            false if outcome.refused(place) => Ok(false),
            false => Err(refused_by_chatbot()),
        }
    }

    /// A source of `chatbot`.
    pub async fn source(&self, chatbot: ChatbotId, id: SourceId) -> Result<Option<Source>> {
        let found: Option<SourceItem> = self.get(&keys::source(chatbot, id), true).await?;
        Ok(found.map(Into::into))
    }

    /// A source by its key, as the `due` index gives it.
    pub async fn source_at(&self, key: &Key) -> Result<Option<Source>> {
        Ok(self.get::<SourceItem>(key, true).await?.map(Into::into))
    }

    /// A chatbot's sources, newest first.
    pub async fn sources(&self, chatbot: ChatbotId) -> Result<Vec<Source>> {
        let range = Range::prefix(keys::chatbot_partition(chatbot), keys::SOURCE).backwards();
        let items: Vec<SourceItem> = self.query(range).await?;
        Ok(items.into_iter().map(Into::into).collect())
    }

    /// The newest `limit` sources of a chatbot, newest first; they may be a moment behind.
    pub async fn newest_sources(&self, chatbot: ChatbotId, limit: u32) -> Result<Vec<Source>> {
        let range = Range::prefix(keys::chatbot_partition(chatbot), keys::SOURCE).backwards();
        let range = Range { consistent: false, ..range.limit(limit) };
        let items: Vec<SourceItem> = self.query(range).await?;
        Ok(items.into_iter().map(Into::into).collect())
    }

    /// Deletes a source; whether there was one. What it knew stops answering with the same write;
    /// its pages and passages follow behind the stream.
    pub async fn delete_source(&self, source: &Source, now: Timestamp) -> Result<bool> {
        let mut writes = vec![
            Write::delete(keys::source(source.chatbot_id, source.id)).if_present(),
            Write::delete(keys::index_pointer(source.chatbot_id, source.id)),
            Write::update(
                keys::chatbot(source.workspace_id, source.chatbot_id),
                "ADD index_version :one, sources :less",
            )
            .value("one", 1)?
            .value("less", -1)?
            .if_present(),
        ];
        if source.kind == SourceKind::Url {
            writes.push(Write::delete(keys::source_url(source.chatbot_id, &source.name)));
        }
        let (id, chatbot) = (source.id, source.chatbot_id);
        let crawls = [Some(source.job), source.live_crawl.filter(|live| *live != source.job)];
        let crawls = crawls.into_iter().flatten().filter(|_| source.kind != SourceKind::Qa);
        let mut targets: Vec<_> = crawls.map(|job| PurgeTarget::Crawl { id, job }).collect();
        if source.kind == SourceKind::File {
            targets.push(PurgeTarget::File { chatbot, id });
        }
        for target in targets {
            writes.push(bury(target, chatbot, now)?);
        }
        Ok(self.transact(writes).await?.is_done())
    }
}

fn try_again() -> Error {
    Error::new(ErrorKind::Conflict, "the chatbot was changed at the same time; try again")
}
