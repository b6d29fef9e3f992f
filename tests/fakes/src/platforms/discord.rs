//! Discord: an endpoint that is checked before it is taken, signed interactions, tokens that end.

mod calls;

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
use serde_json::{Value, json};

use super::{
    DeliveryAttempt, FakeReply, FakeServer, PlannedFailure,
    server::locked,
    sign::{SigningKey, seconds_now},
};

/// How long an interaction waits for its first answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// Discord on loopback, with one application.
#[derive(Clone)]
pub struct FakeDiscord {
    server: FakeServer,
    state: Arc<Application>,
}

/// A message as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscordSent {
    /// Its id.
    pub id: String,
    /// The interaction's token; empty for a message of the bot's own.
    pub token: String,
    /// The channel, for a message of the bot's own.
    pub channel: String,
    /// Whether it is in place of "thinking".
    pub is_original: bool,
    /// As last written.
    pub content: String,
    /// Whether it would have pinged.
    pub pings: bool,
}

struct Application {
    server: FakeServer,
    key: SigningKey,
    is_revoked: Mutex<bool>,
    endpoint: Mutex<Option<String>>,
    commands: Mutex<Vec<Value>>,
    interactions: Mutex<HashMap<String, Interaction>>,
    sent: Mutex<Vec<DiscordSent>>,
    nonces: Mutex<HashMap<String, String>>,
    numbers: AtomicU64,
    /// Milliseconds that the clock is ahead.
    ahead: AtomicU64,
    open: AtomicU64,
}

/// What becomes of an interaction's token.
#[derive(Debug, Clone, Copy)]
struct Interaction {
    /// By the clock; none while the acknowledgment is awaited.
    acknowledged_at: Option<u64>,
    follow_ups: usize,
    is_users_alone: bool,
}

impl Deref for FakeDiscord {
    type Target = FakeServer;

    fn deref(&self) -> &FakeServer {
        &self.server
    }
}

impl FakeDiscord {
    /// A good bot token; so is any other until it is revoked.
    pub const TOKEN: &str = "bot.token.good";
    /// The application's id.
    pub const APPLICATION: &str = "1234567890123456789";

    /// At any port.
    ///
    /// # Errors
    ///
    /// No port is free.
    pub async fn start() -> io::Result<Self> {
        Self::start_at(0).await
    }

    /// At `port`.
    ///
    /// # Errors
    ///
    /// The port is taken.
    pub async fn start_at(port: u16) -> io::Result<Self> {
        let (server, listener) = FakeServer::bind(port).await?;
        let state = Arc::new(Application {
            server: server.weak(),
            key: SigningKey::of([7; 32]),
            is_revoked: Mutex::default(),
            endpoint: Mutex::default(),
            commands: Mutex::default(),
            interactions: Mutex::default(),
            sent: Mutex::default(),
            nonces: Mutex::default(),
            numbers: AtomicU64::new(1),
            ahead: AtomicU64::new(0),
            open: AtomicU64::new(0),
        });
        server.serve(listener, Arc::<Application>::clone(&state));
        Ok(Self { server, state })
    }

    /// Takes the bot's token back: calls answer 401 from now on.
    pub fn revoke(&self) {
        *locked(&self.state.is_revoked) = true;
    }

    /// Removes the endpoint URL, as Discord does where bad signatures pass.
    pub fn remove_endpoint(&self) {
        *locked(&self.state.endpoint) = None;
    }

    /// The interactions endpoint URL, if there is one.
    pub fn endpoint(&self) -> Option<String> {
        locked(&self.state.endpoint).clone()
    }

    /// The commands that the application has.
    pub fn commands(&self) -> Vec<Value> {
        locked(&self.state.commands).clone()
    }

    /// Every message so far, as it is now.
    pub fn sent(&self) -> Vec<DiscordSent> {
        locked(&self.state.sent).clone()
    }

    /// Puts the clock ahead.
    pub fn advance(&self, time: Duration) {
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.state.ahead.fetch_add(millis, Ordering::SeqCst);
    }

    /// Fails the next call whose path ends like this with Discord's form of an error.
    pub fn fail(&self, path: &str, status: u16, code: u64, message: &str) {
        let reply = error(status, code, message);
        self.fail_next(PlannedFailure { path: path.to_owned(), reply, takes_effect: false });
    }

    /// Answers the next call whose path ends like this with 429 and this wait.
    pub fn limit(&self, path: &str, seconds: f64) {
        let body = json!({ "message": "You are being rate limited.", "retry_after": seconds, "global": false });
        let reply = FakeReply::new(429, body)
            .with("retry-after", format!("{:.0}", seconds.ceil()))
            .with("x-ratelimit-scope", "user");
        self.fail_next(PlannedFailure { path: path.to_owned(), reply, takes_effect: false });
    }

    /// Has a person use `/ask` in a server: the interaction's id. Discord does not repeat it.
    pub fn write(&self, user: &str, channel: &str, question: &str) -> String {
        let interaction = self.interaction(user, channel, question);
        let id = interaction["id"].as_str().unwrap_or_default().to_owned();
        let (discord, open) = (self.clone(), Arc::clone(&self.state));
        open.open.fetch_add(1, Ordering::SeqCst);
        tokio::spawn(async move {
            discord.interact(&interaction).await;
            discord.state.open.fetch_sub(1, Ordering::SeqCst);
        });
        id
    }

    /// A command, to be changed as a test likes.
    pub fn interaction(&self, user: &str, channel: &str, question: &str) -> Value {
        let id = self.state.snowflake();
        json!({
            "id": id,
            "application_id": Self::APPLICATION,
            "type": 2,
            "token": format!("interaction-token-{id}"),
            "version": 1,
            "channel_id": channel,
            "guild_id": "900",
            "member": { "user": { "id": user, "username": format!("user_{user}"), "global_name": format!("User {user}") } },
            "locale": "en-GB",
            "data": {
                "id": "1",
                "name": "ask",
                "type": 1,
                "options": [{ "name": "question", "type": 3, "value": question }],
            },
            "authorizing_integration_owners": { "0": "900" },
            "context": 0,
        })
    }

    /// Sends an interaction, signed. Its token is good once it is acknowledged within three seconds.
    pub async fn interact(&self, interaction: &Value) -> DeliveryAttempt {
        let token = interaction["token"].as_str().unwrap_or_default().to_owned();
        let owners = interaction["authorizing_integration_owners"].as_object();
        let is_users_alone = owners.is_some_and(|all| all.len() == 1 && all.contains_key("1"));
        let new = Interaction { acknowledged_at: None, follow_ups: 0, is_users_alone };
        locked(&self.state.interactions).entry(token.clone()).or_insert(new);
        let url = self.endpoint().unwrap_or_default();
        let attempt = self.state.post(&self.server, &url, interaction, true).await;
        let answer: Value = serde_json::from_str(&attempt.body).unwrap_or_default();
        let is_taken = attempt.is_taken() && attempt.took < PATIENCE && answer["type"] == 5;
        let mut interactions = locked(&self.state.interactions);
        match interactions.get_mut(&token) {
            Some(interaction) if is_taken => {
                interaction.acknowledged_at.get_or_insert(self.state.now());
            }
            Some(interaction) if interaction.acknowledged_at.is_none() => {
                interactions.remove(&token);
            }
            _ => {}
        }
        drop(interactions);
        attempt
    }

    /// Probes the endpoint with a bad signature, as Discord keeps doing: the status, which has to be 401.
    pub async fn probe(&self) -> Option<u16> {
        let url = self.endpoint().unwrap_or_default();
        self.state.post(&self.server, &url, &json!({ "type": 1 }), false).await.status
    }

    /// Waits until no interaction is under way.
    pub async fn idle(&self) {
        while self.state.open.load(Ordering::SeqCst) > 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

impl Application {
    fn now(&self) -> u64 {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let now = since.map(|since| u64::try_from(since.as_millis()).unwrap_or_default());
        now.unwrap_or_default() + self.ahead.load(Ordering::SeqCst)
    }

    /// An id as Discord makes them: milliseconds since 2015 and a number.
    fn snowflake(&self) -> String {
        let number = self.numbers.fetch_add(1, Ordering::SeqCst);
        ((self.now().saturating_sub(1_420_070_400_000) << 22) | (number & 0x3f_ffff)).to_string()
    }

    async fn post(
        &self,
        server: &FakeServer,
        url: &str,
        body: &Value,
        is_good: bool,
    ) -> DeliveryAttempt {
        let (body, timestamp) = (body.to_string().into_bytes(), seconds_now().to_string());
        let signed =
            [timestamp.as_bytes(), if is_good { &body } else { b"something else" }].concat();
        let headers = [
            ("content-type", "application/json".to_owned()),
            ("x-signature-ed25519", self.key.sign_hex(&signed)),
            ("x-signature-timestamp", timestamp),
        ];
        server.attempt(Method::POST, url, &headers, body).await
    }
}

/// Discord's form of a failure.
fn error(status: u16, code: u64, message: &str) -> FakeReply {
    FakeReply::new(status, json!({ "message": message, "code": code }))
}
