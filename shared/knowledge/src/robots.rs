//! What a site's robots.txt says: which pages may be read, how far apart, and where its sitemaps
//! are. Requested once a crawl and process.

use std::{sync::Arc, time::Duration};

use cache::ByteCache;
use outbound::{Client, FetchLimits, OutboundError};
use texting_robots::Robot;
use url::Url;

use crate::PageError;

/// How the crawler is called in robots.txt.
const NAME: &str = "colloquybot";
/// Bounds on a robots.txt.
const LIMITS: FetchLimits =
    FetchLimits { time: Duration::from_secs(10), bytes: 512 * 1024, redirects: 5 };
/// Bytes of the files that are cached, parsed: the largest one among them.
const MAX_CACHED: usize = 160 * 1024 * 1024;
/// A parsed file takes up to about this many times the bytes of its text, since each rule is compiled.
const PARSED: usize = 256;
/// Sitemaps taken from one file at most.
const MAX_SITEMAPS: usize = 10;

/// The rules of one site.
#[derive(Debug, Default)]
pub struct Robots {
    robot: Option<Robot>,
    /// About how much memory it takes.
    bytes: usize,
    /// The time that the site wants between two pages.
    pub delay: Option<Duration>,
    /// Where its sitemaps are, as far as it says.
    pub sitemaps: Vec<Url>,
}

impl Robots {
    /// Reads a robots.txt that came from `url`.
    pub fn parse(text: &[u8], url: &Url) -> Result<Self, PageError> {
        let robot =
            Robot::new(NAME, text).map_err(|_| PageError::Robots(Box::new(PageError::NoRules)))?;
        let delay = robot
            .delay
            .filter(|seconds| seconds.is_finite() && *seconds > 0.0)
            .map(|seconds| Duration::from_secs_f32(seconds.min(86_400.0)));
        let sitemaps =
            robot.sitemaps.iter().filter_map(|at| url.join(at).ok()).take(MAX_SITEMAPS).collect();
        Ok(Self { robot: Some(robot), bytes: PARSED * text.len(), delay, sitemaps })
    }

    /// Whether the page at `url` may be read.
    pub fn allows(&self, url: &Url) -> bool {
        self.robot.as_ref().is_none_or(|robot| robot.allowed(url.as_str()))
    }
}

/// The rules of sites that are being crawled, by crawl and URL of the robots.txt.
#[derive(Debug, Clone)]
pub(crate) struct RobotsCache(ByteCache<(String, String), Arc<Robots>>);

impl Default for RobotsCache {
    fn default() -> Self {
        let bytes =
            |key: &(String, String), robots: &Arc<Robots>| key.0.len() + key.1.len() + robots.bytes;
        Self(ByteCache::new(MAX_CACHED, bytes))
    }
}

impl RobotsCache {
    /// The rules for `url`, as they were when `crawl` first came to its site.
    pub async fn of(
        &self,
        client: &Client,
        url: &Url,
        crawl: &str,
    ) -> Result<Arc<Robots>, PageError> {
        let mut robots = url.clone();
        robots.set_path("/robots.txt");
        robots.set_query(None);
        let key = (crawl.to_owned(), robots.to_string());
        self.0.get_or_load(&key, fetch(client, &robots)).await
    }
}

/// By RFC 9309: no robots.txt (4xx) allows everything, a server that fails (5xx, no answer)
/// nothing.
async fn fetch(client: &Client, url: &Url) -> Result<Arc<Robots>, PageError> {
    let fetched = match client.get(url, "text/plain", LIMITS).await {
        Ok(fetched) => fetched,
        Err(refused @ (OutboundError::Refused(..) | OutboundError::Unresolved)) => {
            return Err(refused.into());
        }
        Err(error) => return Err(PageError::Robots(Box::new(error.into()))),
    };
    match fetched.status {
        200..=299 => {
            let url = url.clone();
            // Thousands of rules take a while; other pages go on meanwhile.
            let parsed =
                tokio::task::spawn_blocking(move || Robots::parse(&fetched.body, &url)).await;
            let parsed = parsed.map_err(|_| PageError::Robots(Box::new(PageError::NoRules)))?;
            parsed.map(Arc::new)
        }
        400..=499 => Ok(Arc::default()),
        _ => Err(PageError::Robots(Box::new(PageError::of(&fetched)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_delay_and_sitemaps() {
        let url = Url::parse("https://example.com/robots.txt").unwrap();
        let text = "User-agent: *\nDisallow: /no\nCrawl-delay: 2.5\nSitemap: /map.xml\n\
                    Sitemap: https://example.com/more.xml.gz\n";
        let robots = Robots::parse(text.as_bytes(), &url).unwrap();
        assert!(robots.allows(&url.join("/yes").unwrap()));
        assert!(!robots.allows(&url.join("/no/x").unwrap()));
        assert_eq!(robots.delay, Some(Duration::from_millis(2500)));
        let maps: Vec<_> = robots.sitemaps.iter().map(Url::as_str).collect();
        assert_eq!(maps, ["https://example.com/map.xml", "https://example.com/more.xml.gz"]);
        assert!(Robots::default().allows(&url) && Robots::default().delay.is_none());
    }
}
