//! Turns over all chatbots: as many as are answered, or at a rate, whether or not those before were answered.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use futures::{StreamExt, stream};
use serde_json::json;
use tokio::{sync::Semaphore, task::JoinSet, time::MissedTickBehavior};

use super::setup::{Crowd, TestRequestMaker};
use crate::{BenchError, Result};

/// Turns under way at the same time while it is measured what the machine carries.
const AT_ONCE: usize = 16;
/// The same at a rate; one more has failed.
const MAX_AT_ONCE: usize = 2_000;
/// One turn in three continues a conversation, one of the last of these.
const REMEMBERED: usize = 500;

/// What came of turns at a rate.
pub(crate) struct Load {
    pub turns: u64,
    pub failed: u64,
    /// Milliseconds from when a turn was to begin to its answer.
    pub latencies: Vec<i64>,
    pub took: Duration,
}

#[derive(Default)]
struct Seen {
    turns: u64,
    failed: u64,
    latencies: Vec<i64>,
    conversations: VecDeque<(usize, String)>,
}

/// Turns a second that the machine carries with all that follows from them.
pub(crate) async fn carried(crowd: &Crowd, seconds: u32) -> Result<f64> {
    crowd.sink.reset();
    let (begun, end) = (Instant::now(), Duration::from_secs(seconds.into()));
    let answered: Vec<bool> = stream::iter(0..usize::MAX)
        .take_while(|_| std::future::ready(begun.elapsed() < end))
        .map(|n| async move { ask(&crowd.chat(n), n, None).await.is_some() })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let turns = answered.iter().filter(|answered| **answered).count() as u64;
    if turns == 0 {
        return Err(BenchError("not one turn was answered".to_owned()));
    }
    crowd.sink.until(2 * turns, super::REST).await;
    Ok(turns as f64 / begun.elapsed().as_secs_f64())
}

/// `rate` turns a second for a time.
pub(crate) async fn open(crowd: &Crowd, rate: f64, lasts: Duration) -> Load {
    let begun = Instant::now();
    let mut clock = tokio::time::interval(Duration::from_secs_f64(1.0 / rate.max(0.01)));
    clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let (seen, places) =
        (Arc::new(Mutex::new(Seen::default())), Arc::new(Semaphore::new(MAX_AT_ONCE)));
    let mut under_way = JoinSet::new();
    for n in 0.. {
        let planned = clock.tick().await;
        if begun.elapsed() >= lasts {
            break;
        }
        let Ok(place) = places.clone().try_acquire_owned() else {
            locked(&seen).failed += 1;
            continue;
        };
        let continued = match n % 3 {
            2 => locked(&seen).conversations.pop_front(),
            _ => None,
        };
        // Not one after the other: neighbours in a list are not neighbours in time.
        let at = continued.as_ref().map_or(n * 7_919, |(at, _)| *at);
        let (chat, seen) = (crowd.chat(at), seen.clone());
        under_way.spawn(async move {
            let answered = ask(&chat, n, continued.map(|(_, id)| id)).await;
            let took = i64::try_from(planned.elapsed().as_millis()).unwrap_or(i64::MAX);
            let mut seen = locked(&seen);
            match answered {
                Some(conversation) => {
                    seen.turns += 1;
                    seen.latencies.push(took);
                    seen.conversations.push_back((at, conversation));
                    if seen.conversations.len() > REMEMBERED {
                        seen.conversations.pop_front();
                    }
                }
                None => seen.failed += 1,
            }
            drop(place);
        });
        while under_way.try_join_next().is_some() {}
    }
    under_way.join_all().await;
    let Seen { turns, failed, latencies, conversations: _ } = std::mem::take(&mut *locked(&seen));
    Load { turns, failed, latencies, took: begun.elapsed() }
}

fn locked(seen: &Mutex<Seen>) -> std::sync::MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn ask(chat: &TestRequestMaker, n: usize, continued: Option<String>) -> Option<String> {
    let message = ["Do you have parking?", "What does it cost?", "Hello?"][n % 3];
    let body = json!({
        "message": message, "conversationId": continued, "visitorId": format!("visitor-{}", n % 997),
    });
    chat.ask(&body).await
}
