//! One platform's stand-in, with people who write to a chatbot through it.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use fakes::platforms::{
    Disturbance, FakeDiscord, FakeGraph, FakeReply, FakeServer, FakeSlack, FakeTelegram,
};
use futures::{StreamExt, stream};
use serde_json::{Value, json};

use super::setup;
use crate::{BenchError, Result};
use domain::Timestamp;
use testkit::{App, Tenant};

/// The platforms that there are, by the name of a channel's type.
pub const PLATFORMS: [&str; 5] = ["telegram", "slack", "discord", "whatsapp", "messenger"];
/// Deliveries that are made at the same time.
const AT_ONCE: usize = 50;
/// Interactions of Discord that are sent at the same time: it waits 3 seconds for each, and for none again.
const INTERACTIONS_AT_ONCE: usize = 10;
/// One of this number of Discord's interactions is sent twice.
const REPEATED: usize = 5;

/// A platform's stand-in.
pub enum PlatformLine {
    /// Delivers a chat's messages one after the other.
    Telegram(FakeTelegram),
    /// Delivers four times at most.
    Slack(FakeSlack),
    /// Repeats nothing: an interaction whose acknowledgment is lost is void. Whose token is whose.
    Discord(FakeDiscord, Mutex<HashMap<String, u32>>),
    /// Meta, for WhatsApp.
    Whatsapp(FakeGraph),
    /// Meta, for Messenger.
    Messenger(FakeGraph),
}

/// What a person says.
pub fn message(user: u32, n: u32) -> String {
    format!("User {user} asks number {n}")
}

impl PlatformLine {
    /// The stand-in of this platform.
    pub async fn start(platform: &str) -> Result<Self> {
        Ok(match platform {
            "telegram" => Self::Telegram(FakeTelegram::start().await.map_err(BenchError::of)?),
            "slack" => Self::Slack(FakeSlack::start().await.map_err(BenchError::of)?),
            "discord" => {
                Self::Discord(FakeDiscord::start().await.map_err(BenchError::of)?, Mutex::default())
            }
            "whatsapp" => Self::Whatsapp(FakeGraph::start().await.map_err(BenchError::of)?),
            "messenger" => Self::Messenger(FakeGraph::start().await.map_err(BenchError::of)?),
            other => return Err(BenchError(format!("\"{other}\" is not a platform"))),
        })
    }

    fn server(&self) -> &FakeServer {
        match self {
            Self::Telegram(fake) => fake,
            Self::Slack(fake) => fake,
            Self::Discord(fake, _) => fake,
            Self::Whatsapp(fake) | Self::Messenger(fake) => fake,
        }
    }

    /// The name and the address of the platform's host, as the option `platform` has it.
    pub fn host(&self) -> (String, String) {
        let name = match self {
            Self::Telegram(_) => "telegram",
            Self::Slack(_) => "slack",
            Self::Discord(..) => "discord",
            Self::Whatsapp(_) | Self::Messenger(_) => "graph",
        };
        (name.to_owned(), self.server().url())
    }

    /// Makes the channel, and enters its URL on the platform where its owner has to.
    pub async fn connect(&self, app: &App, tenant: &Tenant) -> Result<()> {
        let graph = json!({"access_token": FakeGraph::TOKEN, "app_secret": FakeGraph::SECRET,
            "phone_number_id": FakeGraph::PHONE_NUMBER});
        let page = json!({"page_access_token": FakeGraph::TOKEN, "app_secret": FakeGraph::SECRET});
        let (kind, credentials) = match self {
            Self::Telegram(_) => ("telegram", json!({"bot_token": FakeTelegram::TOKEN})),
            Self::Slack(_) => (
                "slack",
                json!({"bot_token": FakeSlack::TOKEN, "signing_secret": FakeSlack::SECRET}),
            ),
            Self::Discord(..) => ("discord", json!({"bot_token": FakeDiscord::TOKEN})),
            Self::Whatsapp(_) => ("whatsapp", graph),
            Self::Messenger(_) => ("messenger", page),
        };
        let body = json!({"name": "Line", "type": kind, "credentials": credentials});
        let channel = setup::channel(app, tenant, &body).await?;
        let text = |name: &str| channel[name].as_str().unwrap_or_default();
        let is_taken = match self {
            Self::Telegram(_) | Self::Discord(..) => true,
            Self::Slack(fake) => fake.subscribe(text("webhook_url"), FakeSlack::SECRET).await,
            Self::Whatsapp(fake) | Self::Messenger(fake) => {
                let (url, token) = (text("webhook_url"), text("verify_token"));
                fake.subscribe(url, FakeGraph::SECRET, token).await
            }
        };
        match is_taken {
            true => Ok(()),
            false => Err(BenchError(format!("{kind} did not take the channel's URL"))),
        }
    }

    /// From now on every fifth of our answers to a delivery is lost where the platform repeats a delivery, and
    /// calls that send are refused: with 429 each seventh, with an error of the platform each eleventh.
    pub fn disturb(&self) {
        let telegram = |code: u16, parameters: Value| {
            let body = json!({"ok": false, "error_code": code, "description": "Storm", "parameters": parameters});
            FakeReply::new(code, body)
        };
        let graph = |status: u16, code: u32| {
            let error = json!({"message": "Storm", "type": "OAuthException", "code": code});
            FakeReply::new(status, json!({ "error": error }))
        };
        let limited = json!({"message": "slow", "retry_after": 1.0, "global": false});
        let (path, limited, failed) = match self {
            Self::Telegram(_) => {
                ("/sendMessage", telegram(429, json!({"retry_after": 2})), telegram(500, json!({})))
            }
            Self::Slack(_) => (
                "/chat.postMessage",
                FakeReply::new(429, json!({"ok": false, "error": "ratelimited"}))
                    .with("retry-after", "2"),
                FakeReply::new(200, json!({"ok": false, "error": "internal_error"})),
            ),
            Self::Discord(..) => (
                "/messages/@original",
                FakeReply::new(429, limited).with("retry-after", "1"),
                FakeReply::new(500, json!({"code": 0, "message": "Storm"})),
            ),
            Self::Whatsapp(_) | Self::Messenger(_) => ("/messages", graph(429, 4), graph(500, 2)),
        };
        if !matches!(self, Self::Discord(..)) {
            self.server().lose_answers(5);
        }
        for (every, reply) in [(7, limited), (11, failed)] {
            let path = path.to_owned();
            self.server().disturb(Disturbance { path, every, reply, takes_effect: false });
        }
    }

    /// Has `users` people write `each` messages and waits until all are delivered. The newest is delivered first
    /// where the platform promises no order.
    pub async fn write(&self, users: u32, each: u32) {
        let all = (0..each).flat_map(|n| (0..users).map(move |user| (user, n)));
        match self {
            Self::Telegram(fake) => {
                for (user, n) in all {
                    fake.write(FakeTelegram::TOKEN, 1_000 + i64::from(user), &message(user, n));
                }
                fake.idle().await;
            }
            Self::Slack(fake) => {
                let begun = Timestamp::now().millis() / 1_000 - 3_600;
                let events = all.map(|(user, n)| {
                    let mut event = fake.message(
                        &format!("U{user}"),
                        &format!("DU{user}"),
                        "im",
                        &message(user, n),
                    );
                    let ts = format!("{}.{user:06}", begun + i64::from(n));
                    event["ts"] = ts.clone().into();
                    event["event_ts"] = ts.into();
                    event
                });
                for chunk in reversed(events).chunks(AT_ONCE) {
                    chunk.iter().for_each(|event| fake.deliver(event.clone()));
                    fake.idle().await;
                }
            }
            Self::Discord(fake, whose) => {
                let events = all.map(|(user, n)| {
                    let event = fake.interaction(
                        &format!("{user}"),
                        &format!("9{user}"),
                        &message(user, n),
                    );
                    let token = event["token"].as_str().unwrap_or_default().to_owned();
                    whose.lock().unwrap_or_else(PoisonError::into_inner).insert(token, user);
                    event
                });
                let twice = reversed(events).into_iter().enumerate().flat_map(|(at, event)| {
                    let times = if at.is_multiple_of(REPEATED) { 2 } else { 1 };
                    std::iter::repeat_n(event, times)
                });
                stream::iter(twice)
                    .map(|event| async move { fake.interact(&event).await })
                    .buffer_unordered(INTERACTIONS_AT_ONCE)
                    .for_each(async |_| {})
                    .await;
            }
            Self::Whatsapp(fake) => {
                let begun = Timestamp::now().millis() / 1_000 - 3_600;
                let events = all.map(|(user, n)| {
                    let text = json!({"type": "text", "text": {"body": message(user, n)}});
                    let mut one = fake.whatsapp_message(&number(user), text);
                    one["timestamp"] = (begun + i64::from(n)).to_string().into();
                    fake.whatsapp(vec![one], Vec::new())
                });
                deliver(fake, events).await;
            }
            Self::Messenger(fake) => {
                let begun = Timestamp::now().millis() - 3_600_000;
                let events = all.map(|(user, n)| {
                    let text = json!({"mid": format!("m_{user}_{n}"), "text": message(user, n)});
                    let mut one = fake.messaging(&format!("psid-{user}"), text);
                    one["timestamp"] = (begun + i64::from(n)).into();
                    fake.messenger(vec![one], "messaging")
                });
                deliver(fake, events).await;
            }
        }
    }

    /// What each person has read, in order.
    pub fn read(&self) -> HashMap<u32, Vec<String>> {
        let mut read: HashMap<u32, Vec<String>> = HashMap::new();
        let mut add = |user: Option<u32>, text: String| {
            read.entry(user.unwrap_or(u32::MAX)).or_default().push(text);
        };
        match self {
            Self::Telegram(fake) => {
                let sent = fake.sent().into_iter();
                sent.for_each(|sent| add(u32::try_from(sent.chat_id - 1_000).ok(), sent.plain));
            }
            Self::Slack(fake) => fake
                .posted()
                .into_iter()
                .for_each(|post| add(number_after(&post.channel, "DU"), post.text)),
            Self::Discord(fake, whose) => {
                let whose = whose.lock().unwrap_or_else(PoisonError::into_inner);
                let sent = fake.sent().into_iter();
                sent.for_each(|sent| add(whose.get(&sent.token).copied(), sent.content));
            }
            Self::Whatsapp(fake) => fake.sent().into_iter().for_each(|sent| {
                add(number_after(&sent.to, "49151").map(|n| n - START), sent.text)
            }),
            Self::Messenger(fake) => fake
                .sent()
                .into_iter()
                .for_each(|sent| add(number_after(&sent.to, "psid-"), sent.text)),
        }
        read
    }

    /// Deliveries that the platform made, and those of them whose answer was lost.
    pub fn deliveries(&self) -> (usize, usize) {
        let attempts = self.server().attempts();
        (attempts.len(), attempts.iter().filter(|attempt| attempt.is_lost).count())
    }

    /// Calls that the platform refused with 429 or an error of its own.
    pub fn refused(&self) -> usize {
        let calls = self.server().calls().into_iter();
        let refusals = calls.filter(|call| call.status == 429 || call.status >= 500).count();
        match self {
            // Slack says of its own errors that all is well with HTTP; one call in eleven it is.
            Self::Slack(fake) => refusals + fake.calls_of("/chat.postMessage").len() / 11,
            _ => refusals,
        }
    }

    /// Whether no answer may ever come twice, since the platform takes a key with each.
    pub fn takes_keys(&self) -> bool {
        matches!(self, Self::Discord(..))
    }
}

/// Where the numbers of people begin.
const START: u32 = 1_000_000;

fn number(user: u32) -> String {
    format!("49151{}", START + user)
}

fn number_after(text: &str, prefix: &str) -> Option<u32> {
    text.strip_prefix(prefix)?.parse().ok()
}

fn reversed(events: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut events: Vec<Value> = events.collect();
    events.reverse();
    events
}

async fn deliver(fake: &FakeGraph, events: impl Iterator<Item = Value>) {
    for chunk in reversed(events).chunks(AT_ONCE) {
        chunk.iter().for_each(|event| fake.deliver(event.clone()));
        fake.idle().await;
    }
}
