//! Knowledge sources: added, listed, read, crawled again, deleted. The crawl itself is in
//! [`crate::crawl`].

use std::collections::HashMap;

use domain::{
    Chatbot, ChatbotId, CrawlId, Error, Result, Source, SourceId, SourceKind, SyncFrequency,
    Timestamp, WorkspaceId, bounds,
    source::{Chunk, ChunkKind, MAX_PAGES, Page, PageState, QaPair},
    wire,
};
use knowledge::{text, tokens};
use outbound::Policy;
use store::{IndexEntry, NewSource};

use crate::App;

/// Passages read for one answer at most.
const MAX_CHUNKS: u32 = 5_000;
/// Bytes that the text of passages takes in an answer at most, with what is around each.
const MAX_TEXT: usize = 5_500_000;
/// Bytes around a passage in an answer at most.
const AROUND: usize = 200;

/// The first of `chunks` that fit an answer; at least one.
fn fitting(mut chunks: Vec<Chunk>) -> Vec<Chunk> {
    let mut left = MAX_TEXT;
    let size = |chunk: &Chunk| AROUND + wire::answered(&chunk.content);
    let fits = chunks.iter().position(|chunk| match left.checked_sub(size(chunk)) {
        Some(rest) => {
            left = rest;
            false
        }
        None => true,
    });
    let most = usize::try_from(MAX_CHUNKS).unwrap_or(usize::MAX);
    chunks.truncate(fits.unwrap_or(chunks.len()).clamp(1, most));
    chunks
}

/// A URL source to add, its bounds checked.
#[derive(Debug, Clone)]
pub struct NewUrlSource {
    /// Normal form, without a fragment.
    pub url: String,
    /// How often it is to be crawled by itself.
    pub sync: SyncFrequency,
}

impl NewUrlSource {
    /// Checks the bounds; refuses an address that `policy` would not connect to anyway.
    pub fn new(url: Option<&str>, sync: Option<&str>, policy: Policy) -> Result<Self> {
        let url = bounds::web_url("url", bounds::required("url", url)?)?;
        if let Some(why) = policy.refuses(&url) {
            return Err(Error::field("url", why));
        }
        let sync = sync.map_or(Ok(SyncFrequency::Manual), str::parse)?;
        Ok(Self { url: url.into(), sync })
    }
}

/// The source that `pair` is in.
pub(crate) fn qa_source(chatbot: &Chatbot, pair: &QaPair, now: Timestamp) -> Source {
    let words = text::word_count(&pair.question) + text::word_count(&pair.answer);
    Source::of_pair(chatbot, pair, words, now)
}

impl App {
    /// Adds a URL source, to be crawled at once. A URL that the chatbot has already stays the
    /// source it is.
    pub async fn add_url(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
        new: NewUrlSource,
    ) -> Result<Source> {
        let chatbot = self.chatbot(workspace, chatbot).await?;
        self.add_url_source(&chatbot, &new.url, new.sync).await
    }

    pub(crate) async fn add_url_source(
        &self,
        chatbot: &Chatbot,
        url: &str,
        sync: SyncFrequency,
    ) -> Result<Source> {
        let kind = SourceKind::Url;
        let max_pages = self.crawl_pages(chatbot.workspace_id).await?;
        let new = Source::queued(chatbot, kind, url.to_owned(), sync, self.now());
        let source = Source { max_pages, ..new };
        let page = Page::first(&source, source.job);
        match self.store.put_url_source(chatbot, &source, &page).await? {
            NewSource::Added => Ok(source),
            NewSource::Claimed(there) => self.source(chatbot.id, there).await,
        }
    }

    /// Adds a Q&A pair. It answers from the same write on.
    pub async fn add_qa(
        &self,
        workspace: WorkspaceId,
        chatbot: ChatbotId,
        pair: QaPair,
    ) -> Result<SourceId> {
        let chatbot = self.chatbot(workspace, chatbot).await?;
        let source = qa_source(&chatbot, &pair, self.now());
        let meaning = self.semantics.of_pair(&pair).await;
        self.store.put_qa_source(&chatbot, &source, &pair, meaning.as_deref()).await?;
        Ok(source.id)
    }

    /// A chatbot's sources, newest first.
    pub async fn sources(&self, chatbot: ChatbotId) -> Result<Vec<Source>> {
        self.store.sources(chatbot).await
    }

    /// Those of them that are sites or files, newest first.
    pub async fn read_sources(&self, chatbot: ChatbotId) -> Result<Vec<Source>> {
        let mut sources = self.store.sources(chatbot).await?;
        sources.retain(|source| source.kind != SourceKind::Qa);
        Ok(sources)
    }

    /// A source of `chatbot`.
    pub async fn source(&self, chatbot: ChatbotId, id: SourceId) -> Result<Source> {
        self.store.source(chatbot, id).await?.ok_or_else(|| Error::not_found("source"))
    }

    /// A source with the passages that answer now, from number `offset` on: as many as fit an
    /// answer, and the number of the next one if there are more. What most of its pages repeat is in
    /// one of them only, as it is in the index; a passage of nothing else has no place here, though it
    /// has a number.
    pub async fn source_with_chunks(
        &self,
        chatbot: ChatbotId,
        id: SourceId,
        offset: u32,
    ) -> Result<(Source, Vec<Chunk>, Option<u32>)> {
        let source = self.source(chatbot, id).await?;
        let chunks = match (source.kind, source.live_crawl) {
            (SourceKind::Url | SourceKind::File, Some(job)) => {
                let most = offset.saturating_add(MAX_CHUNKS).saturating_add(1);
                let mut chunks = self.store.first_chunks(id, job, most).await?;
                knowledge::chunk::say_repeated_lines_once(&mut chunks);
                chunks.split_off(usize::try_from(offset).unwrap_or(usize::MAX).min(chunks.len()))
            }
            (SourceKind::Url | SourceKind::File, None) => Vec::new(),
            (SourceKind::Qa, _) => {
                let pointer = self.store.index_pointer(chatbot, id).await?;
                let pair = pointer.and_then(|pointer| match pointer.entry {
                    IndexEntry::Qa(pair) => Some(pair),
                    IndexEntry::Segment { .. } => None,
                });
                pair.map(|QaPair { question, answer, .. }| Chunk {
                    id: id.to_string(),
                    tokens: tokens::count(&answer),
                    content: answer,
                    headings: Vec::new(),
                    url: None,
                    title: question,
                    kind: ChunkKind::Pair,
                    language: None,
                })
                .into_iter()
                .collect()
            }
        };
        let found = chunks.len();
        let mut shown = fitting(chunks);
        let next = u32::try_from(shown.len()).ok().filter(|_| shown.len() < found);
        shown.retain(|chunk| !chunk.content.trim().is_empty());
        Ok((source, shown, next.map(|shown| offset.saturating_add(shown))))
    }

    /// The pages of a source, as the crawl under way or the last one has them: those nearest to its
    /// own address first. A queued page shows its last good snapshot.
    pub async fn source_pages(&self, chatbot: ChatbotId, id: SourceId) -> Result<Vec<Page>> {
        let source = self.source(chatbot, id).await?;
        if source.kind == SourceKind::Qa {
            return Ok(Vec::new());
        }
        let mut pages = self.store.pages(id, source.job).await?;
        if let Some(active) = source.live_crawl.filter(|active| *active != source.job)
            && pages.iter().any(|page| page.state == PageState::Queued)
        {
            let known = self.store.pages(id, active).await?;
            let known: HashMap<&str, &Page> = known.iter().map(|p| (p.url.as_str(), p)).collect();
            for page in pages.iter_mut().filter(|page| page.state == PageState::Queued) {
                let prior = known.get(page.url.as_str());
                page.snapshot = prior.and_then(|prior| prior.snapshot.clone());
            }
        }
        pages.sort_by(|a, b| (a.depth, &a.url).cmp(&(b.depth, &b.url)));
        Ok(pages)
    }

    /// Crawls a URL source again. While a crawl is under way, asking again changes nothing.
    pub async fn recrawl(&self, chatbot: ChatbotId, id: SourceId) -> Result<Source> {
        let source = self.source(chatbot, id).await?;
        if source.kind != SourceKind::Url {
            return Err(Error::field("sourceId", "must be a URL source to be crawled again"));
        }
        self.begin_crawl(&source, None).await?;
        Ok(source)
    }

    /// Begins a crawl unless one is under way; whether it was begun. `seen` is when a ticker found
    /// it due.
    pub(crate) async fn begin_crawl(&self, source: &Source, seen: Option<&str>) -> Result<bool> {
        if source.is_crawling() {
            return Ok(false);
        }
        let page = Page::first(source, CrawlId::new());
        let max_pages = self.crawl_pages(source.workspace_id).await?;
        self.store.begin_crawl(source, (&page, max_pages), self.now(), seen).await
    }

    /// How many pages a crawl of a source of `workspace` may read, by its plan.
    async fn crawl_pages(&self, workspace: WorkspaceId) -> Result<u32> {
        let found = self.store.workspace(workspace).await?;
        let plan = found.ok_or_else(|| Error::not_found("workspace"))?.plan;
        Ok(self.plans.of(plan).crawl_pages.unwrap_or(MAX_PAGES).min(MAX_PAGES))
    }

    /// Deletes a source; it stops answering at once.
    pub async fn delete_source(&self, chatbot: ChatbotId, id: SourceId) -> Result<()> {
        let source = self.source(chatbot, id).await?;
        match self.store.delete_source(&source, self.now()).await? {
            true => Ok(()),
            false => Err(Error::not_found("source")),
        }
    }
}
