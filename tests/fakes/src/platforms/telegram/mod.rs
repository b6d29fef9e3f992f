//! Telegram's Bot API: every token is a bot with a webhook of its own.

mod calls;
mod html;
mod queue;

use std::{
    collections::HashMap,
    io,
    ops::Deref,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{FakeReply, FakeServer, PlannedFailure, server::locked, sign::seconds_now};

/// Telegram on loopback.
#[derive(Clone)]
pub struct FakeTelegram {
    server: FakeServer,
    state: Arc<Bots>,
}

/// A message that a bot sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TelegramSent {
    /// Whose.
    pub token: String,
    /// Where to.
    pub chat_id: i64,
    /// As sent, with its markup.
    pub text: String,
    /// As read, without markup.
    pub plain: String,
    /// `HTML`, or empty.
    pub parse_mode: String,
    /// Its id.
    pub message_id: i64,
    /// Whether it came as the answer to a delivery, and not as a call.
    pub by_answer: bool,
}

pub(crate) struct Bots {
    bots: Mutex<HashMap<String, Bot>>,
    sent: Mutex<Vec<TelegramSent>>,
    queues: queue::Queues,
    numbers: AtomicI64,
    /// How long a second is.
    second: Duration,
}

/// One bot.
#[derive(Debug, Clone, Default)]
struct Bot {
    is_revoked: bool,
    webhook: Webhook,
    last_set: Option<Instant>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Webhook {
    url: String,
    secret: String,
    allowed: Vec<String>,
    max_connections: i64,
    last_error: String,
}

impl Deref for FakeTelegram {
    type Target = FakeServer;

    fn deref(&self) -> &FakeServer {
        &self.server
    }
}

impl FakeTelegram {
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
        let state = Arc::new(Bots {
            bots: Mutex::default(),
            sent: Mutex::default(),
            queues: queue::Queues::default(),
            numbers: AtomicI64::new(100),
            second,
        });
        server.serve(listener, Arc::<Bots>::clone(&state));
        Ok(Self { server, state })
    }

    /// A token is well formed by this.
    pub const TOKEN: &str = "123456:TEST-token_of-a_bot";

    /// Takes a bot's token back: calls answer 401 from now on.
    pub fn revoke(&self, token: &str) {
        locked(&self.state.bots).entry(token.to_owned()).or_default().is_revoked = true;
    }

    /// The URL of the bot's webhook; empty if it has none.
    pub fn webhook(&self, token: &str) -> String {
        locked(&self.state.bots).get(token).map(|bot| bot.webhook.url.clone()).unwrap_or_default()
    }

    /// The bot's user name.
    pub fn username(token: &str) -> String {
        format!("bot{}_bot", id_of(token))
    }

    /// Everything that bots sent so far.
    pub fn sent(&self) -> Vec<TelegramSent> {
        locked(&self.state.sent).clone()
    }

    /// Fails the next call of `method` with this code and description.
    pub fn fail(&self, method: &str, code: u16, description: &str, parameters: Value) {
        let reply = error(code, description, parameters);
        let path = format!("/{method}");
        self.fail_next(PlannedFailure { path, reply, takes_effect: false });
    }

    /// Has a person write to the bot in private: the update's id.
    pub fn write(&self, token: &str, user: i64, text: &str) -> i64 {
        self.deliver(token, json!({ "message": self.message(user, text) }))
    }

    /// A message in private, to be changed as a test likes and delivered.
    pub fn message(&self, user: i64, text: &str) -> Value {
        json!({
            "message_id": self.next(),
            "date": seconds_now(),
            "chat": { "id": user, "type": "private", "first_name": format!("User {user}") },
            "from": {
                "id": user,
                "is_bot": false,
                "first_name": format!("User {user}"),
                "username": format!("user_{user}"),
                "language_code": "en",
            },
            "text": text,
        })
    }

    /// Queues an update, which is an object with one payload field: its id. It is delivered behind all others of its
    /// chat, and again until it is taken.
    pub fn deliver(&self, token: &str, mut update: Value) -> i64 {
        let id = self.next();
        update["update_id"] = id.into();
        queue::push(&self.server, &self.state, token, update);
        id
    }

    /// Delivers the update with this id once more, as after an answer that was lost.
    pub async fn repeat(&self, token: &str, id: i64) -> Option<u16> {
        let body = self.attempts().into_iter().find_map(|attempt| {
            let update: Value = serde_json::from_slice(&attempt.sent).ok()?;
            (update["update_id"] == id).then_some(update)
        })?;
        queue::post(&self.server, &self.state, token, &body).await.status
    }

    /// Waits until every update was taken.
    pub async fn idle(&self) {
        while !self.state.is_idle() {
            tokio::time::sleep(queue::LOOK).await;
        }
    }

    fn next(&self) -> i64 {
        self.state.numbers.fetch_add(1, Ordering::SeqCst)
    }
}

/// Telegram's form of a failure.
pub(crate) fn error(code: u16, description: &str, parameters: Value) -> FakeReply {
    let mut body = json!({ "ok": false, "error_code": code, "description": description });
    let retry_after = parameters["retry_after"].as_u64();
    if parameters.is_object() {
        body["parameters"] = parameters;
    }
    let reply = FakeReply::new(code, body);
    match retry_after {
        Some(seconds) if code == 429 => reply.with("retry-after", seconds.to_string()),
        _ => reply,
    }
}

/// The bot's id, which its token begins with.
fn id_of(token: &str) -> i64 {
    token.split(':').next().and_then(|id| id.parse().ok()).unwrap_or_default()
}
