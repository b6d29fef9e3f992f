//! Reads one page of a site: what is new is cut into passages and stored, what is unchanged costs
//! no more than the request, and what can't be read keeps its last good snapshot.

use domain::{
    Error, Result, Source,
    source::{MAX_LEFT_OUT, Page, PageState, Snapshot},
};
use knowledge::{FetchOutcome, FetchedPage, Fetcher, Lists, PageError, Validators, chunk};
use store::Store;
use url::Url;

use crate::{
    adapters::clock::SharedClock,
    crawl::{
        frontier::{Frontier, not_to_be_indexed},
        live::LivePages,
        passages::{Passages, Unstored, fingerprint},
        retry::{Claim, PageRetry},
        scope::{CrawlScope, Scopes},
    },
};

/// Links kept of one page at most.
const MAX_LINKS: usize = 1_000;
/// Bytes of them at most: they are one item of the table, however little they can be packed.
const MAX_LINK_BYTES: usize = 300 * 1024;

/// Pages of one crawl that were read and are still to be [ended](PageReader::end).
#[derive(Debug, Default)]
pub(super) struct ReadPages {
    pages: Vec<Page>,
    unstored: Unstored,
}

/// Reads pages. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct PageReader {
    store: Store,
    fetcher: Fetcher,
    live: LivePages,
    passages: Passages,
    retry: PageRetry,
    frontier: Frontier,
    scopes: Scopes,
    clock: SharedClock,
}

impl PageReader {
    pub fn new(
        store: Store,
        fetcher: Fetcher,
        passages: Passages,
        retry: PageRetry,
        clock: SharedClock,
    ) -> Self {
        let live = LivePages::new(store.clone());
        let frontier = Frontier::new(store.clone());
        let scopes = Scopes::new(store.clone());
        Self { store, fetcher, live, passages, retry, frontier, scopes, clock }
    }

    /// Whether `page` is to be read now; not while another message retries it.
    pub async fn claim(&self, page: &Page) -> Result<Claim> {
        self.retry.claim(page).await
    }

    /// Reads `page`, which was claimed, and ends it, unless a retry is scheduled.
    pub async fn read(&self, source: &Source, page: Page) -> Result<()> {
        let mut read = ReadPages::default();
        self.read_with(source, page, &mut read).await?;
        self.end(read).await
    }

    /// Ends pages that were read.
    pub async fn end(&self, read: ReadPages) -> Result<()> {
        self.passages.store(read.unstored).await?;
        self.store.end_pages(&read.pages).await
    }

    /// Reads `page`, which was claimed, to be ended with the others of `read`, unless a retry is
    /// scheduled. Its links are queued by then: a crawl is complete when no page is queued.
    pub async fn read_with(
        &self,
        source: &Source,
        mut page: Page,
        read: &mut ReadPages,
    ) -> Result<()> {
        if page.depth == 0 {
            self.store.crawl_started(source).await?;
        }
        let prior = self.live.page(source, &page.url).await?;
        match (self.fetch(source, &page, prior.as_ref()).await?, &prior) {
            (Ok(FetchOutcome::Page(fetched)), prior) => {
                let noindex = fetched.document.noindex;
                let unstored = &mut read.unstored;
                self.take(source, &mut page, (prior.as_ref(), *fetched), unstored).await?;
                page.state = match noindex {
                    true => PageState::LeftOut(not_to_be_indexed()),
                    false => PageState::Read,
                };
            }
            (Ok(FetchOutcome::Unchanged), Some(prior)) => {
                self.confirm(&mut page, prior, None).await?;
                let links = self.store.links(source.id, prior.job, &page.url).await?;
                self.follow(source, &page, (links, &Lists::default()), None).await?;
                page.state = match &prior.state {
                    PageState::LeftOut(reason) => PageState::LeftOut(reason.clone()),
                    _ => PageState::Read,
                };
            }
            (Ok(FetchOutcome::Unchanged), None) => {
                return Err(Error::internal("unchanged, though nothing was known"));
            }
            (Err(error), _) => {
                tracing::info!(source = %source.id, %error, "a page could not be read");
                if self.retry.schedule(source, &page, &error).await? {
                    return Ok(());
                }
                self.note_failure(source, &mut page, &error).await?;
            }
        }
        read.pages.push(page);
        Ok(())
    }

    /// Ends `page` without reading it, for `reason`; user-facing.
    pub async fn fail(&self, source: &Source, mut page: Page, reason: String) -> Result<()> {
        self.keep_prior(source, &mut page, reason).await?;
        self.store.end_page(&page).await
    }

    async fn fetch(
        &self,
        source: &Source,
        page: &Page,
        prior: Option<&Page>,
    ) -> Result<Result<FetchOutcome, PageError>> {
        let url = Url::parse(&page.url).map_err(Error::internal)?;
        let scope = self.scopes.of(source, page).await?;
        let reader = self.passages.reader();
        let known = prior.and_then(|prior| known(&reader, prior, &url));
        let crawl = source.job.to_string();
        let anywhere = page.depth == 0;
        let inside = |target: &Url| anywhere || scope.has(target);
        Ok(self.fetcher.page(&url, &crawl, known.as_ref(), &inside).await)
    }

    async fn note_failure(
        &self,
        source: &Source,
        page: &mut Page,
        error: &PageError,
    ) -> Result<()> {
        if !error.is_gone() {
            return self.keep_prior(source, page, error.to_string()).await;
        }
        page.state = PageState::Gone(error.to_string());
        match page.depth {
            // The other pages may still be there; only the server can say.
            0 => self.queue_again(source, page).await,
            _ => Ok(()),
        }
    }

    /// A failed page keeps what the live crawl found on it.
    async fn keep_prior(&self, source: &Source, page: &mut Page, reason: String) -> Result<()> {
        if let Some(prior) = self.live.page(source, &page.url).await?
            && prior.content().is_some()
        {
            page.keep(&prior);
        }
        page.state = PageState::Failed(reason);
        Ok(())
    }

    /// Takes what was read: as confirmed if it says the same as `prior`, else as new passages.
    async fn take(
        &self,
        source: &Source,
        page: &mut Page,
        (prior, fetched): (Option<&Page>, FetchedPage),
        unstored: &mut Unstored,
    ) -> Result<()> {
        let FetchedPage { url, etag, last_modified, mut document } = fetched;
        // What each page of a site has at its foot is read once.
        let mut site =
            if page.depth == 0 { std::mem::take(&mut document.site) } else { Vec::new() };
        let hash = fingerprint(&self.passages.reader(), &document, &site);
        document.blocks.append(&mut site);
        let snapshot = Snapshot {
            hash,
            etag,
            last_modified,
            final_url: Some(url.to_string()).filter(|found| *found != page.url),
            at: self.clock.now(),
        };
        let same = prior.filter(|prior| prior.content() == Some(snapshot.hash.as_str()));
        match same {
            Some(prior) => self.confirm(page, prior, Some(snapshot)).await?,
            None => {
                let chunks = chunk::chunks(&document, &url);
                self.passages.keep(page, snapshot, chunks, unstored).await?;
            }
        }
        let links = document.links.iter().map(Url::to_string).collect();
        self.follow(source, page, (links, &document.lists), same).await
    }

    /// The page is unchanged: only the time of its snapshot is written.
    async fn confirm(&self, page: &mut Page, prior: &Page, now: Option<Snapshot>) -> Result<()> {
        page.keep(prior);
        match (now, &mut page.snapshot) {
            (Some(now), snapshot) => *snapshot = Some(now),
            (None, Some(snapshot)) => snapshot.at = self.clock.now(),
            (None, None) => {}
        }
        match &page.snapshot {
            Some(snapshot) => self.store.confirm_snapshot(prior, snapshot).await,
            None => Ok(()),
        }
    }

    /// Queues the pages that `page` links to. `confirmed` is the same page of the live crawl, if
    /// that was given new validators: it has to have these links too.
    async fn follow(
        &self,
        source: &Source,
        page: &Page,
        (links, lists): (Vec<String>, &Lists),
        confirmed: Option<&Page>,
    ) -> Result<()> {
        let scope = self.scopes.of(source, page).await?;
        let mut bytes = 0;
        let mut links: Vec<String> = links
            .into_iter()
            .filter(|link| Url::parse(link).is_ok_and(|link| scope.has(&link)))
            .take(MAX_LINKS)
            .take_while(|link| {
                bytes += link.len();
                bytes <= MAX_LINK_BYTES
            })
            .collect();
        self.keep_links(page, &links, confirmed).await?;
        if page.depth == 0 {
            links.extend(self.listed(source, page, &scope, lists).await?);
        }
        self.frontier.queue(source, page, &links).await?;
        if page.depth == 0 { self.queue_again(source, page).await } else { Ok(()) }
    }

    async fn queue_again(&self, source: &Source, page: &Page) -> Result<()> {
        let again = self.live.again(source, page).await?;
        self.frontier.queue_again(source, &again).await
    }

    /// Keeps the links of a page that its server may call unchanged the next time.
    async fn keep_links(
        &self,
        page: &Page,
        links: &[String],
        confirmed: Option<&Page>,
    ) -> Result<()> {
        let has_validators =
            page.snapshot.as_ref().is_some_and(|s| s.etag.is_some() || s.last_modified.is_some());
        if has_validators {
            let page = Some(page).filter(|_| !links.is_empty());
            for page in [page, confirmed].into_iter().flatten() {
                self.store.put_links(page, links.to_vec()).await?;
            }
        }
        Ok(())
    }

    /// The pages that the site's sitemaps and feeds list.
    async fn listed(
        &self,
        source: &Source,
        page: &Page,
        scope: &CrawlScope,
        named: &Lists,
    ) -> Result<impl Iterator<Item = String>> {
        let at = page.snapshot.as_ref().and_then(|snapshot| snapshot.final_url.as_ref());
        let at = Url::parse(at.unwrap_or(&page.url)).map_err(Error::internal)?;
        let inside = |link: &Url| scope.has(link);
        let crawl = source.job.to_string();
        // Some that are left out are listed too.
        let most = usize::try_from(source.max_pages + MAX_LEFT_OUT).unwrap_or(usize::MAX);
        let listed = self.fetcher.listed(&at, &crawl, named, most, &inside).await;
        Ok(listed.into_iter().map(String::from))
    }
}

/// What the server of `url` may compare, if the snapshot of it was made by this `reader`.
fn known<'a>(reader: &str, prior: &'a Page, url: &Url) -> Option<Validators<'a>> {
    let snapshot = prior.snapshot.as_ref()?;
    snapshot.hash.strip_prefix(reader).filter(|rest| rest.starts_with('-'))?;
    let (etag, last_modified) = (snapshot.etag.as_deref(), snapshot.last_modified.as_deref());
    etag.or(last_modified)?;
    let final_url = snapshot.final_url.as_ref().and_then(|at| Url::parse(at).ok());
    Some(Validators { url: final_url.unwrap_or_else(|| url.clone()), etag, last_modified })
}
