//! Settlement: once no page of a crawl is queued, its result. Duplicates leave the answering to
//! one page, the index segment is built, and the result becomes current in one conditional write.
//! Repeated, or carried out in part and repeated, it comes to the same.

use std::collections::{BTreeSet, HashMap};

use domain::{
    Error, Result, Source,
    source::{Chunk, MAX_PASSAGES, Page, PageState},
};
use knowledge::{
    Segment,
    semantic::{Vectors, pack},
};
use store::{CrawlResult, Meanings, Store};

use crate::{
    adapters::clock::SharedClock,
    crawl::live::LivePages,
    crawl::passages::{Passages, chunk_prefix, name_chunks, page_of},
    crawl::plan::{CrawlPlan, Origin, plan},
    knowledge::embeddings::Semantics,
};

/// Settles crawls. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Settlement {
    store: Store,
    live: LivePages,
    passages: Passages,
    semantics: Semantics,
    clock: SharedClock,
}

impl Settlement {
    pub fn new(store: Store, passages: Passages, semantics: Semantics, clock: SharedClock) -> Self {
        let live = LivePages::new(store.clone());
        Self { store, live, passages, semantics, clock }
    }

    /// Settles the crawl of `source`, unless a page of it is queued.
    pub async fn settle(&self, source: &Source) -> Result<()> {
        let pages = self.store.pages(source.id, source.job).await?;
        if pages.is_empty() || pages.iter().any(|page| page.state == PageState::Queued) {
            return Ok(());
        }
        let result = self.result(source, pages).await?;
        if self.store.end_crawl(source, &result, self.clock.now(), None).await? {
            tracing::info!(source = %source.id, ?result, "crawl ended");
        }
        Ok(())
    }

    async fn result(&self, source: &Source, mut pages: Vec<Page>) -> Result<CrawlResult> {
        if let Some(result) = without_index(&pages) {
            return Ok(result);
        }
        let live = self.live.pages(source).await?;
        let plan = plan(&pages, &live);
        self.settle_duplicates(&mut pages, &plan).await?;
        if plan.unchanged {
            return Ok(CrawlResult::Unchanged);
        }
        self.settle_answers(source, &mut pages, &plan, &live).await?;
        self.index(source, &pages, &plan).await
    }

    /// Builds and stores the index segment of the pages that answer.
    async fn index(
        &self,
        source: &Source,
        pages: &[Page],
        plan: &CrawlPlan,
    ) -> Result<CrawlResult> {
        let mut answering = BTreeSet::new();
        let mut words = 0;
        for (at, _) in &plan.answers {
            answering.insert(chunk_prefix(&pages[*at].url));
            words += pages[*at].words;
        }
        let mut chunks: Vec<Chunk> = self.store.chunks(source.id, source.job).await?;
        chunks.retain(|chunk| answering.contains(page_of(chunk)));
        let others = self.store.other_passages(source.chatbot_id, source.id).await?;
        if others + chunks.len() as u64 > u64::from(MAX_PASSAGES) {
            let reason = format!("a chatbot can answer from at most {MAX_PASSAGES} passages");
            return Ok(CrawlResult::Failed { reason });
        }
        knowledge::chunk::say_repeated_lines_once(&mut chunks);
        let segment = Segment::encode(&chunks).map_err(Error::internal)?;
        let vectors = self.vectors(source, pages, &chunks).await?;
        let bytes = pack(segment, vectors.as_ref()).map_err(Error::internal)?;
        Ok(CrawlResult::Ready {
            parts: self.store.put_segment(source, &bytes).await?,
            chunks: u32::try_from(chunks.len()).unwrap_or(u32::MAX),
            words,
        })
    }

    /// The vectors of `chunks`, in their order, which is that of their pages' hashes.
    async fn vectors(
        &self,
        source: &Source,
        pages: &[Page],
        chunks: &[Chunk],
    ) -> Result<Option<Vectors>> {
        if self.semantics.model().is_none() {
            return Ok(None);
        }
        let urls: HashMap<String, &str> =
            pages.iter().map(|page| (chunk_prefix(&page.url), page.url.as_str())).collect();
        let of_page: Vec<(&str, usize)> = chunks
            .chunk_by(|a, b| page_of(a) == page_of(b))
            .filter_map(|run| Some((*urls.get(page_of(run.first()?))?, run.len())))
            .collect();
        let crawl = (source.id, source.job);
        let meanings = self.store.meanings(source.id, source.job).await?;
        let vectors = self.semantics.of_segment(crawl, &of_page, &meanings);
        Ok(vectors.filter(|vectors| vectors.len() == chunks.len()))
    }

    /// A duplicate leaves the answering to the other page.
    async fn settle_duplicates(&self, pages: &mut [Page], plan: &CrawlPlan) -> Result<()> {
        for (at, of) in &plan.duplicates {
            let of = pages[*of].url.clone();
            let page = &mut pages[*at];
            if page.stored {
                self.store.delete_chunks(page).await?;
            }
            let before = page.clone();
            (page.chunks, page.words, page.stored) = (0, 0, false);
            if !matches!(page.state, PageState::Failed(_)) {
                page.state = PageState::Duplicate(of);
            }
            if *page != before {
                self.store.settle_page(page).await?;
            }
        }
        Ok(())
    }

    /// Copies the passages of unchanged pages over from the live crawl.
    async fn settle_answers(
        &self,
        source: &Source,
        pages: &mut [Page],
        plan: &CrawlPlan,
        live: &[Page],
    ) -> Result<()> {
        // Not read where there is no model that could use them.
        let meanings = match (self.semantics.model(), live.first()) {
            (Some(_), Some(page)) => self.store.meanings(source.id, page.job).await?,
            _ => Meanings::default(),
        };
        let by_url: HashMap<&str, &Page> = live.iter().map(|p| (p.url.as_str(), p)).collect();
        for (at, origin) in &plan.answers {
            let page = &mut pages[*at];
            let mut settled = page.clone();
            if matches!(page.state, PageState::Duplicate(_)) {
                settled.state = PageState::Read;
            }
            if let Origin::Live(url) = origin {
                let from = by_url.get(url.as_str()).copied();
                let from = from.ok_or_else(|| Error::internal("a copy's page is missing"))?;
                self.copy_passages(from, page).await?;
                let vectors = meanings.of(source.id, from.job, &from.url).map(Vectors::from_bytes);
                if let Some(Ok(vectors)) = vectors {
                    self.passages.keep_vectors(page, &vectors).await?;
                }
                (settled.chunks, settled.words, settled.stored) = (from.chunks, from.words, true);
            }
            if settled != *page {
                self.store.settle_page(&settled).await?;
                *page = settled;
            }
        }
        Ok(())
    }

    /// Copies the passages of `from`, a page of the live crawl, to `page`.
    async fn copy_passages(&self, from: &Page, page: &Page) -> Result<()> {
        let mut chunks = self.store.chunks_of(from.source_id, from.job, &from.url).await?;
        // Fewer if another worker has ended this crawl and the old one is being purged.
        if chunks.len() != usize::try_from(from.chunks).unwrap_or(usize::MAX) {
            return Err(Error::internal("a copy's passages are missing"));
        }
        name_chunks(&page.url, &mut chunks);
        let final_url = page.snapshot.as_ref().and_then(|snapshot| snapshot.final_url.as_ref());
        let url = final_url.unwrap_or(&page.url);
        for chunk in &mut chunks {
            let place = chunk.url.as_ref().and_then(|url| url.split_once('#'));
            let place = place.map_or_else(String::new, |(_, at)| format!("#{at}"));
            chunk.url = Some(format!("{url}{place}"));
        }
        self.store.put_chunks(page, &chunks).await
    }
}

/// The result of a crawl whose first page says all: that it failed, or that it is gone with every
/// other page.
fn without_index(pages: &[Page]) -> Option<CrawlResult> {
    let is_gone = |page: &Page| matches!(page.state, PageState::Gone(_) | PageState::LeftOut(_));
    let all_gone = pages.iter().all(is_gone);
    let first = pages.iter().find(|page| page.depth == 0)?;
    match &first.state {
        PageState::Gone(reason) if all_gone => Some(CrawlResult::Gone { reason: reason.clone() }),
        PageState::Failed(reason) => Some(CrawlResult::Failed { reason: reason.clone() }),
        _ if pages.iter().all(|page| page.chunks == 0) => {
            let others = || pages.iter().find_map(|page| page.state.reason());
            let failed = first.state.reason().or_else(others);
            let none = || "no page of the site has readable text".to_owned();
            Some(CrawlResult::Failed { reason: failed.unwrap_or_else(none) })
        }
        _ => None,
    }
}
