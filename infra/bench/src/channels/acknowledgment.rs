//! How long a message takes until it is acknowledged, beside a bare route that writes one row to the same
//! engine; and until its answer is sent.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use axum::{Router, extract::State, http::StatusCode, routing::post};
use domain::{
    ChannelEntry, ChannelId, ChatbotId, EntryState, MessageId, PeerKey, Timestamp, WorkspaceId,
};
use fakes::platforms::FakeTelegram;
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use store::Store;
use testkit::App;
use tokio::net::TcpListener;

use super::setup;
use crate::{BenchError, Result};

/// How many times as many deliveries as there are at once.
const TIMES: u32 = 10;
/// Of messages in all, how many are answered one at a time.
const PACED: u32 = 20;
/// All messages are answered within this time.
const MOST: Duration = Duration::from_secs(600);
/// Where the chats of a run begin, so that no run writes to another's.
const CHATS: [i64; 3] = [1_000_000, 2_000_000, 3_000_000];

/// What was measured, in milliseconds.
#[derive(Debug)]
pub struct AcknowledgmentTimes {
    at_once: u32,
    bare: Vec<f64>,
    acknowledged: Vec<f64>,
    alone: Vec<f64>,
    together: Vec<f64>,
}

impl AcknowledgmentTimes {
    /// As a table.
    pub fn table(&self) -> String {
        let at_once = self.at_once;
        let ratio = |share| at(&self.acknowledged, share) / at(&self.bare, share).max(0.001);
        let row = |what: &str, at_once: u32, all: &[f64]| {
            format!(
                "\n| {what} | {at_once} | {} | {:.1} | {:.1} |",
                all.len(),
                at(all, 0.5),
                at(all, 0.99)
            )
        };
        format!(
            "| what | at once | messages | p50 ms | p99 ms |\n|---|--:|--:|--:|--:|{}{}{}{}\n\n\
             An acknowledgment takes {:.1} times as long as the bare route's answer at p50 and {:.1} times at p99.",
            row("bare route that writes one row", at_once, &self.bare),
            row("acknowledgment", at_once, &self.acknowledged),
            row("answer sent, echo backend", 1, &self.alone),
            row("answer sent, echo backend", at_once, &self.together),
            ratio(0.5),
            ratio(0.99)
        )
    }
}

/// Measures with `at_once` deliveries at one time.
pub async fn run(at_once: u32) -> Result<AcknowledgmentTimes> {
    let fake = FakeTelegram::start().await.map_err(BenchError::of)?;
    let url = fake.url();
    let mut app = App::with(|options| {
        options.platforms.push(("telegram".to_owned(), url));
        options.detached = true;
    })
    .await;
    let tenant = setup::tenant(&app).await?;
    let credentials = json!({"bot_token": FakeTelegram::TOKEN});
    let body = json!({"name": "Line", "type": "telegram", "credentials": credentials});
    let channel = setup::channel(&app, &tenant, &body).await?;
    let door = Door::of(&channel, &fake)?;
    let bare = Door { url: bare_route(&app).await?, ..door.clone() };
    let count = i64::from(at_once * TIMES);
    let update =
        |n: i64| json!({"update_id": n, "message": fake.message(n, "Are you open today?")});
    // The first ones open connections and load what is cached.
    for (n, door) in [&bare, &door].into_iter().enumerate() {
        many(door, (0..50).map(|m| update(CHATS[2] + 100 * n as i64 + m)), at_once).await?;
    }
    let took_bare = many(&bare, (0..count).map(|n| update(CHATS[0] + n)), at_once).await?;
    let acknowledged = many(&door, (0..count).map(|n| update(CHATS[0] + n)), at_once).await?;
    app.platform.attach().map_err(BenchError::of)?;
    app.platform.drain(MOST).await.map_err(BenchError::of)?;
    let mut alone = Vec::new();
    for n in 0..count / i64::from(PACED) {
        let chat = CHATS[1] + n;
        let begun = HashMap::from([(chat, Instant::now())]);
        door.deliver(&update(chat)).await?;
        alone.extend(answered(&fake, &begun).await?);
    }
    let chats: Vec<i64> = (0..i64::from(at_once)).map(|n| CHATS[2] + 1_000 + n).collect();
    let begun: HashMap<i64, Instant> = chats.iter().map(|chat| (*chat, Instant::now())).collect();
    many(&door, chats.iter().map(|chat| update(*chat)), at_once).await?;
    let together = answered(&fake, &begun).await?;
    app.platform.shutdown().await;
    Ok(AcknowledgmentTimes {
        at_once,
        bare: millis(took_bare),
        acknowledged: millis(acknowledged),
        alone: millis(alone),
        together: millis(together),
    })
}

/// Where deliveries go.
#[derive(Clone)]
struct Door {
    http: reqwest::Client,
    url: String,
    secret: String,
}

impl Door {
    /// The channel's own URL.
    fn of(channel: &Value, fake: &FakeTelegram) -> Result<Self> {
        let set = fake.calls_of("/setWebhook").pop();
        let set = set.ok_or_else(|| BenchError("there is no webhook".to_owned()))?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let http = reqwest::Client::builder().no_proxy().timeout(MOST).build();
        Ok(Self {
            http: http.map_err(BenchError::of)?,
            url: text(&channel["webhook_url"]),
            secret: text(&set.body["secret_token"]),
        })
    }

    /// The time to the acknowledgment.
    async fn deliver(&self, update: &Value) -> Result<Duration> {
        let begun = Instant::now();
        let request = self.http.post(&self.url).json(update);
        let request = request.header("x-telegram-bot-api-secret-token", &self.secret);
        let answer = request.send().await.map_err(BenchError::of)?;
        let status = answer.status();
        answer.bytes().await.map_err(BenchError::of)?;
        match status.is_success() {
            true => Ok(begun.elapsed()),
            false => Err(BenchError(format!("a delivery was answered {status}"))),
        }
    }
}

async fn many(
    door: &Door,
    updates: impl Iterator<Item = Value>,
    at_once: u32,
) -> Result<Vec<Duration>> {
    let took = stream::iter(updates)
        .map(|update| async move { door.deliver(&update).await })
        .buffer_unordered(at_once as usize);
    took.collect::<Vec<_>>().await.into_iter().collect()
}

/// Waits until each chat has its answer; how long each took since then.
async fn answered(fake: &FakeTelegram, begun: &HashMap<i64, Instant>) -> Result<Vec<Duration>> {
    let waiting = Instant::now();
    while waiting.elapsed() < MOST {
        let sent = fake.calls_of("/sendMessage").into_iter().filter(|call| call.status == 200);
        let took: HashMap<i64, Duration> = sent
            .filter_map(|call| {
                let chat = call.body["chat_id"].as_i64()?;
                Some((chat, call.at.duration_since(*begun.get(&chat)?)))
            })
            .collect();
        if took.len() == begun.len() {
            return Ok(took.into_values().collect());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Err(BenchError("not every message was answered".to_owned()))
}

/// A route that reads nothing of what it is sent and writes one row to the platform's engine, as large as that of
/// a message; its URL.
async fn bare_route(app: &App) -> Result<String> {
    let router = Router::new().route("/", post(write)).with_state(app.platform.app.store.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(BenchError::of)?;
    let address = listener.local_addr().map_err(BenchError::of)?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(format!("http://{address}/"))
}

async fn write(State(store): State<Store>, body: String) -> StatusCode {
    let (now, id) = (Timestamp::now(), MessageId::new());
    let entry = ChannelEntry {
        workspace_id: WorkspaceId::new(),
        chatbot_id: ChatbotId::new(),
        channel_id: ChannelId::new(),
        peer: PeerKey::of(&id.to_string()),
        place: ChannelEntry::inbound_place(1, &id.to_string()),
        content: body,
        // Nothing comes of one that is settled.
        state: EntryState::Done,
        at: now,
        answered_by: None,
        pieces_sent: 0,
        attempts: 0,
        next_attempt_at: None,
        note: None,
    };
    match store.put_entry(&entry, now.plus(MOST)).await {
        Ok(true) => StatusCode::OK,
        Ok(false) | Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

fn millis(all: Vec<Duration>) -> Vec<f64> {
    let mut all: Vec<f64> = all.into_iter().map(|one| one.as_secs_f64() * 1000.0).collect();
    all.sort_by(f64::total_cmp);
    all
}

fn at(sorted: &[f64], share: f64) -> f64 {
    let place = (sorted.len().saturating_sub(1) as f64 * share).round() as usize;
    sorted.get(place).copied().unwrap_or_default()
}
