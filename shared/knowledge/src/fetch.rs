//! One page from the web: robots.txt first, then the page, within bounds, whatever its character
//! set, and only if it has changed since it was last read.

use std::{sync::Arc, time::Duration};

use outbound::{Client, Fetched, Hop, Limits, OutboundError, Policy};
use url::Url;

use crate::{
    extract::{self, Document, ExtractError},
    pdf::{self, PdfError},
    robots::{KnownRobots, Robots},
    sitemap,
};

/// How the crawler calls itself to servers.
pub const AGENT: &str = "ColloquyBot/1.0";
const ACCEPT: &str =
    "text/html,application/xhtml+xml,text/plain;q=0.8,text/markdown;q=0.8,application/pdf;q=0.7";

/// Bounds on a page.
pub const PAGE: Limits =
    Limits { time: Duration::from_secs(20), bytes: 5 * 1024 * 1024, redirects: 5 };

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
pub struct Page {
    /// Where it was in the end.
    pub url: Url,
    /// Its `ETag`, as sent.
    pub etag: Option<String>,
    /// Its `Last-Modified`, as sent.
    pub last_modified: Option<String>,
    /// What it says.
    pub document: Document,
}

/// What a page was when it was last read, for its server to compare.
#[derive(Debug, Clone)]
pub struct Known<'a> {
    /// Where it was in the end.
    pub url: Url,
    /// Its `ETag`.
    pub etag: Option<&'a str>,
    /// Its `Last-Modified`.
    pub last_modified: Option<&'a str>,
}

/// What came of asking for a page.
#[derive(Debug, Clone)]
pub enum Reading {
    /// The page.
    Page(Box<Page>),
    /// It is as it was known (304).
    Unchanged,
}

/// Reads pages. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Fetcher {
    client: Client,
    robots: KnownRobots,
}

impl Fetcher {
    /// A fetcher that connects to what `policy` allows.
    pub fn new(policy: Policy) -> Result<Self, OutboundError> {
        Ok(Self { client: Client::new(policy, AGENT)?, robots: KnownRobots::default() })
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
        known: Option<&Known<'_>>,
        inside: &(dyn Fn(&Url) -> bool + Sync),
    ) -> Result<Reading, PageError> {
        let arrive = self.arrive(url, crawl, known, inside);
        let arrived = tokio::time::timeout(PAGE.time, arrive).await;
        let fetched =
            arrived.unwrap_or(Err(OutboundError::TimedOut(PAGE.time.as_secs()).into()))?;
        match fetched.status {
            200 => {}
            304 if known.is_some_and(|known| known.url == fetched.url) => {
                return Ok(Reading::Unchanged);
            }
            _ => return Err(PageError::of(&fetched)),
        }
        // Parsing takes a while on a large page; other pages go on meanwhile.
        tokio::task::spawn_blocking(move || {
            read(&fetched).map(|page| Reading::Page(Box::new(page)))
        })
        .await
        .map_err(|_| PageError::Extract(ExtractError::Empty))?
    }

    async fn arrive(
        &self,
        url: &Url,
        crawl: &str,
        known: Option<&Known<'_>>,
        inside: &(dyn Fn(&Url) -> bool + Sync),
    ) -> Result<Fetched, PageError> {
        let mut url = url.clone();
        for _ in 0..=PAGE.redirects {
            if url.path() != "/robots.txt" && !self.robots(&url, crawl).await?.allows(&url) {
                return Err(PageError::Disallowed);
            }
            let mut headers = vec![("accept", ACCEPT)];
            if let Some(known) = known.filter(|known| known.url == url) {
                headers.extend(known.etag.map(|etag| ("if-none-match", etag)));
                headers.extend(known.last_modified.map(|at| ("if-modified-since", at)));
            }
            match self.client.hop(&url, &headers, PAGE.bytes).await? {
                Hop::Arrived(fetched) => return Ok(fetched),
                Hop::Redirected(mut target) => {
                    target.set_fragment(None);
                    if !inside(&target) {
                        let host = target.host_str().unwrap_or("another site");
                        return Err(PageError::Outside(host.to_owned()));
                    }
                    url = target;
                }
            }
        }
        Err(OutboundError::Redirects(PAGE.redirects).into())
    }

    /// Pages that the sitemaps of the site of `url` list and that are `wanted`, up to `most`: the
    /// sitemaps that its robots.txt names, or else `/sitemap.xml`.
    pub async fn listed(
        &self,
        url: &Url,
        crawl: &str,
        most: usize,
        wanted: &(dyn Fn(&Url) -> bool + Sync),
    ) -> Vec<Url> {
        let Ok(robots) = self.robots(url, crawl).await else { return Vec::new() };
        let mut files = robots.sitemaps.clone();
        if files.is_empty() {
            files.extend(url.join("/sitemap.xml"));
        }
        let wanted = |page: &Url| robots.allows(page) && wanted(page);
        sitemap::pages(&self.client, files, most, &wanted).await
    }
}

fn read(fetched: &Fetched) -> Result<Page, PageError> {
    let declared = fetched.content_type.as_deref().unwrap_or("text/html");
    let kind = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let text = || decoded(&fetched.body, declared);
    let document = match kind.as_str() {
        "text/html" | "application/xhtml+xml" => extract::html(&text(), &fetched.url)?,
        "text/plain" | "text/markdown" => extract::plain(&text(), &fetched.url)?,
        "application/pdf" | "application/x-pdf" => pdf::pdf(&fetched.body, &fetched.url)?,
        _ => return Err(PageError::ContentType(kind)),
    };
    let Fetched { url, etag, last_modified, .. } = fetched;
    let (etag, last_modified) = (etag.clone(), last_modified.clone());
    Ok(Page { url: url.clone(), etag, last_modified, document })
}

/// The text of `body`: by its byte order mark, its content type, or what its first bytes declare;
/// UTF-8 where nothing does, or Windows-1252 if it is not UTF-8.
pub(crate) fn decoded(body: &[u8], content_type: &str) -> String {
    let lower = content_type.to_ascii_lowercase();
    let head = String::from_utf8_lossy(&body[..body.len().min(1024)]).to_ascii_lowercase();
    let label = charset_in(&lower).or_else(|| charset_in(&head));
    let encoding = label
        .and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes()))
        .unwrap_or_else(|| match std::str::from_utf8(body) {
            Ok(_) => encoding_rs::UTF_8,
            Err(_) => encoding_rs::WINDOWS_1252,
        });
    encoding.decode(body).0.into_owned()
}

pub(crate) fn charset_in(text: &str) -> Option<&str> {
    let rest = text.split_once("charset=")?.1.trim_start_matches(['"', '\'']);
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"-_:.".contains(c));
    Some(&rest[..end.unwrap_or(rest.len())]).filter(|label| !label.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn character_sets_from_header_meta_and_guess() {
        assert_eq!(decoded(b"caf\xe9", "text/html; charset=ISO-8859-1"), "café");
        let meta = b"<meta charset=\"windows-1252\">caf\xe9";
        assert!(decoded(meta, "text/html").ends_with("café"));
        assert_eq!(decoded("café".as_bytes(), "text/html"), "café");
        assert_eq!(decoded(b"caf\xe9", "text/html"), "café");
        assert_eq!(decoded("\u{feff}café".as_bytes(), "text/html; charset=latin1"), "café");
    }
}
