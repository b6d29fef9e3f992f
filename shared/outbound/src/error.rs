//! Why nothing came back: what a tenant is told, and whether it may pass.
//!
//! A host that refuses, one that is silent and one that speaks something else than TLS or HTTP are told to a
//! tenant in the same words: different ones would make of the platform a scanner of anybody's ports.

use std::io::{self, ErrorKind};

/// What a tenant is told of a host that gave no answer, whatever the reason.
pub const NO_ANSWER: &str =
    "the host refused the connection, gave no complete answer in time, or has no valid certificate";

/// Why nothing came back. Its text is fit for a tenant's eyes: it names nothing of the platform's inside, and
/// does not tell which ports of a host are open.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
pub enum OutboundError {
    /// The address itself, or one it redirected to, is not to be connected to.
    #[error("{0} {1}")]
    Refused(String, &'static str),
    /// The name has no address that may be connected to.
    #[error("the host name does not resolve to a public address")]
    Unresolved,
    /// It took longer than that many seconds.
    #[error("{NO_ANSWER}")]
    TimedOut(u64),
    /// More than the bound came.
    #[error("the answer is larger than {0} bytes")]
    TooLarge(usize),
    /// Its header has more bytes than that.
    #[error("the header of the answer is larger than {0} bytes")]
    LargeHeader(usize),
    /// The body is packed in a way that is not known here.
    #[error("the content encoding {0} can't be read")]
    Encoding(String),
    /// It redirected too often, or in a circle.
    #[error("more than {0} redirects")]
    Redirects(u8),
    /// A redirect led nowhere.
    #[error("a redirect without a usable address")]
    BadRedirect,
    /// The other side was not there, or went away: it may be back in a while. The reason is not told.
    #[error("{NO_ANSWER}")]
    Lost(String),
    /// Anything else: broken TLS, broken HTTP. The reason is not told.
    #[error("{NO_ANSWER}")]
    Failed(String),
    /// A queue of the deployer's did not take a message.
    #[error("could not send to the queue: {0}")]
    Queue(String),
}

/// Why a request has no answer, and whether it may have arrived all the same.
#[derive(Debug, Clone, thiserror::Error, PartialEq, Eq)]
#[error("{error}")]
pub struct SendError {
    /// Why.
    pub error: OutboundError,
    /// `false`: nothing was sent, so that sending it again is safe whatever it was.
    pub may_have_arrived: bool,
}

/// Marks a name that resolved to refused addresses only, inside reqwest's own error.
#[derive(Debug, thiserror::Error)]
#[error("no public address")]
pub(crate) struct NoPublicAddress;

/// What an error of the HTTP client comes to.
pub(crate) fn failed(error: reqwest::Error) -> OutboundError {
    // A platform's URL may hold a token.
    let error = error.without_url();
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    let mut last = String::new();
    let mut is_lost = error.is_timeout();
    while let Some(at) = cause {
        if at.is::<NoPublicAddress>() {
            return OutboundError::Unresolved;
        }
        is_lost |= at.downcast_ref().is_some_and(is_gone_away);
        is_lost |= at.downcast_ref().is_some_and(hyper::Error::is_incomplete_message);
        last = at.to_string();
        cause = at.source();
    }
    if is_lost { OutboundError::Lost(last) } else { OutboundError::Failed(last) }
}

fn is_gone_away(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionRefused
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::HostUnreachable
            | ErrorKind::NetworkUnreachable
            | ErrorKind::TimedOut
            | ErrorKind::UnexpectedEof
    )
}

#[cfg(test)]
mod tests {
    use std::{net::SocketAddr, time::Duration};

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use url::Url;

    use super::*;
    use crate::{Client, FetchLimits, Policy};

    /// A request that never left may be sent again; one that was read may have been acted on.
    #[tokio::test]
    async fn what_was_not_sent_is_told_from_what_may_have_arrived() {
        let client = Client::new(Policy::Local, "test").unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            assert!(stream.read(&mut [0; 1_000]).await.unwrap() > 0);
        });
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        for (url, arrived) in [
            (format!("http://{closed}/"), false),
            ("http://10.0.0.1/".to_owned(), false),
            ("http://no-such-name.invalid/".to_owned(), false),
            (format!("http://{address}/"), true),
        ] {
            let post = crate::Exchange::Post("{}".to_owned());
            let sent = client.exchange(&Url::parse(&url).unwrap(), &[], post).await;
            let error = sent.err().expect("no answer");
            assert_eq!(error.may_have_arrived, arrived, "{url}: {error}");
        }
    }

    /// What a header says is stored: its bytes have a bound, whatever the request.
    #[tokio::test]
    async fn a_header_has_at_most_16_kilobytes() {
        let client = Client::new(Policy::Local, "test").unwrap();
        for (bytes, fits) in [(8_000, true), (17_000, false), (300_000, false)] {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let url = format!("http://{}/", listener.local_addr().unwrap());
            tokio::spawn(async move {
                for _ in 0..3 {
                    let (mut stream, _) = listener.accept().await.unwrap();
                    assert!(stream.read(&mut [0; 1_000]).await.unwrap() > 0);
                    let etag = "e".repeat(bytes);
                    let head = format!(
                        "HTTP/1.1 200 OK\r\netag: {etag}\r\nconnection: close\r\n\
                         content-length: 0\r\n\r\n"
                    );
                    // A client that has read enough hangs up.
                    let _ = stream.write_all(head.as_bytes()).await;
                }
            });
            let url = Url::parse(&url).unwrap();
            let time = Duration::from_secs(10);
            let limits = FetchLimits { time, bytes: 1_000, redirects: 0 };
            let got = client.get(&url, "*/*", limits).await.map(drop);
            let posted = client.post_json(&url, &[], "{}".to_owned(), time, 9).await.map(drop);
            let post = crate::Exchange::Post("{}".to_owned());
            let sent = client.exchange(&url, &[], post).await.map(drop);
            let sent = sent.map_err(|failed| failed.error);
            for came in [got, posted, sent] {
                assert_eq!(came.is_ok(), fits, "{bytes}: {came:?}");
                if let Err(error) = came {
                    assert_eq!(error, OutboundError::LargeHeader(16 * 1024));
                }
            }
        }
    }

    /// What a tenant reads of a host does not tell a port that is open from one that is not.
    #[tokio::test]
    async fn closed_silent_and_broken_hosts_are_told_in_the_same_words() {
        let client = Client::new(Policy::Local, "test").unwrap();
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let mut hosts = vec![closed, silent.local_addr().unwrap()];
        // A mail server, a TLS server that accepts no cipher of ours, and one that hangs up.
        for bytes in [&b"220 mail.example.com ESMTP\r\n"[..], b"\x15\x03\x03\x00\x02\x02\x28", b""]
        {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            hosts.push(listener.local_addr().unwrap());
            tokio::spawn(async move {
                loop {
                    let (mut stream, _) = listener.accept().await.unwrap();
                    let _ = stream.read(&mut [0; 1_000]).await;
                    let _ = stream.write_all(bytes).await;
                }
            });
        }
        let time = Duration::from_millis(500);
        for (scheme, host) in
            ["http", "https"].iter().flat_map(|s| hosts.iter().map(move |h| (s, h)))
        {
            let url = Url::parse(&format!("{scheme}://{host}/")).unwrap();
            let posted = client.post_json(&url, &[], "{}".to_owned(), time, 9).await.map(drop);
            let limits = FetchLimits { time, bytes: 1_000, redirects: 0 };
            let got = client.get(&url, "*/*", limits).await.map(drop);
            let called = client.call(crate::Verb::Get, &url, &[], None, time, 9).await;
            let called = called.map(drop).map_err(|unanswered| unanswered.error);
            for came in [posted, got, called] {
                assert_eq!(came.unwrap_err().to_string(), NO_ANSWER, "{url}");
            }
        }
    }

    /// What is not there may be there again; what speaks no HTTP will not by waiting.
    #[tokio::test]
    async fn a_server_that_is_away_is_told_from_one_that_is_none() {
        let client = Client::new(Policy::Local, "test").unwrap();
        let limits = FetchLimits { time: Duration::from_secs(10), bytes: 1_000, redirects: 0 };
        let get = async |address: SocketAddr| {
            let url = Url::parse(&format!("http://{address}/")).unwrap();
            client.get(&url, "*/*", limits).await.unwrap_err()
        };
        let answering = async |bytes: &'static [u8]| {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            tokio::spawn(async move {
                let (mut stream, _) = listener.accept().await.unwrap();
                assert!(stream.read(&mut [0; 1_000]).await.unwrap() > 0);
                stream.write_all(bytes).await.unwrap();
            });
            get(address).await
        };
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        assert!(matches!(get(closed).await, OutboundError::Lost(_)));
        for bytes in [&b""[..], b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\ncut"] {
            let error = answering(bytes).await;
            assert!(matches!(error, OutboundError::Lost(_)), "{error}");
        }
        let error = answering(b"220 mail.example.com ESMTP\r\n").await;
        assert!(matches!(error, OutboundError::Failed(_)), "{error}");
    }
}
