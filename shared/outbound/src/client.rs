//! The client: addresses checked at connect time on what the name resolved to, redirects followed
//! by hand and checked hop by hop, bodies read up to a bound.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use bytes::Bytes;
use futures::{StreamExt, stream::BoxStream};
use reqwest::{
    Response,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{
        ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue,
        LAST_MODIFIED, LOCATION, REFRESH, RETRY_AFTER, SET_COOKIE,
    },
    redirect,
};
use url::Url;

use crate::{
    OutboundError, Policy, SendError, encoding,
    error::{NoPublicAddress, failed},
    tls,
};

/// Bounds on one fetch.
#[derive(Debug, Clone, Copy)]
pub struct FetchLimits {
    /// From the first connection to the last byte, all redirects included.
    pub time: Duration,
    /// Largest body, in bytes after decompression.
    pub bytes: usize,
    /// Redirects followed at most.
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
    /// Its `X-Robots-Tag` fields, in one.
    pub robots: Option<String>,
    /// Its `Refresh`, which sends browsers on.
    pub refresh: Option<String>,
    /// Its `Set-Cookie` fields.
    pub cookies: Vec<String>,
    /// Its body, unpacked.
    pub body: Vec<u8>,
}

/// Where one request led.
#[derive(Debug, Clone)]
pub enum Hop {
    /// To an answer.
    Arrived(Fetched),
    /// To another address, with the `Set-Cookie` fields that came with that.
    Redirected(Url, Vec<String>),
}

/// The answer to a POST or another call.
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

/// The answer to a POST whose body comes as a stream.
pub struct Streamed {
    /// Its status code; a redirect is an answer like any other.
    pub status: u16,
    /// Its content type, as sent; empty if it has none.
    pub content_type: String,
    /// Its `Retry-After`, from now on.
    pub retry_after: Option<Duration>,
    /// Its body as it comes, without a bound: no compression is offered.
    pub body: BoxStream<'static, Result<Bytes, OutboundError>>,
    head: HeaderMap,
}

impl Streamed {
    /// A header field of the answer, whatever the case of its name; `None` if it has none or it is no text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.get(name)?.to_str().ok()
    }
}

/// What is requested of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exchange {
    /// What is there.
    Get,
    /// That it takes this JSON.
    Post(String),
    /// That it is no more.
    Delete,
}

/// Bytes of an answer's header at most, names and values together.
pub(crate) const MAX_HEADER: usize = 16 * 1024;

/// The answer, unless its header is larger than [`MAX_HEADER`]: what is kept of a header is stored.
pub(crate) fn with_small_header(response: Response) -> Result<Response, OutboundError> {
    let bytes = response.headers().iter().map(|(name, value)| name.as_str().len() + value.len());
    match bytes.sum::<usize>() <= MAX_HEADER {
        true => Ok(response),
        false => Err(OutboundError::LargeHeader(MAX_HEADER)),
    }
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
            // Bodies are unpacked here, within their bound, whatever was requested.
            .no_gzip()
            .tls_backend_preconfigured(tls::config()?)
            .connect_timeout(Duration::from_secs(10))
            .pool_idle_timeout(Duration::from_secs(60))
            .http2_max_header_list_size(u32::try_from(MAX_HEADER).unwrap_or(u32::MAX))
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
        limits: FetchLimits,
    ) -> Result<Fetched, OutboundError> {
        tokio::time::timeout(limits.time, self.get_unbounded(url, accept, limits))
            .await
            .unwrap_or(Err(OutboundError::TimedOut(limits.time.as_secs())))
    }

    async fn get_unbounded(
        &self,
        url: &Url,
        accept: &str,
        limits: FetchLimits,
    ) -> Result<Fetched, OutboundError> {
        let mut url = url.clone();
        for _ in 0..=limits.redirects {
            match self.hop(&url, &[("accept", accept)], limits.bytes).await? {
                Hop::Arrived(fetched) => return Ok(fetched),
                Hop::Redirected(target, _) => url = target,
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
        let mut request = self.http.get(url.clone()).header(ACCEPT_ENCODING, encoding::ACCEPTED);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = with_small_header(request.send().await.map_err(failed)?)?;
        let (status, head) = (response.status().as_u16(), response.headers());
        let cookies = cookies(head);
        // 304 may come with an address too, and leads nowhere.
        if matches!(status, 300..=303 | 307 | 308)
            && let Some(location) = head.get(LOCATION)
        {
            let target = url.join(&address(location)).map_err(|_| OutboundError::BadRedirect)?;
            return Ok(Hop::Redirected(target, cookies));
        }
        let [content_type, etag, last_modified] =
            [CONTENT_TYPE, ETAG, LAST_MODIFIED].map(|name| text_of(head.get(name)));
        let retry_after =
            text_of(head.get(RETRY_AFTER)).and_then(|text| wait_until(&text, SystemTime::now()));
        let robots = joined(head, "x-robots-tag");
        let refresh = text_of(head.get(REFRESH));
        let encodings = joined(head, CONTENT_ENCODING.as_str()).unwrap_or_default();
        let body = encoding::unpacked(read(response, bytes).await?, &encodings, bytes)?;
        let url = url.clone();
        Ok(Hop::Arrived(Fetched {
            url,
            status,
            content_type,
            etag,
            last_modified,
            retry_after,
            robots,
            refresh,
            cookies,
            body,
        }))
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
            .map_err(failed)
            .and_then(with_small_header)?;
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

    /// Posts `body` as JSON with `headers` and returns the answer's head, with its body as it comes.
    /// No redirect is followed: it is an answer like any other. The time is the caller's to bound; to
    /// drop the body ends the request.
    pub async fn post_stream(
        &self,
        url: &Url,
        headers: &[(String, String)],
        body: String,
    ) -> Result<Streamed, OutboundError> {
        self.exchange(url, headers, Exchange::Post(body)).await.map_err(|failed| failed.error)
    }

    /// As [`Client::post_stream`], for every method, and with an error that says whether the request may
    /// have arrived.
    pub async fn exchange(
        &self,
        url: &Url,
        headers: &[(String, String)],
        exchange: Exchange,
    ) -> Result<Streamed, SendError> {
        self.check(url).map_err(|error| SendError { error, may_have_arrived: false })?;
        let mut request = match exchange {
            Exchange::Get => self.http.get(url.clone()),
            Exchange::Post(body) => {
                self.http.post(url.clone()).header(CONTENT_TYPE, "application/json").body(body)
            }
            Exchange::Delete => self.http.delete(url.clone()),
        };
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let response = request.send().await.map_err(|error| SendError {
            // Before there is a connection, nothing is sent.
            may_have_arrived: !error.is_connect() && !error.is_builder(),
            error: failed(error),
        })?;
        let response = with_small_header(response)
            .map_err(|error| SendError { error, may_have_arrived: true })?;
        let retry_after = text_of(response.headers().get(RETRY_AFTER))
            .and_then(|text| wait_until(&text, SystemTime::now()));
        Ok(Streamed {
            status: response.status().as_u16(),
            content_type: text_of(response.headers().get(CONTENT_TYPE)).unwrap_or_default(),
            retry_after,
            head: response.headers().clone(),
            body: response.bytes_stream().map(|piece| piece.map_err(failed)).boxed(),
        })
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    pub(crate) fn check(&self, url: &Url) -> Result<(), OutboundError> {
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

/// The fields of this name as one, as RFC 9110 puts them together; within bounds.
fn joined(head: &HeaderMap, name: &str) -> Option<String> {
    let fields = head.get_all(name).iter().take(20).filter_map(|value| value.to_str().ok());
    let text = fields.collect::<Vec<_>>().join(", ");
    Some(text).filter(|text| !text.is_empty() && text.len() <= 8_192)
}

fn cookies(head: &HeaderMap) -> Vec<String> {
    head.get_all(SET_COOKIE).iter().take(20).filter_map(|value| text_of(Some(value))).collect()
}

/// Where a redirect leads; bytes beyond ASCII are what browsers take them for.
fn address(location: &HeaderValue) -> String {
    location.as_bytes().iter().fold(String::new(), |mut text, byte| {
        match byte.is_ascii() {
            true => text.push(char::from(*byte)),
            false => text.push_str(&format!("%{byte:02X}")),
        }
        text
    })
}

pub(crate) fn text_of(value: Option<&HeaderValue>) -> Option<String> {
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
pub(crate) async fn read_prefix(
    response: reqwest::Response,
    kept: usize,
    time: Duration,
) -> String {
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
    fn a_redirect_may_have_raw_bytes() {
        let at = |bytes: &[u8]| address(&HeaderValue::from_bytes(bytes).unwrap());
        assert_eq!(at("/prés".as_bytes()), "/pr%C3%A9s");
        assert_eq!(at(b"/pr\xe9s?x=1"), "/pr%E9s?x=1");
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
