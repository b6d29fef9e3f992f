//! Slack: events signed and repeated three times; a Web API that answers 200 whatever it thinks.

use std::{
    collections::HashMap,
    io,
    ops::Deref,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::http::Method;
use futures::future::BoxFuture;
use serde_json::{Value, json};

use super::{
    FakeReply, FakeServer, PlannedFailure, RecordedCall,
    retry::until_taken,
    server::{Behaviour, locked},
    sign::{hmac_hex, seconds_now},
};

/// A slower answer than this is none.
const PATIENCE: Duration = Duration::from_secs(3);
/// Characters after which a text is cut.
const MAX_TEXT: usize = 40_000;

/// Slack on loopback, with one workspace.
#[derive(Clone)]
pub struct FakeSlack {
    server: FakeServer,
    state: Arc<Workspace>,
}

/// A message that an app posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlackPosted {
    /// Whose.
    pub token: String,
    /// Where to.
    pub channel: String,
    /// In whose thread; empty for none.
    pub thread_ts: String,
    /// As sent.
    pub text: String,
    /// Its id.
    pub ts: String,
}

struct Workspace {
    /// Tokens that are not good, and the error of each.
    refused: Mutex<HashMap<String, String>>,
    posted: Mutex<Vec<SlackPosted>>,
    subscription: Mutex<(String, String)>,
    open: AtomicU64,
    numbers: AtomicU64,
    second: Duration,
}

impl Deref for FakeSlack {
    type Target = FakeServer;

    fn deref(&self) -> &FakeServer {
        &self.server
    }
}

impl FakeSlack {
    /// A good bot token; so is any that begins like this.
    pub const TOKEN: &str = "xoxb-1-good";
    /// The app's signing secret.
    pub const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
    /// The workspace's id.
    pub const TEAM: &str = "T0FAKE";
    /// The bot's user id.
    pub const BOT: &str = "U0BOT";

    /// At any port, with seconds that last 10 ms.
    ///
    /// # Errors
    ///
    /// No port is free.
    pub async fn start() -> io::Result<Self> {
        Self::start_at(0, Duration::from_millis(10)).await
    }

    /// At `port`, with seconds that last as long as `second`.
    ///
    /// # Errors
    ///
    /// The port is taken.
    pub async fn start_at(port: u16, second: Duration) -> io::Result<Self> {
        let (server, listener) = FakeServer::bind(port).await?;
        let state = Arc::new(Workspace {
            refused: Mutex::default(),
            posted: Mutex::default(),
            subscription: Mutex::default(),
            open: AtomicU64::new(0),
            numbers: AtomicU64::new(100),
            second,
        });
        server.serve(listener, Arc::<Workspace>::clone(&state));
        Ok(Self { server, state })
    }

    /// What the app's owner does: enters the request URL, which Slack then checks. Whether it passed.
    pub async fn subscribe(&self, url: &str, secret: &str) -> bool {
        *locked(&self.state.subscription) = (url.to_owned(), secret.to_owned());
        let challenge = format!("challenge-{}", self.next());
        let body = json!({ "type": "url_verification", "token": "t", "challenge": challenge });
        let attempt = self.post(&body, &[]).await;
        let as_json = json!({ "challenge": challenge }).to_string();
        attempt.status == Some(200) && [challenge, as_json].contains(&attempt.body)
    }

    /// Takes a token back with this error (`token_revoked`, `account_inactive`, …).
    pub fn revoke(&self, token: &str, error: &str) {
        locked(&self.state.refused).insert(token.to_owned(), error.to_owned());
    }

    /// Fails the next call of `method` with 200 and this error.
    pub fn fail(&self, method: &str, error: &str) {
        let reply = FakeReply::new(200, json!({ "ok": false, "error": error }));
        self.fail_next(PlannedFailure { path: format!("/{method}"), reply, takes_effect: false });
    }

    /// Answers the next call of `method` with 429 and this wait.
    pub fn limit(&self, method: &str, seconds: u64) {
        let reply = FakeReply::new(429, json!({ "ok": false, "error": "ratelimited" }))
            .with("retry-after", seconds.to_string());
        self.fail_next(PlannedFailure { path: format!("/{method}"), reply, takes_effect: false });
    }

    /// Everything that apps posted so far.
    pub fn posted(&self) -> Vec<SlackPosted> {
        locked(&self.state.posted).clone()
    }

    /// Has a person write to the bot directly: the message's `ts`.
    pub fn write(&self, user: &str, text: &str) -> String {
        let event = self.message(user, &format!("D{user}"), "im", text);
        let ts = event["ts"].as_str().unwrap_or_default().to_owned();
        self.deliver(event);
        ts
    }

    /// A message event, to be changed as a test likes and delivered.
    pub fn message(&self, user: &str, channel: &str, channel_type: &str, text: &str) -> Value {
        let ts = format!("{}.{:06}", seconds_now(), self.next() % 1_000_000);
        json!({
            "type": "message",
            "channel": channel,
            "channel_type": channel_type,
            "user": user,
            "text": text,
            "ts": ts,
            "event_ts": ts,
            "team": Self::TEAM,
            "client_msg_id": format!("client-{ts}"),
        })
    }

    /// An event in its envelope.
    pub fn envelope(&self, event: Value) -> Value {
        json!({
            "token": "verification",
            "team_id": Self::TEAM,
            "api_app_id": "A0FAKE",
            "event": event,
            "type": "event_callback",
            "event_id": format!("Ev{}", self.next()),
            "event_time": seconds_now(),
            "authorizations": [{ "team_id": Self::TEAM, "user_id": Self::BOT, "is_bot": true }],
        })
    }

    /// Delivers an event, and up to three times more until it is taken: at once, after a minute, after five.
    pub fn deliver(&self, event: Value) {
        let (slack, envelope) = (self.clone(), self.envelope(event));
        self.state.open.fetch_add(1, Ordering::SeqCst);
        tokio::spawn(async move {
            let pauses = [0, 60, 300].map(|seconds| slack.state.second * seconds);
            until_taken(pauses, |nth| {
                let (slack, envelope) = (slack.clone(), envelope.clone());
                async move {
                    let retry = [
                        ("x-slack-retry-num", nth.to_string()),
                        ("x-slack-retry-reason", "http_timeout".to_owned()),
                    ];
                    let attempt = slack.post(&envelope, if nth == 0 { &[] } else { &retry }).await;
                    attempt.is_taken() && attempt.took < PATIENCE
                }
            })
            .await;
            slack.state.open.fetch_sub(1, Ordering::SeqCst);
        });
    }

    /// Posts a body once, signed as Slack does.
    pub async fn post(&self, body: &Value, more: &[(&str, String)]) -> super::DeliveryAttempt {
        self.post_at(body, more, seconds_now()).await
    }

    /// As [`Self::post`], at another time.
    pub async fn post_at(
        &self,
        body: &Value,
        more: &[(&str, String)],
        seconds: u64,
    ) -> super::DeliveryAttempt {
        let (url, secret) = locked(&self.state.subscription).clone();
        let (body, timestamp) = (body.to_string().into_bytes(), seconds.to_string());
        let signature = hmac_hex(&secret, &[b"v0:", timestamp.as_bytes(), b":", &body]);
        let mut headers = vec![
            ("content-type", "application/json".to_owned()),
            ("x-slack-request-timestamp", timestamp),
            ("x-slack-signature", format!("v0={signature}")),
        ];
        headers.extend_from_slice(more);
        self.attempt(Method::POST, &url, &headers, body).await
    }

    /// Waits until no event is under way.
    pub async fn idle(&self) {
        while self.state.open.load(Ordering::SeqCst) > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    fn next(&self) -> u64 {
        self.state.numbers.fetch_add(1, Ordering::SeqCst)
    }
}

impl Behaviour for Workspace {
    fn answer<'a>(&'a self, call: &'a RecordedCall) -> BoxFuture<'a, FakeReply> {
        let body = self.run(call).unwrap_or_else(|error| json!({ "ok": false, "error": error }));
        Box::pin(async move { FakeReply::new(200, body) })
    }
}

impl Workspace {
    fn run(&self, call: &RecordedCall) -> Result<Value, String> {
        let token = call.header("authorization").strip_prefix("Bearer ").unwrap_or_default();
        if token.is_empty() {
            return Err("not_authed".to_owned());
        }
        if let Some(error) = locked(&self.refused).get(token) {
            return Err(error.clone());
        }
        if !token.starts_with("xoxb-") {
            return Err("invalid_auth".to_owned());
        }
        match call.path.as_str() {
            "/api/auth.test" => Ok(json!({
                "ok": true,
                "url": "https://fake.slack.com/",
                "team": "Fake team",
                "user": "bot",
                "team_id": FakeSlack::TEAM,
                "user_id": FakeSlack::BOT,
                "bot_id": "B0BOT",
            })),
            "/api/chat.postMessage" => self.post_message(token, &call.body),
            "/api/assistant.threads.setStatus" => Ok(json!({ "ok": true })),
            _ => Err("unknown_method".to_owned()),
        }
    }

    fn post_message(&self, token: &str, body: &Value) -> Result<Value, String> {
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        let channel = text("channel");
        if !channel.starts_with(['C', 'D', 'G']) {
            return Err("channel_not_found".to_owned());
        }
        if text("text").trim().is_empty() {
            return Err("no_text".to_owned());
        }
        let number = self.numbers.fetch_add(1, Ordering::SeqCst);
        let ts = format!("{}.{:06}", seconds_now(), number % 1_000_000);
        locked(&self.posted).push(SlackPosted {
            token: token.to_owned(),
            channel: channel.clone(),
            thread_ts: text("thread_ts"),
            text: text("text").chars().take(MAX_TEXT).collect(),
            ts: ts.clone(),
        });
        Ok(json!({ "ok": true, "channel": channel, "ts": ts, "message": { "text": text("text") } }))
    }
}
