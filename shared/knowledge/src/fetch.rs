//! One page from the web: robots.txt first, then the page, within bounds, whatever its character
//! set.

use std::time::Duration;

use outbound::{Client, Fetched, Hop, Limits, OutboundError, Policy};
use texting_robots::Robot;
use url::Url;

use crate::extract::{self, Document, ExtractError};

/// How the crawler calls itself, to servers and in robots.txt.
pub const AGENT: &str = "ColloquyBot/1.0";
const ROBOTS_NAME: &str = "colloquybot";
const ACCEPT: &str = "text/html,application/xhtml+xml,text/plain;q=0.8,text/markdown;q=0.8";

/// Bounds on a page.
pub const PAGE: Limits =
    Limits { time: Duration::from_secs(20), bytes: 5 * 1024 * 1024, redirects: 5 };
/// Bounds on a robots.txt.
const ROBOTS: Limits = Limits { time: Duration::from_secs(10), bytes: 512 * 1024, redirects: 5 };

/// Why a page could not be read. The text is kept with the source, for its owner.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum PageError {
    /// robots.txt says no.
    #[error("robots.txt of the site does not allow it")]
    Disallowed,
    /// robots.txt could not be read, which means no.
    #[error("robots.txt of the site could not be read: {0}")]
    Robots(String),
    /// The server confirms that it is not there.
    #[error("the server answered {0}")]
    Gone(u16),
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
}

impl PageError {
    /// Whether the page is confirmed not to be there, so that its old copy must go too.
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::Gone(_))
    }
}

/// A page that was read.
#[derive(Debug, Clone)]
pub struct Page {
    /// Where it was in the end.
    pub url: Url,
    /// What it says.
    pub document: Document,
}

/// Reads pages. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Fetcher(Client);

impl Fetcher {
    /// A fetcher that connects to what `policy` allows.
    pub fn new(policy: Policy) -> Result<Self, OutboundError> {
        Client::new(policy, AGENT).map(Self)
    }

    /// Reads the page at `url`, if its site allows it, and so each that it redirects to.
    pub async fn page(&self, url: &Url) -> Result<Page, PageError> {
        let arrived = tokio::time::timeout(PAGE.time, self.arrive(url)).await;
        let fetched =
            arrived.unwrap_or(Err(OutboundError::TimedOut(PAGE.time.as_secs()).into()))?;
        match fetched.status {
            200 => {}
            status @ (404 | 410) => return Err(PageError::Gone(status)),
            status => return Err(PageError::Status(status)),
        }
        // Parsing takes a while on a large page; other pages go on meanwhile.
        tokio::task::spawn_blocking(move || read(&fetched))
            .await
            .map_err(|_| PageError::Extract(ExtractError::Empty))?
    }

    async fn arrive(&self, url: &Url) -> Result<Fetched, PageError> {
        let mut url = url.clone();
        for _ in 0..=PAGE.redirects {
            self.allowed(&url).await?;
            match self.0.hop(&url, ACCEPT, PAGE.bytes).await? {
                Hop::Arrived(fetched) => return Ok(fetched),
                Hop::Redirected(target) => url = target,
            }
        }
        Err(OutboundError::Redirects(PAGE.redirects).into())
    }

    /// By RFC 9309: no robots.txt (4xx) allows everything, a server that fails (5xx, no answer)
    /// nothing.
    async fn allowed(&self, url: &Url) -> Result<(), PageError> {
        let mut robots = url.clone();
        robots.set_path("/robots.txt");
        robots.set_query(None);
        if url.path() == "/robots.txt" {
            return Ok(());
        }
        let fetched = match self.0.get(&robots, "text/plain", ROBOTS).await {
            Ok(fetched) => fetched,
            Err(refused @ (OutboundError::Refused(..) | OutboundError::Unresolved)) => {
                return Err(refused.into());
            }
            Err(error) => return Err(PageError::Robots(error.to_string())),
        };
        match fetched.status {
            200..=299 => {}
            400..=499 => return Ok(()),
            status => return Err(PageError::Robots(format!("the server answered {status}"))),
        }
        let robot = Robot::new(ROBOTS_NAME, &fetched.body)
            .map_err(|_| PageError::Robots("it can't be understood".to_owned()))?;
        if robot.allowed(url.as_str()) { Ok(()) } else { Err(PageError::Disallowed) }
    }
}

fn read(fetched: &Fetched) -> Result<Page, PageError> {
    let declared = fetched.content_type.as_deref().unwrap_or("text/html");
    let kind = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let text = decoded(&fetched.body, declared);
    let document = match kind.as_str() {
        "text/html" | "application/xhtml+xml" => extract::html(&text, &fetched.url)?,
        "text/plain" | "text/markdown" => extract::plain(&text, &fetched.url)?,
        _ => return Err(PageError::ContentType(kind)),
    };
    Ok(Page { url: fetched.url.clone(), document })
}

/// The text of `body`: by its byte order mark, its content type, or what its first bytes declare;
/// UTF-8 where nothing does, or Windows-1252 if it is not UTF-8.
fn decoded(body: &[u8], content_type: &str) -> String {
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

fn charset_in(text: &str) -> Option<&str> {
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
