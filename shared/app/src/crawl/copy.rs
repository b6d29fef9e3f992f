//! Copies of knowledge: the sources of a chatbot are taken over by its copy, without fetching a page
//! again. The request to fill a copy is a row that is written with it; its message adds the sources, and
//! the insert of each of those leads to a message of its own, which copies the items of a crawl in
//! slices of time.
//!
//! Keys are derived from the copy and what is copied, so each step may be repeated, and two workers on
//! the same source write the same items. Both rows are due until they are done: a copy whose message is
//! lost, or whose worker died, is resumed by the ticker, and fails for good after [`MAX_COPY_TIME`].

use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

use domain::{
    ChatbotCopy, ChatbotId, CopiedFrom, CrawlId, Error, Result, Source, SourceId, SourceKind,
    SourceStatus, WorkspaceId,
    source::{COPY_LEASE, Page},
};
use serde::{Deserialize, Serialize};
use store::{COPIES_AT_ONCE, CopiedSource, CrawlResult, IndexEntry, IndexPointer, PurgeTarget};

use crate::{
    App,
    adapters::files::Files,
    crawl::job::CrawlPage,
    work_queue::{Job, JobQueue, WorkQueue},
};

/// A copy that has come to no end in this time never will.
pub const MAX_COPY_TIME: Duration = Duration::from_secs(24 * 60 * 60);
/// A message works for this long, then hands the rest to another one.
const SLICE: Duration = Duration::from_secs(20);

/// Fill a copy of a chatbot, or one source of it. It shares the queue of pages, whose worker may write what
/// crawls write and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CopyKnowledge {
    /// The tenant.
    pub workspace_id: WorkspaceId,
    /// The copy.
    pub chatbot_id: ChatbotId,
    /// What of it.
    pub copy: CopyTask,
}

/// What is to be copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CopyTask {
    /// The sources of the original are to be added.
    Sources,
    /// One of them is to be filled.
    #[serde(rename_all = "camelCase")]
    Source {
        /// The source of the copy.
        source_id: SourceId,
        /// How far an earlier message has come with which crawl, if it ran out of time.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        resumed: Option<(CrawlId, String)>,
    },
}

impl CopyKnowledge {
    /// Add the sources of `copy`.
    pub fn of(copy: &ChatbotCopy) -> Self {
        let ChatbotCopy { workspace_id, chatbot_id, .. } = *copy;
        Self { workspace_id, chatbot_id, copy: CopyTask::Sources }
    }

    /// Fill `source`.
    pub fn of_source(source: &Source) -> Self {
        let Source { workspace_id, chatbot_id, id: source_id, .. } = *source;
        Self { workspace_id, chatbot_id, copy: CopyTask::Source { source_id, resumed: None } }
    }
}

impl Job for CopyKnowledge {
    type Worker = KnowledgeCopier;
    const QUEUE: WorkQueue = CrawlPage::QUEUE;
    const VERSION: u8 = 1;

    fn group(&self) -> Option<String> {
        Some(self.workspace_id.to_string())
    }

    async fn run(self, worker: &KnowledgeCopier) -> Result<()> {
        match &self.copy {
            CopyTask::Sources => worker.add_sources(&self).await,
            CopyTask::Source { source_id, resumed } => {
                worker.fill(&self, *source_id, resumed.clone()).await
            }
        }
    }
}

/// Fills copies of chatbots.
#[derive(Debug, Clone)]
pub struct KnowledgeCopier {
    app: App,
    files: Files,
    queue: JobQueue<CopyKnowledge>,
}

impl KnowledgeCopier {
    /// Copying over `app` and `files`; what is left over goes through `queue`.
    pub fn new(app: App, files: Files, queue: JobQueue<CopyKnowledge>) -> Self {
        Self { app, files, queue }
    }

    /// Adds the sources that the copy does not have yet. Pairs answer from then on; each other one has a
    /// message of its own, by its insert.
    async fn add_sources(&self, job: &CopyKnowledge) -> Result<()> {
        let store = &self.app.store;
        let Some(copy) = store.chatbot_copy(job.chatbot_id).await? else { return Ok(()) };
        // Where the copy was deleted, the request is cleared away with it.
        let found = store.chatbot(copy.workspace_id, copy.chatbot_id).await?;
        let Some(chatbot) = found else { return Ok(()) };
        let (sources, pointers, there) = tokio::try_join!(
            store.sources(copy.original_id),
            store.index_pointers(copy.original_id),
            store.sources(copy.chatbot_id)
        )?;
        let there: HashSet<SourceId> = there.into_iter().map(|source| source.id).collect();
        let mut pointers: HashMap<SourceId, IndexPointer> =
            pointers.into_iter().map(|pointer| (pointer.source_id, pointer)).collect();
        let missing: Vec<CopiedSource> = sources
            .iter()
            .filter_map(|source| copied(source, pointers.remove(&source.id), &copy))
            .filter(|copied| !there.contains(&copied.source.id))
            .collect();
        let due_at = self.app.now().plus(COPY_LEASE);
        for some in missing.chunks(COPIES_AT_ONCE) {
            if store.put_copied_sources(&chatbot, some, due_at).await? {
                continue;
            }
            // The owner gave the copy the URL of one, or others that leave no room for all.
            for one in some {
                if !store.put_copied_sources(&chatbot, std::slice::from_ref(one), due_at).await? {
                    tracing::info!(source = %one.source.id, "a source has no place in the copy");
                }
            }
        }
        store.end_chatbot_copy(copy.chatbot_id).await
    }

    /// Fills a source of a copy, from where an earlier message had to stop.
    async fn fill(
        &self,
        job: &CopyKnowledge,
        id: SourceId,
        resumed: Option<(CrawlId, String)>,
    ) -> Result<()> {
        let store = &self.app.store;
        let Some(mut source) = store.source(job.chatbot_id, id).await? else { return Ok(()) };
        let Some(from) = source.copying_from().cloned() else { return Ok(()) };
        let Some((crawl, parts, chunks)) = self.answers_from(&from).await? else {
            return self.crawl(&source, &from).await;
        };
        let taken_over = CrawlId::copied(crawl, id);
        if source.job != taken_over {
            // The original was crawled again since. What was copied of the crawl before it is of no use.
            if !store.retarget_copy(&source, taken_over).await? {
                return Err(Error::internal("the source of a copy was changed at the same time"));
            }
            source.job = taken_over;
        }
        let begun = Instant::now();
        let mut after = resumed.filter(|(of, _)| *of == crawl).map(|(_, after)| after);
        loop {
            after = store.copy_some_of_crawl((from.source_id, crawl), &source, after).await?;
            let Some(reached) = &after else { break };
            if begun.elapsed() > SLICE {
                let resumed = Some((crawl, reached.clone()));
                let copy = CopyTask::Source { source_id: id, resumed };
                return self
                    .queue
                    .send(&CopyKnowledge { copy, ..job.clone() }, Duration::ZERO)
                    .await;
            }
        }
        // A crawl is cleared away once another one answers: if it still does, nothing was missing.
        if self.answers_from(&from).await?.is_none_or(|(now, ..)| now != crawl) {
            return self.queue.send(&CopyKnowledge::of_source(&source), Duration::ZERO).await;
        }
        let original = store.source(from.chatbot_id, from.source_id).await?;
        if let Some(original) = original.as_ref().filter(|_| source.kind == SourceKind::File) {
            self.app.copy_file(original, &source, &self.files).await?;
        }
        let words = original.map_or(0, |original| original.word_count);
        self.end(&source, &CrawlResult::Ready { parts, chunks, words }).await
    }

    /// The crawl that the original answers from, with the parts of its segment and its passages.
    async fn answers_from(&self, from: &CopiedFrom) -> Result<Option<(CrawlId, u32, u32)>> {
        let pointer = self.app.store.index_pointer(from.chatbot_id, from.source_id).await?;
        Ok(pointer.and_then(|pointer| match pointer.entry {
            IndexEntry::Segment { parts, chunks } => Some((pointer.job, parts, chunks)),
            IndexEntry::Qa(_) => None,
        }))
    }

    /// The original has nothing to answer with: the copy reads its pages or its file on its own.
    async fn crawl(&self, source: &Source, from: &CopiedFrom) -> Result<()> {
        let original = Source { id: from.source_id, chatbot_id: from.chatbot_id, ..source.clone() };
        if source.kind == SourceKind::File
            && !self.app.copy_file(&original, source, &self.files).await?
        {
            let reason = "the file of the original was not there".to_owned();
            return self.end(source, &CrawlResult::Failed { reason }).await;
        }
        let page = Page::first(source, CrawlId::new());
        self.app
            .store
            .begin_crawl(source, (&page, source.max_pages), self.app.now(), None)
            .await
            .map(drop)
    }

    async fn end(&self, source: &Source, result: &CrawlResult) -> Result<()> {
        let store = &self.app.store;
        if store.end_crawl(source, result, self.app.now(), None).await? {
            return Ok(());
        }
        // Another worker was faster, or the copy was deleted meanwhile, perhaps before all of this was
        // written.
        if store.source(source.chatbot_id, source.id).await?.is_none() {
            let target = PurgeTarget::Crawl { id: source.id, job: source.job };
            while !store.purge_some(&target).await? {}
        }
        Ok(())
    }
}

/// What `copy` gets for `source`, which answers from `pointer`; `None` for a pair that is being deleted.
fn copied(
    source: &Source,
    pointer: Option<IndexPointer>,
    copy: &ChatbotCopy,
) -> Option<CopiedSource> {
    let filled = source.copy_for(copy, pointer.as_ref().map(|pointer| pointer.job));
    if source.kind != SourceKind::Qa {
        return Some(CopiedSource { source: filled, pair: None });
    }
    let IndexPointer { entry: IndexEntry::Qa(pair), meaning, .. } = pointer? else { return None };
    let source = Source {
        status: SourceStatus::Ready,
        live_crawl: Some(filled.job),
        chunk_count: source.chunk_count,
        word_count: source.word_count,
        synced_at: Some(copy.requested_at),
        ..filled
    };
    Some(CopiedSource { source, pair: Some((pair, meaning)) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::work_queue;

    fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(n: u8) -> T {
        format!("0197a000-0000-7000-8000-{n:012}").parse().unwrap()
    }

    /// Messages outlive a deployment, so these bodies are what they always were.
    #[test]
    fn payloads_are_what_is_on_the_queue() {
        let uuid = |n: u8| format!("0197a000-0000-7000-8000-{n:012}");
        let (one, two, three, four) = (uuid(1), uuid(2), uuid(3), uuid(4));
        let head = format!(r#"{{"v":1,"workspaceId":"{one}","chatbotId":"{two}","copy":"#);
        let source = |resumed| CopyTask::Source { source_id: id(3), resumed };
        for (copy, rest) in [
            (CopyTask::Sources, r#""sources""#.to_owned()),
            (source(None), format!(r#"{{"source":{{"sourceId":"{three}"}}}}"#)),
            (
                source(Some((id(4), "PAGE#a".to_owned()))),
                format!(r#"{{"source":{{"sourceId":"{three}","resumed":["{four}","PAGE#a"]}}}}"#),
            ),
        ] {
            let job = CopyKnowledge { workspace_id: id(1), chatbot_id: id(2), copy };
            assert_eq!(work_queue::encode(&job).unwrap(), format!("{head}{rest}}}"));
            assert_eq!(
                work_queue::decode::<CopyKnowledge>(&format!("{head}{rest}}}")).unwrap(),
                job
            );
        }
    }
}
