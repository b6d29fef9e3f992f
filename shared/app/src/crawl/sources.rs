//! The sources of crawls that are under way, each read at most once in a while: a page needs of its source
//! what does not change during a crawl.

use std::time::Duration;

use cache::ByteCache;
use domain::{ChatbotId, CrawlId, Result, Source, SourceId, SourceKind};
use store::Store;
use tokio::time::Instant;

/// How long a source that was read is taken to be crawled still: so late a worker sees that its crawl was
/// superseded or called off. What it writes until then is conditional, or is purged again.
const FRESH: Duration = Duration::from_secs(2);
/// Bytes of all that are remembered.
const MAX_BYTES: usize = 512 * 1024;

/// Reads sources. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Sources {
    store: Store,
    seen: ByteCache<SourceId, (Source, Instant)>,
}

impl Sources {
    pub fn new(store: Store) -> Self {
        // A website has few texts beside its address.
        let bytes = |_: &SourceId, (source, _): &(Source, Instant)| {
            size_of::<Source>() + 2 * source.name.len()
        };
        Self { store, seen: ByteCache::new(MAX_BYTES, bytes) }
    }

    /// The source of a chatbot, if its crawl `job` is under way.
    pub async fn of(
        &self,
        (chatbot, source, job): (ChatbotId, SourceId, CrawlId),
    ) -> Result<Option<Source>> {
        let is_ours = |source: &Source| {
            source.chatbot_id == chatbot && source.job == job && source.is_crawling()
        };
        if let Some((seen, at)) = self.seen.get(&source)
            && is_ours(&seen)
            && at.elapsed() < FRESH
        {
            return Ok(Some(seen));
        }
        let source = self.store.source(chatbot, source).await?.filter(is_ours);
        if let Some(source) = &source {
            self.saw(source);
        }
        Ok(source)
    }

    /// `source` as it is now; `None` if it was deleted.
    pub async fn now(&self, source: &Source) -> Result<Option<Source>> {
        let now = self.store.source(source.chatbot_id, source.id).await?;
        if let Some(now) = &now {
            self.saw(now);
        }
        Ok(now)
    }

    fn saw(&self, source: &Source) {
        if source.kind == SourceKind::Url {
            self.seen.insert(source.id, (source.clone(), Instant::now()));
        }
    }
}
