//! A web site to crawl.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderMap, header::IF_NONE_MATCH},
    response::Response,
};
use tokio::{net::TcpListener, task::JoinHandle};

const HTML: &str = "text/html; charset=utf-8";

/// A site. It stops when it is dropped.
pub struct Site {
    /// Its address, without a slash at the end.
    pub url: String,
    served: Served,
    server: JoinHandle<()>,
}

#[derive(Clone)]
struct Answer {
    status: u16,
    content_type: String,
    body: Vec<u8>,
    etag: Option<String>,
    retry_after: Option<String>,
}

#[derive(Default)]
struct State {
    pages: HashMap<String, Answer>,
    failures: HashMap<String, (u32, Answer)>,
    hits: HashMap<String, u32>,
    unchanged: HashMap<String, u32>,
    takes: Duration,
    now: u32,
    most: u32,
}

#[derive(Clone, Default)]
struct Served(Arc<Mutex<State>>);

/// A request that is being answered.
struct Busy(Served);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.state().now -= 1;
    }
}

impl Served {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("not poisoned")
    }

    async fn answer(self, path: String, headers: HeaderMap) -> Response {
        let (found, takes, busy) = {
            let mut state = self.state();
            *state.hits.entry(path.clone()).or_default() += 1;
            state.now += 1;
            state.most = state.most.max(state.now);
            let failure = state.failures.get_mut(&path).filter(|(times, _)| *times > 0);
            let failure = failure.map(|(times, answer)| {
                *times -= 1;
                answer.clone()
            });
            let found = failure.or_else(|| state.pages.get(&path).cloned());
            (found, state.takes, Busy(self.clone()))
        };
        tokio::time::sleep(takes).await;
        let answer = found.unwrap_or_else(|| Answer::new(404, HTML, b"not here"));
        let mut response = Response::builder().header("content-type", answer.content_type);
        let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        let unchanged = known.is_some() && known == answer.etag.as_deref();
        if let Some(etag) = answer.etag {
            response = response.header("etag", etag);
        }
        if let Some(wait) = answer.retry_after {
            response = response.header("retry-after", wait);
        }
        drop(busy);
        if unchanged {
            *self.state().unchanged.entry(path).or_default() += 1;
            return response.status(304).body(Body::empty()).expect("a response");
        }
        response.status(answer.status).body(Body::from(answer.body)).expect("a response")
    }
}

impl Answer {
    fn new(status: u16, content_type: &str, body: &[u8]) -> Self {
        let (content_type, body) = (content_type.to_owned(), body.to_owned());
        Self { status, content_type, body, etag: None, retry_after: None }
    }
}

impl Site {
    /// A site of HTML pages, by path; everything else is 404.
    pub async fn start(pages: &[(&str, &str)]) -> Self {
        Self::with(pages, Router::new()).await
    }

    /// A site of HTML pages that also has `routes`.
    pub async fn with(pages: &[(&str, &str)], routes: Router) -> Self {
        let served = Served::default();
        let shared = served.clone();
        let routes = routes.fallback(move |request: Request| {
            let (path, headers) = (request.uri().path().to_owned(), request.headers().clone());
            shared.clone().answer(path, headers)
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let server = tokio::spawn(async move {
            axum::serve(listener, routes).await.expect("the site serves");
        });
        let site = Self { url, served, server };
        pages.iter().for_each(|(path, html)| site.set(path, 200, html));
        site
    }

    /// From now on `path` answers so.
    pub fn set(&self, path: &str, status: u16, html: &str) {
        let answer = Answer::new(status, HTML, html.as_bytes());
        self.served.state().pages.insert(path.into(), answer);
    }

    /// From now on `path` is this file.
    pub fn file(&self, path: &str, content_type: &str, bytes: &[u8]) {
        let answer = Answer::new(200, content_type, bytes);
        self.served.state().pages.insert(path.into(), answer);
    }

    /// From now on `path` is this page with this `ETag`; who shows it again is told 304.
    pub fn tagged(&self, path: &str, html: &str, etag: &str) {
        let answer = Answer { etag: Some(etag.into()), ..Answer::new(200, HTML, html.as_bytes()) };
        self.served.state().pages.insert(path.into(), answer);
    }

    /// The next `times` that `path` is requested it fails so, with this `Retry-After`; then it is as
    /// it was.
    pub fn fails(&self, path: &str, times: u32, status: u16, retry_after: Option<&str>) {
        let retry_after = retry_after.map(str::to_owned);
        let answer = Answer { retry_after, ..Answer::new(status, HTML, b"later") };
        self.served.state().failures.insert(path.into(), (times, answer));
    }

    /// From now on every answer takes so long.
    pub fn slow(&self, takes: Duration) {
        self.served.state().takes = takes;
    }

    /// How often `path` was requested.
    pub fn hits(&self, path: &str) -> u32 {
        self.served.state().hits.get(path).copied().unwrap_or(0)
    }

    /// How often the answer was that `path` had not changed.
    pub fn unchanged(&self, path: &str) -> u32 {
        self.served.state().unchanged.get(path).copied().unwrap_or(0)
    }

    /// The most requests that were being answered at the same time.
    pub fn most_at_once(&self) -> u32 {
        self.served.state().most
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.server.abort();
    }
}
