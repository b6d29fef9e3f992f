//! What a site's robots.txt says: which pages may be read, how far apart, and where its sitemaps
//! are. Fetched once a crawl and process.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use outbound::{Client, Limits, OutboundError};
use texting_robots::Robot;
use tokio::sync::OnceCell;
use url::Url;

use crate::PageError;

/// How the crawler is called in robots.txt.
const NAME: &str = "colloquybot";
/// Bounds on a robots.txt.
const LIMITS: Limits = Limits { time: Duration::from_secs(10), bytes: 512 * 1024, redirects: 5 };
/// Files that are remembered at most.
const REMEMBERED: usize = 64;
/// Sitemaps taken from one file at most.
const MAX_SITEMAPS: usize = 10;

/// The rules of one site.
#[derive(Debug, Default)]
pub struct Robots {
    robot: Option<Robot>,
    /// The time that the site wants between two pages.
    pub delay: Option<Duration>,
    /// Where its sitemaps are, as far as it says.
    pub sitemaps: Vec<Url>,
}

impl Robots {
    fn parse(text: &[u8], url: &Url) -> Result<Self, PageError> {
        let robot =
            Robot::new(NAME, text).map_err(|_| PageError::Robots(Box::new(PageError::NoRules)))?;
        let delay = robot
            .delay
            .filter(|seconds| seconds.is_finite() && *seconds > 0.0)
            .map(|seconds| Duration::from_secs_f32(seconds.min(86_400.0)));
        let sitemaps =
            robot.sitemaps.iter().filter_map(|at| url.join(at).ok()).take(MAX_SITEMAPS).collect();
        Ok(Self { robot: Some(robot), delay, sitemaps })
    }

    /// Whether the page at `url` may be read.
    pub fn allows(&self, url: &Url) -> bool {
        self.robot.as_ref().is_none_or(|robot| robot.allowed(url.as_str()))
    }
}

type Slot = Arc<OnceCell<Arc<Robots>>>;

/// The rules of sites that are being crawled.
#[derive(Debug, Clone, Default)]
pub(crate) struct RobotsCache(Arc<Mutex<HashMap<(String, String), Slot>>>);

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
        let slot = {
            let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if known.len() >= REMEMBERED {
                known.clear();
            }
            known.entry((crawl.to_owned(), robots.to_string())).or_default().clone()
        };
        slot.get_or_try_init(|| fetch(client, &robots)).await.cloned()
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
        200..=299 => Robots::parse(&fetched.body, url).map(Arc::new),
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
