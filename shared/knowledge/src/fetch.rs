//! One page from the web: robots.txt first, then the page, within bounds, whatever its character
//! set, and only if it has changed since it was last read.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::bounds::URL_LENGTH;
use outbound::{Client, CookieJar, FetchLimits, Fetched, Hop, OutboundError, Policy};
use url::Url;

use crate::{
    extract::{self, Document, ExtractError, Lists},
    file, links,
    office::OfficeError,
    pdf::PdfError,
    robots::{Robots, RobotsCache},
    sitemap,
};

/// How the crawler calls itself to servers.
pub const AGENT: &str = "ColloquyBot/1.0";
const ACCEPT: &str = "text/html,application/xhtml+xml,text/plain;q=0.8,text/markdown;q=0.8,application/pdf;q=0.7,*/*;q=0.1";

/// Bounds on a page.
pub const PAGE: FetchLimits =
    FetchLimits { time: Duration::from_secs(20), bytes: 5 * 1024 * 1024, redirects: 5 };
/// Crawls whose cookies are remembered at most.
const MAX_JARS: usize = 64;
/// A page with more text than this, in characters, is read though it sends its readers on.
const STUB: usize = 400;

/// Where sitemaps are that no robots.txt names, beside `/sitemap.xml`: of plug-ins of WordPress, and
/// of WordPress itself.
const SITEMAPS: &[&str] = &["/sitemap_index.xml", "/wp-sitemap.xml"];

/// Bytes of a validator (`ETag`, `Last-Modified`) that is kept.
const MAX_VALIDATOR: usize = 1_024;
/// Characters of a media type.
const MAX_TYPE: usize = 100;

/// Why a page could not be read. The text is kept with the source, for its owner.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum PageError {
    /// robots.txt says no.
    #[error("robots.txt of the site does not allow it")]
    Disallowed,
    /// robots.txt could not be read, which means no.
    #[error("robots.txt of the site could not be read: {0}")]
    Robots(Box<PageError>),
    /// It was read and is no robots.txt.
    #[error("it can't be understood")]
    NoRules,
    /// The server confirms that it is not there.
    #[error("the server answered {0}")]
    Gone(u16),
    /// It redirects to where the source does not reach.
    #[error("it redirects to {0}, which is not part of the source")]
    Outside(String),
    /// It redirects to an address that is too long to keep.
    #[error("it redirects to an address of more than {URL_LENGTH} characters")]
    LongAddress,
    /// The server can't answer for the time being, which it may have said how long it is.
    #[error("the server answered {0}")]
    Busy(u16, Option<Duration>),
    /// The server answered something else than a page.
    #[error("the server answered {0}")]
    Status(u16),
    /// Not a type that can be read.
    #[error("the content type {0} can't be read")]
    ContentType(String),
    /// No answer.
    #[error("{0}")]
    Outbound(#[from] OutboundError),
    /// An answer without text.
    #[error("{0}")]
    Extract(#[from] ExtractError),
    /// A PDF file without text.
    #[error("{0}")]
    Pdf(#[from] PdfError),
    /// A file of an office program without text.
    #[error("{0}")]
    Office(#[from] OfficeError),
}

impl PageError {
    /// Whether the page is confirmed not to be there, so that its old copy must go too.
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Gone(_))
    }

    /// If the same page may be read in a while: the least time that its server asks for, zero if it
    /// asks for none.
    pub fn passes(&self) -> Option<Duration> {
        match self {
            Self::Busy(_, wait) => Some(wait.unwrap_or_default()),
            Self::Outbound(OutboundError::TimedOut(_) | OutboundError::Lost(_)) => {
                Some(Duration::ZERO)
            }
            Self::Robots(why) => why.passes(),
            _ => None,
        }
    }

    /// What an answer means that is not the page.
    pub(crate) fn of(answer: &Fetched) -> Self {
        match answer.status {
            status @ (404 | 410) => Self::Gone(status),
            status @ (429 | 500..=599) => Self::Busy(status, answer.retry_after),
            status => Self::Status(status),
        }
    }
}

/// A page that was read.
#[derive(Debug, Clone)]
pub struct FetchedPage {
    /// Where it was in the end.
    pub url: Url,
    /// Its `ETag`, as sent.
    pub etag: Option<String>,
    /// Its `Last-Modified`, as sent.
    pub last_modified: Option<String>,
    /// What it says. Without blocks, it only leads to other pages, or asks not to be in an index.
    pub document: Document,
}

/// What a page was when it was last read, for its server to compare.
#[derive(Debug, Clone)]
pub struct Validators<'a> {
    /// Where it was in the end.
    pub url: Url,
    /// Its `ETag`.
    pub etag: Option<&'a str>,
    /// Its `Last-Modified`.
    pub last_modified: Option<&'a str>,
}

/// What came of asking for a page.
#[derive(Debug, Clone)]
pub enum FetchOutcome {
    /// The page.
    Page(Box<FetchedPage>),
    /// It is as it was known (304).
    Unchanged,
}

/// Reads pages. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Fetcher {
    client: Client,
    robots: RobotsCache,
    /// The cookies of crawls that are under way in this process.
    cookies: Arc<Mutex<HashMap<String, CookieJar>>>,
}

impl Fetcher {
    /// A fetcher that connects to what `policy` allows.
    pub fn new(policy: Policy) -> Result<Self, OutboundError> {
        let client = Client::new(policy, AGENT)?;
        Ok(Self { client, robots: RobotsCache::default(), cookies: Arc::default() })
    }

    /// What the site of `url` says about being crawled, as `crawl` first found it.
    pub async fn robots(&self, url: &Url, crawl: &str) -> Result<Arc<Robots>, PageError> {
        self.robots.of(&self.client, url, crawl).await
    }

    /// Reads the page at `url`, if its site allows it, and so each that it redirects to, as long
    /// as that is `inside`; only if it is not as it is `known`.
    pub async fn page(
        &self,
        url: &Url,
        crawl: &str,
        known: Option<&Validators<'_>>,
        inside: &(dyn Fn(&Url) -> bool + Sync),
    ) -> Result<FetchOutcome, PageError> {
        let read = self.page_unbounded(url, crawl, known, inside);
        let read = tokio::time::timeout(PAGE.time, read).await;
        read.unwrap_or(Err(OutboundError::TimedOut(PAGE.time.as_secs()).into()))
    }

    async fn page_unbounded(
        &self,
        url: &Url,
        crawl: &str,
        known: Option<&Validators<'_>>,
        inside: &(dyn Fn(&Url) -> bool + Sync),
    ) -> Result<FetchOutcome, PageError> {
        let mut url = url.clone();
        for _ in 0..=PAGE.redirects {
            let fetched = self.arrive(&url, crawl, known, inside).await?;
            match fetched.status {
                200 => {}
                304 if known.is_some_and(|known| known.url == fetched.url) => {
                    return Ok(FetchOutcome::Unchanged);
                }
                _ => return Err(PageError::of(&fetched)),
            }
            // Parsing takes a while on a large page; other pages go on meanwhile.
            let read = tokio::task::spawn_blocking(move || read(&fetched)).await;
            let page = read.map_err(|_| PageError::Extract(ExtractError::Empty))??;
            match &page.document.refresh {
                Some(target) if is_stub(&page.document) => {
                    check_inside(target, inside)?;
                    url = target.clone();
                }
                _ => return Ok(FetchOutcome::Page(Box::new(page))),
            }
        }
        Err(OutboundError::Redirects(PAGE.redirects).into())
    }

    async fn arrive(
        &self,
        url: &Url,
        crawl: &str,
        known: Option<&Validators<'_>>,
        inside: &(dyn Fn(&Url) -> bool + Sync),
    ) -> Result<Fetched, PageError> {
        let mut url = url.clone();
        for _ in 0..=PAGE.redirects {
            if url.path() != "/robots.txt" && !self.robots(&url, crawl).await?.allows(&url) {
                return Err(PageError::Disallowed);
            }
            let cookies = self.jar(crawl, |jar| jar.header(&url));
            let mut headers = vec![("accept", ACCEPT)];
            headers.extend(cookies.as_deref().map(|cookies| ("cookie", cookies)));
            if let Some(known) = known.filter(|known| known.url == url) {
                headers.extend(known.etag.map(|etag| ("if-none-match", etag)));
                headers.extend(known.last_modified.map(|at| ("if-modified-since", at)));
            }
            match self.client.hop(&url, &headers, PAGE.bytes).await? {
                Hop::Arrived(fetched) => {
                    self.jar(crawl, |jar| jar.take(&url, &fetched.cookies));
                    return Ok(fetched);
                }
                Hop::Redirected(mut target, cookies) => {
                    self.jar(crawl, |jar| jar.take(&url, &cookies));
                    target.set_fragment(None);
                    check_inside(&target, inside)?;
                    url = target;
                }
            }
        }
        Err(OutboundError::Redirects(PAGE.redirects).into())
    }

    fn jar<T>(&self, crawl: &str, use_: impl FnOnce(&mut CookieJar) -> T) -> T {
        let mut jars = self.cookies.lock().unwrap_or_else(PoisonError::into_inner);
        if jars.len() >= MAX_JARS && !jars.contains_key(crawl) {
            jars.clear();
        }
        use_(jars.entry(crawl.to_owned()).or_default())
    }

    /// Pages that the sitemaps of the site of `url` list and that are `wanted`, up to `most`: the
    /// sitemaps that its robots.txt and its page name, or else those that systems make, and then the
    /// feeds that its page names.
    pub async fn listed(
        &self,
        url: &Url,
        crawl: &str,
        named: &Lists,
        most: usize,
        wanted: &(dyn Fn(&Url) -> bool + Sync),
    ) -> Vec<Url> {
        let Ok(robots) = self.robots(url, crawl).await else { return Vec::new() };
        let mut files = robots.sitemaps.clone();
        let here = |named: &&Url| named.origin() == url.origin();
        let feeds = named.feeds.iter().filter(here).cloned().collect();
        let is_new = |named: &&Url| here(named) && !files.contains(*named);
        let more: Vec<Url> = named.sitemaps.iter().filter(is_new).cloned().collect();
        files.extend(more);
        let mut others: Vec<Url> = Vec::new();
        if files.is_empty() {
            files.extend(url.join("/sitemap.xml"));
            others.extend(SITEMAPS.iter().filter_map(|at| url.join(at).ok()));
        }
        let wanted = |page: &Url| robots.allows(page) && wanted(page);
        sitemap::pages(&self.client, [files, others, feeds], most, &wanted).await
    }
}

fn check_inside(target: &Url, inside: &(dyn Fn(&Url) -> bool + Sync)) -> Result<(), PageError> {
    if !links::is_short(target) {
        return Err(PageError::LongAddress);
    }
    match inside(target) {
        true => Ok(()),
        false => Err(PageError::Outside(target.host_str().unwrap_or("another site").to_owned())),
    }
}

/// Whether a page says little but where it sends its readers.
fn is_stub(document: &Document) -> bool {
    document.blocks.iter().map(|block| block.text.chars().count()).sum::<usize>() <= STUB
}

fn read(fetched: &Fetched) -> Result<FetchedPage, PageError> {
    let declared = fetched.content_type.as_deref().unwrap_or("text/html");
    let kind = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let mut document = match kind.as_str() {
        "application/xml" | "text/xml" | "application/rss+xml" | "application/atom+xml" => {
            listed(fetched, declared)?
        }
        // What an interface answers to programs is no page.
        "application/json" => return Err(PageError::ContentType(kind)),
        kind if kind.len() > MAX_TYPE => {
            let shown: String = kind.chars().take(MAX_TYPE).collect();
            return Err(PageError::ContentType(format!("{shown}…")));
        }
        _ => file::read_at(&fetched.url, declared, &fetched.body).or_else(|error| {
            let without_text = matches!(error, PageError::Extract(_));
            let sends_on = fetched.refresh.is_some() && without_text;
            sends_on.then(Document::default).ok_or(error)
        })?,
    };
    if let Some(refresh) = fetched.refresh.as_deref().filter(|_| document.refresh.is_none()) {
        document.refresh = extract::refresh_to(refresh, &fetched.url);
    }
    let asks = |word: &str| robots_ask(fetched.robots.as_deref(), word);
    if asks("nofollow") {
        document.links.clear();
    }
    document.noindex |= asks("noindex");
    if document.noindex {
        document.blocks.clear();
        document.site.clear();
    }
    let (canonical, next) = (document.canonical.as_ref(), document.next.as_ref());
    let (twins, links) = (&document.twins, document.links);
    document.links = links::distinct(&fetched.url, canonical, next, twins, links);
    let Fetched { url, etag, last_modified, .. } = fetched;
    // A longer one is not worth what it costs to keep and to send back: the page is read again.
    let short = |text: &Option<String>| text.clone().filter(|text| text.len() <= MAX_VALIDATOR);
    let (etag, last_modified) = (short(etag), short(last_modified));
    Ok(FetchedPage { url: url.clone(), etag, last_modified, document })
}

/// A sitemap or a feed as a page that only links; XML that is a page is one.
fn listed(fetched: &Fetched, declared: &str) -> Result<Document, PageError> {
    let listed = sitemap::parse(fetched.body.clone(), &fetched.url);
    let links: Vec<Url> = listed.pages.into_iter().chain(listed.sitemaps).collect();
    if links.is_empty() {
        let kind = declared.split(';').next().unwrap_or_default();
        let page = declared.replacen(kind, "application/xhtml+xml", 1);
        return file::read_at(&fetched.url, &page, &fetched.body);
    }
    Ok(Document { title: fetched.url.path().to_owned(), links, ..Document::default() })
}

/// Whether `X-Robots-Tag` asks all robots, or this one, for something.
fn robots_ask(tag: Option<&str>, word: &str) -> bool {
    let mut for_us = true;
    tag.into_iter().flat_map(|tag| tag.split(',')).any(|part| {
        let asked = match part.split_once(':') {
            // "unavailable_after: 25 Jun 2027" is a rule, "otherbot: noindex" is for another.
            Some((name, asked)) if !name.trim().eq_ignore_ascii_case("unavailable_after") => {
                for_us = name.trim().eq_ignore_ascii_case("colloquybot");
                asked
            }
            _ => part,
        };
        let asked = asked.trim();
        for_us && (asked.eq_ignore_ascii_case(word) || asked.eq_ignore_ascii_case("none"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fetched(content_type: &str, robots: Option<&str>, body: &str) -> Fetched {
        Fetched {
            url: Url::parse("https://example.com/a/b").unwrap(),
            status: 200,
            content_type: Some(content_type.to_owned()),
            etag: None,
            last_modified: None,
            retry_after: None,
            robots: robots.map(str::to_owned),
            refresh: None,
            cookies: Vec::new(),
            body: body.as_bytes().to_vec(),
        }
    }

    #[test]
    fn what_a_server_asks_of_robots() {
        assert!(robots_ask(Some("noarchive, NoIndex"), "noindex"));
        assert!(robots_ask(Some("none"), "nofollow"));
        assert!(robots_ask(Some("otherbot: nofollow, colloquybot: noindex"), "noindex"));
        assert!(!robots_ask(Some("otherbot: noindex, nofollow"), "nofollow"));
        assert!(!robots_ask(Some("unavailable_after: 25 Jun 2027"), "noindex"));
        assert!(!robots_ask(None, "noindex"));
    }

    #[test]
    fn a_page_that_asks_so_is_left_out_and_its_links_are_not() {
        let body = "<p>Not yet, please wait for it.</p><a href='/c'>On</a>";
        let page = read(&fetched("text/html", Some("noindex"), body)).unwrap();
        assert!(page.document.noindex && page.document.blocks.is_empty());
        assert_eq!(page.document.links.len(), 1);
        let page = read(&fetched("text/html", Some("nofollow"), body)).unwrap();
        assert_eq!((page.document.blocks.len(), page.document.links.len()), (1, 0));
    }

    #[test]
    fn what_a_server_says_about_a_page_has_a_bound() {
        let mut answer = fetched("text/html", None, "<p>Not yet, please wait for it.</p>");
        answer.etag = Some("x".repeat(300_000));
        answer.last_modified = Some("y".repeat(1_024));
        let page = read(&answer).unwrap();
        assert_eq!((page.etag, page.last_modified.map(|at| at.len())), (None, Some(1_024)));
        let error = read(&fetched(&"z".repeat(300_000), None, "")).unwrap_err();
        assert!(error.to_string().len() < 200, "{error}");
        let long = format!(
            "<p>Not yet, wait for it.</p><a href='/{}'>a</a><a href='/b'>b</a>",
            "l".repeat(300_000)
        );
        let page = read(&fetched("text/html", None, &long)).unwrap();
        assert_eq!(page.document.links.len(), 1);
        let target = Url::parse(&format!("https://example.com/{}", "l".repeat(300_000))).unwrap();
        assert_eq!(check_inside(&target, &|_| true), Err(PageError::LongAddress));
    }

    #[test]
    fn a_page_is_sent_on_by_a_header_or_by_a_script_too() {
        let mut answer = fetched("text/html", None, "");
        answer.refresh = Some("0; URL=../c".to_owned());
        let page = read(&answer).unwrap().document;
        assert_eq!(page.refresh.unwrap().as_str(), "https://example.com/c");
        assert!(read(&fetched("text/html", None, "")).is_err());
        for script in [
            "window.location.replace(\"/c\")",
            "location.href = '/c';",
            "\n  window.location = `/c`\n",
            "document.location.assign('/c')",
        ] {
            let body = format!("<title>T</title><script>{script}</script><p>One moment.</p>");
            let page = read(&fetched("text/html", None, &body)).unwrap().document;
            assert_eq!(page.refresh.map(String::from).as_deref(), Some("https://example.com/c"));
        }
        for script in [
            "if (innerWidth < 500) location.href = '/m'",
            "function go() { location.href = '/c' }",
            "location.href = base + '/c'",
            "var here = location.href; log('/c')",
        ] {
            let body = format!("<script>{script}</script><p>This page stays.</p>");
            let page = read(&fetched("text/html", None, &body)).unwrap().document;
            assert_eq!(page.refresh, None, "{script}");
        }
    }

    #[test]
    fn lists_of_pages_are_pages_that_link() {
        let feed = "<rss><channel><item><link>/one</link></item></channel></rss>";
        let page = read(&fetched("application/rss+xml", None, feed)).unwrap();
        assert_eq!(page.document.links[0].as_str(), "https://example.com/one");
        assert!(page.document.blocks.is_empty());
        let llms = "# Pier\n\nAll about the pier.\n\n- [Hours](/hours.md): when it is open\n";
        let mut answer = fetched("text/plain", None, llms);
        answer.url = Url::parse("https://example.com/llms.txt").unwrap();
        let page = read(&answer).unwrap();
        assert_eq!(page.document.links[0].as_str(), "https://example.com/hours.md");
        assert_eq!(page.document.title, "Pier");
    }
}
