//! Calls to an API: a method, headers, a body or none, and the answer's first bytes back.

use std::time::{Duration, Instant};

use reqwest::{
    Method,
    header::{CONTENT_TYPE, RETRY_AFTER},
};
use url::Url;

use crate::{
    Client, OutboundError, Sent,
    client::{read_prefix, text_of, with_small_header},
    error::failed,
};

/// The method of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// GET.
    Get,
    /// POST.
    Post,
    /// PUT.
    Put,
    /// PATCH.
    Patch,
    /// DELETE.
    Delete,
}

/// A call that got no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unanswered {
    /// Why.
    pub error: OutboundError,
    /// False where the request surely never reached the other side.
    pub may_have_arrived: bool,
}

impl From<Verb> for Method {
    fn from(verb: Verb) -> Self {
        match verb {
            Verb::Get => Self::GET,
            Verb::Post => Self::POST,
            Verb::Put => Self::PUT,
            Verb::Patch => Self::PATCH,
            Verb::Delete => Self::DELETE,
        }
    }
}

impl Client {
    /// Sends `json` (or no body) to `url` with `headers`, follows no redirect, and keeps the first `kept` bytes of
    /// the answer. `time` bounds all of it.
    ///
    /// # Errors
    ///
    /// [`Unanswered`], which says whether the request may have been acted on.
    pub async fn call(
        &self,
        verb: Verb,
        url: &Url,
        headers: &[(&str, &str)],
        json: Option<String>,
        time: Duration,
        kept: usize,
    ) -> Result<Sent, Unanswered> {
        self.check(url).map_err(|error| Unanswered { error, may_have_arrived: false })?;
        let mut request = self.http().request(verb.into(), url.clone());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(json) = json {
            request = request.header(CONTENT_TYPE, "application/json; charset=utf-8").body(json);
        }
        let begun = Instant::now();
        let response = tokio::time::timeout(time, request.send())
            .await
            .map_err(|_| OutboundError::TimedOut(time.as_secs()))
            .map_err(|error| Unanswered { error, may_have_arrived: true })?
            .map_err(|error| {
                let may_have_arrived = !(error.is_connect() || error.is_builder());
                Unanswered { error: failed(error), may_have_arrived }
            })?;
        let response = with_small_header(response)
            .map_err(|error| Unanswered { error, may_have_arrived: true })?;
        let latency = begun.elapsed();
        let status = response.status().as_u16();
        let retry_after = text_of(response.headers().get(RETRY_AFTER))
            .and_then(|text| text.trim().parse().ok())
            .map(Duration::from_secs);
        let body = read_prefix(response, kept, time.saturating_sub(latency)).await;
        Ok(Sent { status, body, retry_after, latency })
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;
    use crate::Policy;

    const TIME: Duration = Duration::from_secs(10);

    async fn call(client: &Client, url: &str) -> Result<Sent, Unanswered> {
        let url = Url::parse(url).unwrap();
        let headers = [("authorization", "Bot t")];
        client.call(Verb::Patch, &url, &headers, Some("{}".to_owned()), TIME, 4).await
    }

    #[tokio::test]
    async fn a_call_has_its_method_headers_and_a_bounded_answer() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut seen = Vec::new();
            while !seen.ends_with(b"{}") {
                let mut buffer = [0; 1_000];
                let read = stream.read(&mut buffer).await.unwrap();
                assert!(read > 0, "the request has a body");
                seen.extend_from_slice(&buffer[..read]);
            }
            let answer = b"HTTP/1.1 429 x\r\nretry-after: 7\r\ncontent-length: 6\r\n\r\nabcdef";
            stream.write_all(answer).await.unwrap();
            String::from_utf8(seen).unwrap().to_lowercase()
        });
        let client = Client::new(Policy::Local, "test").unwrap();
        let sent = call(&client, &format!("http://{address}/x")).await.unwrap();
        assert_eq!((sent.status, sent.body.as_str()), (429, "abcd"));
        assert_eq!(sent.retry_after, Some(Duration::from_secs(7)));
        let seen = seen.await.unwrap();
        assert!(seen.starts_with("patch /x http/1.1\r\n"), "{seen}");
        assert!(seen.contains("authorization: bot t\r\n"), "{seen}");
    }

    /// What never connected was never acted on; what broke off later may have been. No error names the URL, whose
    /// path may be a secret.
    #[tokio::test]
    async fn a_call_says_whether_it_may_have_arrived() {
        let client = Client::new(Policy::Local, "test").unwrap();
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let breaking = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            assert!(stream.read(&mut [0; 1_000]).await.unwrap() > 0);
        });
        for (address, may_have_arrived) in [(closed, false), (breaking, true)] {
            let error = call(&client, &format!("http://{address}/hush")).await.unwrap_err();
            assert_eq!(error.may_have_arrived, may_have_arrived, "{}", error.error);
            assert!(!error.error.to_string().contains("hush"), "{}", error.error);
        }
        let refused = call(&client, "http://10.0.0.1/hush").await.unwrap_err();
        assert!(!refused.may_have_arrived);
    }
}
