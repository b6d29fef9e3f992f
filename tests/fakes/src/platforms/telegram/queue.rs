//! Delivery: one queue per chat, in strict order, with Telegram's curve of retries.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::http::Method;
use serde_json::Value;

use super::Bots;
use crate::platforms::{DeliveryAttempt, FakeServer, server::locked};

/// Seconds between attempts at most.
const MAX_PAUSE: u32 = 60;

/// Updates that wait, by bot and chat. A chat that has a queue here has a task that works it off.
#[derive(Default)]
pub(super) struct Queues(Mutex<HashMap<(String, i64), VecDeque<Value>>>);

/// Puts an update behind all others of its chat.
pub(super) fn push(server: &FakeServer, bots: &Arc<Bots>, token: &str, update: Value) {
    let payload = update.as_object().and_then(|all| all.values().find(|value| value.is_object()));
    let chat = payload.and_then(|payload| payload["chat"]["id"].as_i64()).unwrap_or_default();
    let key = (token.to_owned(), chat);
    let is_new = {
        let mut queues = locked(&bots.queues.0);
        let is_new = !queues.contains_key(&key);
        queues.entry(key.clone()).or_default().push_back(update);
        is_new
    };
    if is_new {
        tokio::spawn(work_off(server.clone(), Arc::clone(bots), key));
    }
}

async fn work_off(server: FakeServer, bots: Arc<Bots>, key: (String, i64)) {
    loop {
        let update = {
            let mut queues = locked(&bots.queues.0);
            match queues.get_mut(&key).and_then(VecDeque::pop_front) {
                Some(update) => update,
                None => {
                    queues.remove(&key);
                    return;
                }
            }
        };
        // The second attempt follows at once, the others after 2, 4, 8 … seconds.
        let mut pause = 0;
        while bots.wants(&key.0, &update) && !post(&server, &bots, &key.0, &update).await.is_taken()
        {
            tokio::time::sleep(bots.second * pause).await;
            pause = (pause * 2).clamp(2, MAX_PAUSE);
        }
    }
}

/// One attempt at the webhook. What a 2xx answers as JSON with `method` is run.
pub(super) async fn post(
    server: &FakeServer,
    bots: &Arc<Bots>,
    token: &str,
    update: &Value,
) -> DeliveryAttempt {
    let webhook = locked(&bots.bots).get(token).map(|bot| bot.webhook.clone()).unwrap_or_default();
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("x-telegram-bot-api-secret-token", webhook.secret),
    ];
    let body = update.to_string().into_bytes();
    let attempt = server.attempt(Method::POST, &webhook.url, &headers, body).await;
    if attempt.is_taken() {
        let answer: Value = serde_json::from_str(&attempt.body).unwrap_or_default();
        let method = answer["method"].as_str().unwrap_or_default().to_ascii_lowercase();
        let is_run = !["", "setwebhook", "deletewebhook", "close", "logout"]
            .contains(&method.as_str())
            && !method.starts_with("get");
        if is_run {
            let _ = bots.run(token, &method, &answer, true);
        }
    } else if let Some(bot) = locked(&bots.bots).get_mut(token) {
        bot.webhook.last_error = match attempt.status {
            Some(status) => format!("Wrong response from the webhook: {status}"),
            None => "Connection refused".to_owned(),
        };
    }
    attempt
}

impl Bots {
    /// Whether the bot has a webhook that wants this sort of update.
    fn wants(&self, token: &str, update: &Value) -> bool {
        let bots = locked(&self.bots);
        let Some(bot) = bots.get(token).filter(|bot| !bot.webhook.url.is_empty()) else {
            return false;
        };
        let allowed = &bot.webhook.allowed;
        allowed.is_empty() || allowed.iter().any(|kind| !update[kind].is_null())
    }

    /// Whether every update was taken.
    pub(super) fn is_idle(&self) -> bool {
        locked(&self.queues.0).is_empty()
    }
}

/// How long a developer or a test waits between two looks.
pub(super) const LOOK: Duration = Duration::from_millis(5);
