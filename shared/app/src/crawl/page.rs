//! Reading one page of a crawl: what is new is cut into passages and stored, what is as it was
//! costs no more than the asking, and what can't be read keeps its last good copy.

use domain::{
    Error, Result, Source, Timestamp,
    source::{Chunk, MAX_DEPTH, MAX_PAGES, Page, PageCopy, PageState},
};
use knowledge::{Document, Known, Reading, chunk, fetch, semantic::Vectors, text};
use store::keys::sha256;
use url::Url;

use crate::{
    crawl::scope::Scope,
    crawl::{Crawl, name_chunks, queued},
};

/// Part of every hash. Raised when pages are to be read and cut anew, whatever their servers say.
const READER: &str = "2";
/// Links kept of one page at the most; a source has room for fewer pages.
const MAX_LINKS: usize = 4 * MAX_PAGES as usize;

impl Crawl {
    pub(crate) async fn read_page(&self, source: &Source, mut page: Page) -> Result<()> {
        if !self.take_retry(&mut page).await? {
            return Ok(());
        }
        let url = Url::parse(&page.url).map_err(Error::internal)?;
        let first = match page.depth {
            0 => None,
            _ => self.store.page(source.id, source.job, &source.name).await?,
        };
        let scope = Scope::of(source, first.as_ref())?;
        if page.depth == 0 {
            self.store.crawl_started(source).await?;
        }
        let prior = self.prior(source, &page.url).await?;
        let reader = self.reader();
        let known = prior.as_ref().and_then(|prior| known(&reader, prior, &url));
        let crawl = source.job.to_string();
        let anywhere = page.depth == 0;
        let inside = |target: &Url| anywhere || scope.has(target);
        match (self.fetcher.page(&url, &crawl, known.as_ref(), &inside).await, &prior) {
            (Ok(Reading::Page(read)), prior) => {
                self.take(source, &mut page, prior.as_ref(), *read).await?;
                page.state = PageState::Read;
            }
            (Ok(Reading::Unchanged), Some(prior)) => {
                self.confirm(&mut page, prior, None).await?;
                let links = self.store.links(source.id, prior.job, &page.url).await?;
                self.follow(source, &page, links, None).await?;
                page.state = PageState::Read;
            }
            (Ok(Reading::Unchanged), None) => {
                return Err(Error::internal("unchanged, though nothing was known"));
            }
            (Err(error), _) => {
                tracing::info!(source = %source.id, %error, "a page could not be read");
                if self.try_again(&page, &error).await? {
                    return Ok(());
                }
                if error.is_gone() {
                    page.state = PageState::Gone(error.to_string());
                } else {
                    self.fail_page(source, &mut page, error.to_string()).await?;
                }
                if page.depth == 0 && error.is_gone() {
                    // The other pages may be where they were; only the server can say.
                    self.queue_known(source, &page).await?;
                }
            }
        }
        self.store.end_page(&page).await
    }

    /// What was found on a page by the crawl that answers now stays good while it can't be read.
    pub(crate) async fn fail_page(
        &self,
        source: &Source,
        page: &mut Page,
        reason: String,
    ) -> Result<()> {
        if let Some(prior) = self.prior(source, &page.url).await?
            && prior.content().is_some()
        {
            page.keep(&prior);
        }
        page.state = PageState::Failed(reason);
        Ok(())
    }

    /// What read the pages whose hashes begin with it: another embedding model reads them anew.
    pub(crate) fn reader(&self) -> String {
        match self.semantics.model() {
            Some(model) => format!("{READER}.{}", &sha256(model)[..8]),
            None => READER.to_owned(),
        }
    }

    async fn take(
        &self,
        source: &Source,
        page: &mut Page,
        prior: Option<&Page>,
        read: fetch::Page,
    ) -> Result<()> {
        let fetch::Page { url, etag, last_modified, document } = read;
        let copy = PageCopy {
            hash: fingerprint(&self.reader(), &document),
            etag,
            last_modified,
            found_at: Some(url.to_string()).filter(|found| *found != page.url),
            at: Timestamp::now(),
        };
        let same = prior.filter(|prior| prior.content() == Some(copy.hash.as_str()));
        match same {
            Some(prior) => self.confirm(page, prior, Some(copy)).await?,
            None => {
                let chunks = chunk::chunks(&document, &url);
                self.keep_passages(page, copy, chunks).await?;
            }
        }
        let links = document.links.iter().map(Url::to_string).collect();
        // Links before the page's own end: a crawl is complete when no page waits.
        self.follow(source, page, links, same).await
    }

    /// Keeps what was cut from a page, and what that means.
    pub(crate) async fn keep_passages(
        &self,
        page: &mut Page,
        copy: PageCopy,
        mut chunks: Vec<Chunk>,
    ) -> Result<()> {
        name_chunks(&page.url, &mut chunks);
        page.chunks = u32::try_from(chunks.len()).unwrap_or(u32::MAX);
        page.words = chunks.iter().map(|c| text::word_count(&c.content)).sum();
        page.copy = Some(copy);
        page.stored = true;
        let meaning = self.semantics.of_passages(&chunks).await?;
        self.store.put_chunks(page, &chunks).await?;
        if let Some(meaning) = meaning {
            self.keep_meaning(page, &meaning).await?;
        }
        Ok(())
    }

    /// Keeps what a page's passages mean beside them, and in them where the table searches those.
    pub(crate) async fn keep_meaning(&self, page: &Page, vectors: &Vectors) -> Result<()> {
        let bytes = vectors.to_bytes().map_err(Error::internal)?;
        self.store.put_meaning(page, &bytes).await?;
        if self.semantics.fits_table(vectors.dimensions()) {
            let numbers: Vec<_> = vectors.numbers().collect();
            self.store.put_vectors(page, &numbers).await?;
        }
        Ok(())
    }

    /// The page says what it said before: nothing is cut or stored, but that it was looked at.
    async fn confirm(&self, page: &mut Page, prior: &Page, now: Option<PageCopy>) -> Result<()> {
        page.keep(prior);
        match (now, &mut page.copy) {
            (Some(now), copy) => *copy = Some(now),
            (None, Some(copy)) => copy.at = Timestamp::now(),
            (None, None) => {}
        }
        match &page.copy {
            Some(copy) => self.store.confirm_copy(prior, copy).await,
            None => Ok(()),
        }
    }

    /// Queues where a page leads. `confirmed` is the same page of the crawl that answers now, if
    /// that was given new validators: what they stand for has to have these links too.
    async fn follow(
        &self,
        source: &Source,
        page: &Page,
        links: Vec<String>,
        confirmed: Option<&Page>,
    ) -> Result<()> {
        if page.depth >= MAX_DEPTH {
            return Ok(());
        }
        let first = match page.depth {
            0 => None,
            _ => self.store.page(source.id, source.job, &source.name).await?,
        };
        let scope = Scope::of(source, Some(first.as_ref().unwrap_or(page)))?;
        let inside = |link: &Url| scope.has(link);
        let mut links: Vec<String> = links
            .into_iter()
            .filter(|link| Url::parse(link).is_ok_and(|link| inside(&link)))
            .take(MAX_LINKS)
            .collect();
        let may_be_unchanged =
            page.copy.as_ref().is_some_and(|c| c.etag.is_some() || c.last_modified.is_some());
        if may_be_unchanged {
            for page in [Some(page).filter(|_| !links.is_empty()), confirmed].into_iter().flatten()
            {
                self.store.put_links(page, links.clone()).await?;
            }
        }
        if page.depth == 0 {
            let at = page.copy.as_ref().and_then(|copy| copy.found_at.as_ref());
            let at = Url::parse(at.unwrap_or(&page.url)).map_err(Error::internal)?;
            let most = MAX_PAGES as usize;
            let crawl = source.job.to_string();
            let listed = self.fetcher.listed(&at, &crawl, most, &inside).await;
            links.extend(listed.into_iter().map(String::from));
        }
        let next: Vec<Page> = links.iter().map(|link| queued(page, link, page.depth + 1)).collect();
        let added = self.store.queue_pages(&next).await?;
        if added.left_out > 0 {
            tracing::info!(source = %source.id, left_out = added.left_out, "source is full");
        }
        if page.depth == 0 { self.queue_known(source, page).await } else { Ok(()) }
    }
}

/// What the server of `url` may compare, if the copy of it can be gone on with.
fn known<'a>(reader: &str, prior: &'a Page, url: &Url) -> Option<Known<'a>> {
    let copy = prior.copy.as_ref()?;
    copy.hash.strip_prefix(reader).filter(|rest| rest.starts_with('-'))?;
    let (etag, last_modified) = (copy.etag.as_deref(), copy.last_modified.as_deref());
    etag.or(last_modified)?;
    let found_at = copy.found_at.as_ref().and_then(|at| Url::parse(at).ok());
    Some(Known { url: found_at.unwrap_or_else(|| url.clone()), etag, last_modified })
}

/// What a page says, and nothing of what is around it.
pub(crate) fn fingerprint(reader: &str, document: &Document) -> String {
    let mut said = document.title.clone();
    for block in &document.blocks {
        for part in block.headings.iter().chain([&block.text]) {
            said.push('\n');
            said.push_str(part);
        }
    }
    format!("{reader}-{}", sha256(&said))
}

#[cfg(test)]
mod tests {
    use knowledge::Block;

    use super::*;

    #[test]
    fn a_fingerprint_is_of_what_is_said_and_not_of_where_it_leads() {
        let block = |text: &str| Block { headings: vec!["H".to_owned()], text: text.to_owned() };
        let document = |text: &str, link: &str| Document {
            title: "T".to_owned(),
            blocks: vec![block(text)],
            links: vec![Url::parse(link).unwrap()],
        };
        let of = |text, link| fingerprint("7", &document(text, link));
        let one = of("a", "https://example.com/1");
        assert_eq!(one, of("a", "https://example.com/2"));
        assert_ne!(one, of("b", "https://example.com/1"));
        assert!(one.starts_with("7-"));
    }
}
