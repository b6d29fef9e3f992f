//! What all stand-ins share: a server on loopback that records its calls, fails as it is told, and delivers.

use std::{
    collections::VecDeque,
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Bytes, to_bytes},
    extract::Request,
    http::{Method, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use futures::future::BoxFuture;
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

use super::{DeliveryAttempt, Disturbance, FakeReply, PlannedFailure, RecordedCall};

/// Bytes of a call's body.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// How a platform answers a call.
pub(crate) trait Behaviour: Send + Sync + 'static {
    fn answer<'a>(&'a self, call: &'a RecordedCall) -> BoxFuture<'a, FakeReply>;
}

/// The server of a stand-in. Cheap to clone; it stops when the last clone is dropped.
#[derive(Clone)]
pub struct FakeServer {
    inner: Arc<Inner>,
    /// Stops it. What a platform's own state holds has none, so that it doesn't keep itself alive.
    serving: Option<Arc<Serving>>,
}

#[derive(Default)]
struct Serving(Mutex<Option<JoinHandle<()>>>);

struct Inner {
    address: SocketAddr,
    http: reqwest::Client,
    calls: Mutex<Vec<RecordedCall>>,
    attempts: Mutex<Vec<DeliveryAttempt>>,
    planned: Mutex<VecDeque<PlannedFailure>>,
    disturbances: Mutex<Vec<(Disturbance, u64)>>,
    /// Every how many answers of ours are lost.
    lost_every: AtomicU64,
    delivered: AtomicU64,
}

impl Drop for Serving {
    fn drop(&mut self) {
        if let Some(task) = locked(&self.0).take() {
            task.abort();
        }
    }
}

/// A lock whose holder panicked is still a lock.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl FakeServer {
    /// A server at `port` (0 for any) that is not served yet.
    pub(crate) async fn bind(port: u16) -> io::Result<(Self, TcpListener)> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let http = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([])
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(60))
            .build()
            .map_err(io::Error::other)?;
        let inner = Inner {
            address: listener.local_addr()?,
            http,
            calls: Mutex::default(),
            attempts: Mutex::default(),
            planned: Mutex::default(),
            disturbances: Mutex::default(),
            lost_every: AtomicU64::new(0),
            delivered: AtomicU64::new(0),
        };
        let serving = Some(Arc::default());
        Ok((Self { inner: Arc::new(inner), serving }, listener))
    }

    /// The same server, for what must not keep it alive.
    pub(crate) fn weak(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), serving: None }
    }

    /// Answers calls as `behaviour` does.
    pub(crate) fn serve(&self, listener: TcpListener, behaviour: Arc<dyn Behaviour>) {
        let server = self.weak();
        let router = Router::new().fallback(move |request: Request| {
            let (server, behaviour) = (server.clone(), Arc::clone(&behaviour));
            async move { server.respond(request, &*behaviour).await }
        });
        let task = tokio::spawn(async move {
            // It serves until it is aborted.
            let _ = axum::serve(listener, router).await;
        });
        if let Some(serving) = &self.serving {
            *locked(&serving.0) = Some(task);
        }
    }

    async fn respond(&self, request: Request, behaviour: &dyn Behaviour) -> Response {
        let (head, body) = request.into_parts();
        let body = to_bytes(body, MAX_BODY).await.unwrap_or_default();
        let query = head.uri.query().unwrap_or_default();
        let call = RecordedCall {
            verb: head.method.to_string(),
            path: head.uri.path().to_owned(),
            query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            headers: head.headers,
            body: serde_json::from_slice(&body).unwrap_or_default(),
            status: 0,
            at: Instant::now(),
        };
        let number = {
            let mut calls = locked(&self.inner.calls);
            calls.push(call.clone());
            calls.len() - 1
        };
        let reply = match self.failure_of(&call.path) {
            Some((reply, false)) => reply,
            Some((reply, true)) => {
                let _ = behaviour.answer(&call).await;
                reply
            }
            None => behaviour.answer(&call).await,
        };
        if let Some(call) = locked(&self.inner.calls).get_mut(number) {
            call.status = reply.status;
        }
        response(reply)
    }

    /// The failure that is planned for this call, and whether the call takes effect.
    fn failure_of(&self, path: &str) -> Option<(FakeReply, bool)> {
        let mut planned = locked(&self.inner.planned);
        if let Some(at) = planned.iter().position(|failure| path.ends_with(&failure.path)) {
            let failure = planned.remove(at)?;
            return Some((failure.reply, failure.takes_effect));
        }
        let mut disturbances = locked(&self.inner.disturbances);
        let mut found = None;
        for (disturbance, calls) in disturbances.iter_mut() {
            if path.ends_with(&disturbance.path) {
                *calls += 1;
                if disturbance.every > 0 && (*calls).is_multiple_of(disturbance.every) {
                    found = Some((disturbance.reply.clone(), disturbance.takes_effect));
                }
            }
        }
        found
    }

    /// Its base URL, to be given as `--platform NAME=URL`.
    pub fn url(&self) -> String {
        format!("http://{}", self.inner.address)
    }

    /// Fails the next call that matches, once. Several plans are used up in their order.
    pub fn fail_next(&self, failure: PlannedFailure) {
        locked(&self.inner.planned).push_back(failure);
    }

    /// Fails some calls of all from now on; several disturbances count apart.
    pub fn disturb(&self, disturbance: Disturbance) {
        locked(&self.inner.disturbances).push((disturbance, 0));
    }

    /// Ends all planned failures and disturbances, and loses no answer any more.
    pub fn calm(&self) {
        locked(&self.inner.planned).clear();
        locked(&self.inner.disturbances).clear();
        self.inner.lost_every.store(0, Ordering::SeqCst);
    }

    /// Takes every `every`-th of our answers to deliveries for lost, so that the platform delivers again; 0 for none.
    pub fn lose_answers(&self, every: u64) {
        self.inner.lost_every.store(every, Ordering::SeqCst);
    }

    /// All calls so far.
    pub fn calls(&self) -> Vec<RecordedCall> {
        locked(&self.inner.calls).clone()
    }

    /// The calls so far whose path ends like this.
    pub fn calls_of(&self, path: &str) -> Vec<RecordedCall> {
        let calls = locked(&self.inner.calls);
        calls.iter().filter(|call| call.path.ends_with(path)).cloned().collect()
    }

    /// All attempts to deliver so far.
    pub fn attempts(&self) -> Vec<DeliveryAttempt> {
        locked(&self.inner.attempts).clone()
    }

    /// Makes one request to `url` and records it.
    pub async fn attempt(
        &self,
        verb: Method,
        url: &str,
        headers: &[(&str, String)],
        body: Vec<u8>,
    ) -> DeliveryAttempt {
        let begun = Instant::now();
        let mut request = self.inner.http.request(verb, url).body(body.clone());
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let (mut status, mut content_type, mut text) = (None, String::new(), String::new());
        if let Ok(answer) = request.send().await {
            let header = answer.headers().get(CONTENT_TYPE);
            content_type = header.and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
            status = Some(answer.status().as_u16());
            text = answer.text().await.unwrap_or_default();
        }
        let number = self.inner.delivered.fetch_add(1, Ordering::SeqCst) + 1;
        let every = self.inner.lost_every.load(Ordering::SeqCst);
        let attempt = DeliveryAttempt {
            url: url.to_owned(),
            sent: body,
            status,
            content_type,
            body: text,
            took: begun.elapsed(),
            is_lost: every > 0 && number.is_multiple_of(every),
        };
        locked(&self.inner.attempts).push(attempt.clone());
        attempt
    }
}

fn response(reply: FakeReply) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = match reply.body {
        Value::Null => Bytes::new(),
        body => body.to_string().into(),
    };
    let mut response = (status, [(CONTENT_TYPE, "application/json")], body).into_response();
    for (name, value) in reply.headers {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
