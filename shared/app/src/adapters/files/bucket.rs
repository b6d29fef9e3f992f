//! Files in an S3 bucket. Requests are signed by `rusty_s3` and sent by `reqwest`: AWS's own client of S3 takes a
//! function three quarters of a megabyte, most of it tables of checksums that are not used here.

use std::time::Duration;

use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use domain::{ChatbotId, Error, Result, source::MAX_FILE_BYTES};
use futures::{StreamExt, TryStreamExt, stream};
use reqwest::{Method, Response, StatusCode, redirect};
use rusty_s3::{Credentials, S3Action, UrlStyle, actions::ListObjectsV2};
use tokio::time::{sleep, timeout};
use url::Url;

use super::{FileKey, too_large};
use crate::adapters::random;

/// Files of a chatbot that are removed at the same time.
const REMOVED_AT_ONCE: usize = 8;
/// Names that S3 gives at a time, which is as many as it ever does.
const LISTED_AT_ONCE: usize = 1_000;
/// Bytes of an answer that is no file: a thousand names have less than half of it.
const MAX_XML_BYTES: usize = 1024 * 1024;
/// How often a request is sent at most; all of them can be repeated.
const TRIES: u32 = 3;
/// The wait after the first try at most, doubled with each.
const FIRST_WAIT: Duration = Duration::from_millis(200);
/// How long S3 accepts what was signed for one request.
const SIGNED_FOR: Duration = Duration::from_secs(300);

/// Where a bucket is, and how long its requests may take.
#[derive(Debug, Clone)]
pub struct BucketConfig {
    /// Its name.
    pub name: String,
    /// Its region.
    pub region: String,
    /// Of an S3 that is not AWS's.
    pub endpoint: Option<Url>,
    /// Asked before each request.
    pub credentials: SharedCredentialsProvider,
    /// Opening a connection.
    pub connect: Duration,
    /// One try of a request.
    pub attempt: Duration,
    /// All of them, waits included.
    pub operation: Duration,
}

/// A bucket.
#[derive(Debug, Clone)]
pub struct Bucket {
    bucket: rusty_s3::Bucket,
    credentials: SharedCredentialsProvider,
    http: reqwest::Client,
    attempt: Duration,
    operation: Duration,
}

/// A request as it is signed.
struct Signed {
    method: Method,
    url: Url,
    headers: Vec<(String, String)>,
}

impl Signed {
    fn of<'a, A: S3Action<'a>>(mut action: A) -> Result<Self> {
        let url = action.sign(SIGNED_FOR);
        let headers = action.headers_mut().iter();
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let method = A::METHOD.to_str().parse().map_err(Error::internal)?;
        Ok(Self { method, url, headers })
    }
}

/// Why a request came to nothing.
enum Failed {
    /// S3 answered so, with its code for it.
    Refused(StatusCode, String),
    /// It was not reached, or broke off.
    Unreached(reqwest::Error),
    /// It took longer than a try may.
    TimedOut,
    /// Its answer has more bytes than are read.
    TooLarge(u64),
}

impl Failed {
    /// Whether it may pass.
    fn is_passing(&self) -> bool {
        match self {
            Self::Refused(status, code) => {
                let codes = ["InternalError", "RequestTimeout", "SlowDown"];
                status.is_server_error() || codes.contains(&code.as_str())
            }
            Self::Unreached(_) | Self::TimedOut => true,
            Self::TooLarge(_) => false,
        }
    }

    fn told(self) -> Error {
        match self {
            Self::Refused(status, code) => Error::internal(format!("S3 answered {status}: {code}")),
            Self::Unreached(error) => Error::internal(error),
            Self::TimedOut => Error::internal("S3 did not answer in time"),
            Self::TooLarge(bytes) => too_large(bytes),
        }
    }
}

impl From<reqwest::Error> for Failed {
    /// Its address is a secret, since it is signed.
    fn from(error: reqwest::Error) -> Self {
        Self::Unreached(error.without_url())
    }
}

/// The code of the error that `xml` tells of; empty if it tells of none.
fn error_code(xml: &[u8]) -> String {
    let text = String::from_utf8_lossy(xml);
    let Ok(document) = roxmltree::Document::parse(&text) else { return String::new() };
    let error = Some(document.root_element()).filter(|root| root.has_tag_name("Error"));
    let code = error.and_then(|root| root.children().find(|child| child.has_tag_name("Code")));
    code.and_then(|code| code.text()).unwrap_or_default().to_owned()
}

/// The whole body, of `most` bytes.
async fn read(mut response: Response, most: usize) -> Result<Vec<u8>, Failed> {
    if let Some(bytes) = response.content_length().filter(|bytes| *bytes > most as u64) {
        return Err(Failed::TooLarge(bytes));
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if body.len() + chunk.len() > most {
            return Err(Failed::TooLarge((body.len() + chunk.len()) as u64));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

impl Bucket {
    /// # Errors
    ///
    /// If there is no such address, or the machine's root certificates can't be read.
    pub(super) fn new(config: BucketConfig) -> Result<Self> {
        let BucketConfig { name, region, endpoint, credentials, connect, attempt, operation } =
            config;
        let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
        let aws = || Url::parse(&format!("https://s3.{region}.amazonaws.com{suffix}"));
        // A certificate of AWS's is for one name below its own.
        let is_in_path = endpoint.is_some() || name.contains('.');
        let style = if is_in_path { UrlStyle::Path } else { UrlStyle::VirtualHost };
        let endpoint = endpoint.map_or_else(aws, Ok).map_err(Error::internal)?;
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(outbound::tls_config().map_err(Error::internal)?)
            .redirect(redirect::Policy::none())
            .no_proxy()
            // A file is what was sent, whatever it is packed with.
            .no_gzip()
            .connect_timeout(connect);
        Ok(Self {
            bucket: rusty_s3::Bucket::new(endpoint, style, name, region)
                .map_err(Error::internal)?,
            credentials,
            http: http.build().map_err(Error::internal)?,
            attempt,
            operation,
        })
    }

    async fn credentials(&self) -> Result<Credentials> {
        let found = self.credentials.provide_credentials().await.map_err(Error::internal)?;
        let (key, secret) = (found.access_key_id(), found.secret_access_key());
        Ok(match found.session_token() {
            Some(token) => Credentials::new_with_token(key, secret, token),
            None => Credentials::new(key, secret),
        })
    }

    /// The answer's body, at most `most` bytes of it.
    async fn send(&self, signed: Signed, body: Vec<u8>, most: usize) -> Result<Vec<u8>, Failed> {
        let body = bytes::Bytes::from(body);
        let all = async {
            let mut tries = 0;
            loop {
                let sent = timeout(self.attempt, self.send_once(&signed, body.clone(), most)).await;
                let failed = match sent.unwrap_or(Err(Failed::TimedOut)) {
                    Ok(body) => return Ok(body),
                    Err(failed) => failed,
                };
                tries += 1;
                if tries == TRIES || !failed.is_passing() {
                    return Err(failed);
                }
                sleep(FIRST_WAIT.mul_f64(f64::from(tries) * random::fraction())).await;
            }
        };
        timeout(self.operation, all).await.unwrap_or(Err(Failed::TimedOut))
    }

    async fn send_once(
        &self,
        signed: &Signed,
        body: bytes::Bytes,
        most: usize,
    ) -> Result<Vec<u8>, Failed> {
        let mut request = self.http.request(signed.method.clone(), signed.url.clone());
        for (name, value) in &signed.headers {
            request = request.header(name, value);
        }
        if signed.method == Method::PUT {
            // S3 wants to be told of an empty body too.
            request = request.header("content-length", body.len()).body(body);
        }
        let response = request.send().await?;
        let status = response.status();
        if !status.is_success() {
            let code = error_code(&read(response, MAX_XML_BYTES).await?);
            return Err(Failed::Refused(status, code));
        }
        read(response, most).await
    }

    pub(super) async fn put(&self, of: FileKey, bytes: Vec<u8>) -> Result<()> {
        let (key, credentials) = (of.key(), self.credentials().await?);
        let signed = Signed::of(self.bucket.put_object(Some(&credentials), &key))?;
        self.send(signed, bytes, MAX_XML_BYTES).await.map(drop).map_err(Failed::told)
    }

    pub(super) async fn get(&self, of: FileKey) -> Result<Option<Vec<u8>>> {
        let (key, credentials) = (of.key(), self.credentials().await?);
        let signed = Signed::of(self.bucket.get_object(Some(&credentials), &key))?;
        match self.send(signed, Vec::new(), MAX_FILE_BYTES).await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(Failed::Refused(_, code)) if code == "NoSuchKey" => Ok(None),
            Err(failed) => Err(failed.told()),
        }
    }

    /// Within S3: a chatbot's files are copied several at a time, which would fill the memory of
    /// a small function.
    pub(super) async fn copy(&self, from: FileKey, to: FileKey) -> Result<bool> {
        let (key, credentials) = (to.key(), self.credentials().await?);
        let mut action = self.bucket.put_object(Some(&credentials), &key);
        let source = format!("{}/{}", self.bucket.name(), from.key());
        action.headers_mut().insert("x-amz-copy-source", source);
        let answered = self.send(Signed::of(action)?, Vec::new(), MAX_XML_BYTES).await;
        // A copy that fails after it has begun has the status of one that succeeded.
        let failed = match answered.map(|body| error_code(&body)) {
            Ok(none) if none.is_empty() => return Ok(true),
            Ok(code) => Failed::Refused(StatusCode::OK, code),
            Err(failed) => failed,
        };
        match failed {
            Failed::Refused(_, code) if code == "NoSuchKey" => Ok(false),
            failed => Err(failed.told()),
        }
    }

    pub(super) async fn address(&self, of: FileKey, size: u64, time: Duration) -> Result<String> {
        let (key, credentials) = (of.key(), self.credentials().await?);
        let mut action = self.bucket.put_object(Some(&credentials), &key);
        // A length that is signed is the only one that S3 takes.
        action.headers_mut().insert("content-length", size.to_string());
        Ok(action.sign(time).into())
    }

    pub(super) async fn remove(&self, key: String) -> Result<()> {
        let credentials = self.credentials().await?;
        let signed = Signed::of(self.bucket.delete_object(Some(&credentials), &key))?;
        self.send(signed, Vec::new(), MAX_XML_BYTES).await.map(drop).map_err(Failed::told)
    }

    pub(super) async fn remove_all(&self, chatbot: ChatbotId) -> Result<()> {
        loop {
            let credentials = self.credentials().await?;
            let mut action = self.bucket.list_objects_v2(Some(&credentials));
            action.with_prefix(format!("{chatbot}/"));
            action.with_max_keys(LISTED_AT_ONCE);
            let sent = self.send(Signed::of(action)?, Vec::new(), MAX_XML_BYTES).await;
            let xml = sent.map_err(Failed::told)?;
            let xml = String::from_utf8(xml).map_err(Error::internal)?;
            let listed = ListObjectsV2::parse_response(&xml).map_err(Error::internal)?;
            let more = listed.next_continuation_token.is_some();
            stream::iter(listed.contents)
                .map(|object| self.remove(object.key))
                .buffer_unordered(REMOVED_AT_ONCE)
                .try_collect::<()>()
                .await?;
            // What was removed is not listed again, so each round has others.
            if !more {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
#[path = "bucket_tests.rs"]
mod tests;
