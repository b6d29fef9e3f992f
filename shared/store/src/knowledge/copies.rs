//! Copies of a chatbot's knowledge: the request to fill a copy, its sources, and the items of a crawl
//! that are taken over. Each step may be repeated: what it writes has the same keys every time.

use domain::{
    Chatbot, ChatbotCopy, ChatbotId, CrawlId, Result, Source, SourceId, SourceKind, Timestamp,
    WorkspaceId,
    source::{Page, QaPair},
};
use serde::{Deserialize, Serialize};

use crate::{
    keys::{self, ItemKind, Key},
    knowledge::{
        index::PointerItem,
        pages::PageItem,
        sources::{ClaimItem, MAX_SOURCES, SourceItem, with_due},
        vectors::belongs_to,
    },
    table::client::{Item, Range, Store, key_in, key_of, read},
    table::conversions::item_conversions,
    table::write::Write,
};

/// How many sources are added in one transaction: three writes each, of the hundred that one may have.
pub const COPIES_AT_ONCE: usize = 25;
/// Items of a crawl that are read before they are written again.
const ITEMS_AT_ONCE: u32 = 100;

#[derive(Serialize, Deserialize)]
pub(crate) struct ChatbotCopyItem {
    workspace_id: WorkspaceId,
    chatbot_id: ChatbotId,
    original_id: ChatbotId,
    requested_at: Timestamp,
}

item_conversions!(
    ChatbotCopyItem,
    ChatbotCopy { workspace_id, chatbot_id, original_id, requested_at }
);

/// The write that requests `copy` to be filled, beside the one that makes it. It is due at `due_at`,
/// should its message be lost.
pub(crate) fn requested(copy: &ChatbotCopy, due_at: Timestamp) -> Result<Write> {
    let key = keys::chatbot_copy(copy.chatbot_id);
    let put = Write::put(key.clone(), &ChatbotCopyItem::from(copy))?.if_absent();
    Ok(with_due(put, &key, due_at))
}

/// A source that a copy of a chatbot gets.
#[derive(Debug, Clone, PartialEq)]
pub struct CopiedSource {
    /// The source.
    pub source: Source,
    /// The pair that it is, with what it means, if it is one.
    pub pair: Option<(QaPair, Option<Vec<u8>>)>,
}

impl CopiedSource {
    fn writes(&self, due_at: Timestamp) -> Result<Vec<Write>> {
        let Self { source, pair } = self;
        let key = keys::source(source.chatbot_id, source.id);
        let put = Write::put(key.clone(), &SourceItem::from(source))?.if_absent();
        let put = if source.is_crawling() { with_due(put, &key, due_at) } else { put };
        let mut writes = vec![put];
        if let Some((pair, meaning)) = pair {
            let pointer = PointerItem::qa(source, pair, meaning.as_deref());
            writes.push(Write::put(keys::index_pointer(source.chatbot_id, source.id), &pointer)?);
        }
        if source.kind == SourceKind::Url {
            let claim = keys::source_url(source.chatbot_id, &source.name);
            writes.push(Write::put(claim, &ClaimItem { source_id: source.id })?.if_absent());
        }
        Ok(writes)
    }
}

impl Store {
    /// The request to fill `chatbot`, unless that is done.
    pub async fn chatbot_copy(&self, chatbot: ChatbotId) -> Result<Option<ChatbotCopy>> {
        let found: Option<ChatbotCopyItem> = self.get(&keys::chatbot_copy(chatbot), true).await?;
        Ok(found.map(Into::into))
    }

    /// The same, by its key, as the `due` index gives it.
    pub async fn chatbot_copy_at(&self, key: &Key) -> Result<Option<ChatbotCopy>> {
        Ok(self.get::<ChatbotCopyItem>(key, true).await?.map(Into::into))
    }

    /// Ends the request to fill `chatbot`: all its sources are there.
    pub async fn end_chatbot_copy(&self, chatbot: ChatbotId) -> Result<()> {
        self.write(Write::delete(keys::chatbot_copy(chatbot))).await.map(drop)
    }

    /// Adds `sources`, at most [`COPIES_AT_ONCE`], to `chatbot` in one transaction; those that are to be
    /// filled are due at `due_at`. `false` if one of them is there, or there is no room for all, or
    /// no such chatbot.
    pub async fn put_copied_sources(
        &self,
        chatbot: &Chatbot,
        sources: &[CopiedSource],
        due_at: Timestamp,
    ) -> Result<bool> {
        let more = u32::try_from(sources.len()).unwrap_or(u32::MAX);
        let room = Write::update(
            keys::chatbot(chatbot.workspace_id, chatbot.id),
            "ADD sources :more, index_version :one",
        )
        .value("more", more)?
        .value("one", 1)?
        .when("attribute_exists(pk) AND sources <= :room")
        .value("room", MAX_SOURCES.saturating_sub(more))?;
        let mut writes = vec![room];
        for source in sources {
            writes.extend(source.writes(due_at)?);
        }
        Ok(self.transact(writes).await?.is_done())
    }

    /// Has `source`, which is being copied, take the crawl `job` over from now on; `false` if it changed
    /// since it was read.
    pub async fn retarget_copy(&self, source: &Source, job: CrawlId) -> Result<bool> {
        let write = Write::update(
            keys::source(source.chatbot_id, source.id),
            "SET job = :job, copied_from.job = :job",
        )
        .value("job", job)?
        .name("status", "status")
        .value("old", source.job)?
        .value("status", source.status)?
        .when("job = :old AND #status = :status");
        Ok(self.write(write).await?.is_done())
    }

    /// Takes some items of the crawl `job` of `source` over into that of `copy`: those behind `after`, a
    /// sort key, in their order. The sort key of the last one, or `None` once all are there.
    pub async fn copy_some_of_crawl(
        &self,
        (source, job): (SourceId, CrawlId),
        copy: &Source,
        after: Option<String>,
    ) -> Result<Option<String>> {
        let partition = keys::crawl_partition(source, job);
        let from = after.map(|sk| key_of(&Key { pk: partition.clone(), sk }));
        let whole = Range::prefix(partition, "").limit(ITEMS_AT_ONCE);
        let (items, next) = self.query_page(&Range { sort: None, ..whole }, from).await?;
        let copied = items.into_iter().map(|item| copied_item(item, copy));
        self.batch_put(copied.collect::<Result<_>>()?).await?;
        next.map(|next| key_in(&next).map(|key| key.sk)).transpose()
    }
}

/// An item of a crawl as one of that of `copy`.
fn copied_item(mut item: Item, copy: &Source) -> Result<Item> {
    let Key { pk: _, sk } = key_in(&item)?;
    let key = Key { pk: keys::crawl_partition(copy.id, copy.job), sk };
    if key.kind() == ItemKind::Page {
        let page = Page {
            source_id: copy.id,
            chatbot_id: copy.chatbot_id,
            workspace_id: copy.workspace_id,
            job: copy.job,
            ..read::<PageItem>(item)?.into()
        };
        item = PageItem::from(&page).into_attributes()?;
    } else {
        belongs_to(&mut item, copy.chatbot_id);
    }
    item.extend(key_of(&key));
    Ok(item)
}
