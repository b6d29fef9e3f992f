//! The client: addresses checked at connect time on what the name resolved to, redirects followed
//! by hand and checked hop by hop, bodies read up to a bound.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use futures::StreamExt;
use reqwest::{
    dns::{Addrs, Name, Resolve, Resolving},
    header::{CONTENT_TYPE, ETAG, HeaderValue, LAST_MODIFIED, LOCATION, RETRY_AFTER},
    redirect,
};
use url::Url;

use crate::{
    OutboundError, Policy,
    error::{NoPublicAddress, failed},
    tls,
};

/// Bounds on one fetch.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// From the first connection to the last byte, all redirects included.
    pub time: Duration,
    /// Largest body, in bytes after decompression.
    pub bytes: usize,
    /// Redirects followed at the most.
    pub redirects: u8,
}

/// A page as it came.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// Where it was in the end.
    pub url: Url,
    /// Its status code; not only 200.
    pub status: u16,
    /// Its content type, as sent.
    pub content_type: Option<String>,
    /// Its `ETag`, as sent.
    pub etag: Option<String>,
    /// Its `Last-Modified`, as sent.
    pub last_modified: Option<String>,
    /// Its `Retry-After`, from now on, whether it was seconds or a date.
    pub retry_after: Option<Duration>,
    /// Its body.
    pub body: Vec<u8>,
}

/// Where one request led.
#[derive(Debug, Clone)]
pub enum Hop {
    /// To an answer.
    Arrived(Fetched),
    /// To another address.
    Redirected(Url),
}

/// The answer to a POST.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Its status code; a redirect is an answer like any other.
    pub status: u16,
    /// The first bytes of its body, as text.
    pub body: String,
    /// `Retry-After` in seconds, where it was a number.
    pub retry_after: Option<Duration>,
    /// From sending to the answer's first bytes.
    pub latency: Duration,
}

struct GuardedResolver(Policy);

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|a| policy.allows(a.ip())).collect();
            if allowed.is_empty() {
                return Err(NoPublicAddress.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// Connections to addresses that tenants name, pooled. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    policy: Policy,
}

impl Client {
    /// A client under `policy` that calls itself `agent`.
    pub fn new(policy: Policy, agent: &str) -> Result<Self, OutboundError> {
        let http = reqwest::Client::builder()
            .user_agent(agent)
            .redirect(redirect::Policy::none())
            .dns_resolver(Arc::new(GuardedResolver(policy)))
            // A proxy from the environment would connect on our behalf, past the guard.
            .no_proxy()
            .tls_backend_preconfigured(tls::config()?)
            .connect_timeout(Duration::from_secs(10))
            .pool_idle_timeout(Duration::from_secs(60))
            .build()
            .map_err(failed)?;
        Ok(Self { http, policy })
    }

    /// The policy it was made with.
    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// Gets `url`, following redirects within `limits`. `accept` is sent as it is.
    pub async fn get(
        &self,
        url: &Url,
        accept: &str,
        limits: Limits,
    ) -> Result<Fetched, OutboundError> {
        tokio::time::timeout(limits.time, self.get_unbounded(url, accept, limits))
            .await
            .unwrap_or(Err(OutboundError::TimedOut(limits.time.as_secs())))
    }

    async fn get_unbounded(
        &self,
        url: &Url,
        accept: &str,
        limits: Limits,
    ) -> Result<Fetched, OutboundError> {
        let mut url = url.clone();
        for _ in 0..=limits.redirects {
            match self.hop(&url, &[("accept", accept)], limits.bytes).await? {
                Hop::Arrived(fetched) => return Ok(fetched),
                Hop::Redirected(target) => url = target,
            }
        }
        Err(OutboundError::Redirects(limits.redirects))
    }

    /// Gets `url` with `headers` and without following a redirect; for callers that look at each
    /// target first. The time of all hops is theirs to bound.
    pub async fn hop(
        &self,
        url: &Url,
        headers: &[(&str, &str)],
        bytes: usize,
    ) -> Result<Hop, OutboundError> {
        self.check(url)?;
        let mut request = self.http.get(url.clone());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.map_err(failed)?;
        if response.status().is_redirection()
            && let Some(location) = response.headers().get(LOCATION)
        {
            let target = location.to_str().map_err(|_| OutboundError::BadRedirect)?;
            let target = url.join(target).map_err(|_| OutboundError::BadRedirect)?;
            return Ok(Hop::Redirected(target));
        }
        let status = response.status().as_u16();
        let [content_type, etag, last_modified] =
            [CONTENT_TYPE, ETAG, LAST_MODIFIED].map(|name| text_of(response.headers().get(name)));
        let retry_after = text_of(response.headers().get(RETRY_AFTER))
            .and_then(|text| wait_until(&text, SystemTime::now()));
        let body = read(response, bytes).await?;
        let url = url.clone();
        let fetched = Fetched { url, status, content_type, etag, last_modified, retry_after, body };
        Ok(Hop::Arrived(fetched))
    }

    /// Posts `body` as JSON with `headers`, follows no redirect, and keeps the first `kept` bytes
    /// of the answer.
    pub async fn post_json(
        &self,
        url: &Url,
        headers: &[(String, String)],
        body: String,
        time: Duration,
        kept: usize,
    ) -> Result<Sent, OutboundError> {
        self.check(url)?;
        let mut request =
            self.http.post(url.clone()).header(CONTENT_TYPE, "application/json").body(body);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let begun = Instant::now();
        let response = tokio::time::timeout(time, request.send())
            .await
            .map_err(|_| OutboundError::TimedOut(time.as_secs()))?
            .map_err(failed)?;
        let latency = begun.elapsed();
        let status = response.status().as_u16();
        let retry_after = text_of(response.headers().get(RETRY_AFTER))
            .and_then(|text| text.trim().parse().ok())
            .map(Duration::from_secs);
        // The status is the answer; a body that never ends does not take it back.
        let left = time.saturating_sub(latency);
        let body = read_prefix(response, kept, left).await;
        Ok(Sent { status, body, retry_after, latency })
    }

    fn check(&self, url: &Url) -> Result<(), OutboundError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(OutboundError::Refused(url.scheme().to_owned(), "is not http or https"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(OutboundError::Refused("the URL".to_owned(), "contains credentials"));
        }
        match self.policy.refuses(url) {
            Some(why) => Err(OutboundError::Refused(host(url), why)),
            None => Ok(()),
        }
    }
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or("the URL").to_owned()
}

fn text_of(value: Option<&HeaderValue>) -> Option<String> {
    value.and_then(|v| v.to_str().ok()).map(str::to_owned)
}

/// How long `Retry-After` says to wait from `now` on: seconds, or an HTTP date (RFC 9110, 10.2.3).
fn wait_until(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    let seconds = text.parse().ok().map(Duration::from_secs);
    seconds.or_else(|| httpdate::parse_http_date(text).ok()?.duration_since(now).ok())
}

async fn read(response: reqwest::Response, bound: usize) -> Result<Vec<u8>, OutboundError> {
    if response.content_length().is_some_and(|n| n > u64::try_from(bound).unwrap_or(u64::MAX)) {
        return Err(OutboundError::TooLarge(bound));
    }
    let mut body = Vec::new();
    let mut stream = response.bytes_stream();
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(failed)?;
        if body.len() + piece.len() > bound {
            return Err(OutboundError::TooLarge(bound));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

/// As much of a body as fits `kept`; a body that breaks off is still an answer.
async fn read_prefix(response: reqwest::Response, kept: usize, time: Duration) -> String {
    let mut body = Vec::new();
    let mut stream = response.bytes_stream();
    let until = tokio::time::Instant::now() + time;
    while let Ok(Some(Ok(piece))) = tokio::time::timeout_at(until, stream.next()).await {
        body.extend_from_slice(&piece);
        if body.len() >= kept {
            body.truncate(kept);
            break;
        }
    }
    String::from_utf8_lossy(&body).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a name resolves to is looked at again when it is connected to, whatever it resolved to
    /// before. Every machine knows this name without asking a server.
    #[tokio::test]
    async fn a_name_of_a_private_address_is_refused_at_connect_time() {
        let resolve = |policy| GuardedResolver(policy).resolve("localhost".parse().unwrap());
        let refused = resolve(Policy::Public).await.err().expect("no address is left");
        assert!(refused.is::<NoPublicAddress>());
        let addresses: Vec<_> = resolve(Policy::Local).await.expect("loopback").collect();
        assert!(!addresses.is_empty() && addresses.iter().all(|a| a.ip().is_loopback()));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
        for (text, seconds) in [
            ("90", Some(90)),
            (" 0 ", Some(0)),
            ("Sun, 06 Nov 1994 08:51:00 GMT", Some(83)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", None),
            ("-1", None),
            ("soon", None),
        ] {
            assert_eq!(wait_until(text, now), seconds.map(Duration::from_secs), "{text}");
        }
    }
}
