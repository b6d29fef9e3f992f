//! Five endpoints: four refuse one delivery in five, one hangs until the others have everything.
//! Workers are killed meanwhile. Nothing may be lost.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use futures::{StreamExt, stream};
use local::{FaultInjection, TestClock};
use testkit::{Answer, App, Receiver};

use super::{accepted, subscribe, until};
use crate::Result;

/// A delivery is refused so often in a row at most, so that its schedule does not run out.
const REFUSALS: usize = 4;
/// How many times as fast as the schedule a delivery is tried again.
const RETRY_TIME_SCALE: u32 = 1_000;
/// For each event it may take so long, on top of a minute.
const EACH: Duration = Duration::from_millis(150);

/// How much of everything there is.
#[derive(Debug, Clone, Copy)]
pub struct Storm {
    /// Events, two for each question asked.
    pub events: u32,
    /// Of a thousand calls of a worker, this many are killed.
    pub deaths: u16,
}

/// What came of it.
#[derive(Debug, Clone, Copy)]
pub struct Came {
    /// Deliveries there had to be: one of each event to each endpoint.
    pub deliveries: usize,
    /// Those that an endpoint never accepted.
    pub lost: usize,
    /// Those that were accepted more than once, under the same id.
    pub duplicates: usize,
    /// Deliveries that came under one id with other bytes, or one event under two ids.
    pub strange: usize,
    /// Attempts that were refused.
    pub refused: usize,
    /// Attempts that the hanging endpoint left unanswered.
    pub hung: usize,
    /// Workers that were killed.
    pub killed: u64,
    /// Jobs that failed for good.
    pub dead: u64,
    /// Until the four that answer had everything.
    pub took: Duration,
}

impl Came {
    /// As a table.
    pub fn table(&self) -> String {
        let Self { deliveries, lost, duplicates, refused, hung, killed, dead, took, .. } = self;
        let share = 100.0 * *duplicates as f64 / (*deliveries).max(1) as f64;
        format!(
            "| deliveries | refused with 500 | left to hang | workers killed | lost | failed for good | \
             accepted twice, same id | until the four that answer had all |\n\
             |--:|--:|--:|--:|--:|--:|--:|--:|\n\
             | {deliveries} | {refused} | {hung} | {killed} | {lost} | {dead} | {duplicates} \
             ({share:.3} %) | {:.0} s |",
            took.as_secs_f64()
        )
    }
}

/// Refuses one in five.
async fn flaky(seed: usize) -> Receiver {
    let refused: Mutex<HashMap<String, usize>> = Mutex::default();
    Receiver::reading(move |n, one| {
        let mut refused = refused.lock().unwrap_or_else(PoisonError::into_inner);
        let times = refused.entry(one.header("x-botplot-delivery").to_owned()).or_default();
        if (n + seed).is_multiple_of(5) && *times < REFUSALS {
            *times += 1;
            return Answer::Status(500);
        }
        *times = 0;
        Answer::Status(200)
    })
    .await
}

/// Carries it out.
pub async fn run(storm: Storm) -> Result<Came> {
    let app = App::with(|options| {
        options.clock = Some(TestClock::new(RETRY_TIME_SCALE));
        options.faults =
            Some(FaultInjection { of_thousand: storm.deaths, within: Duration::from_millis(40) });
    })
    .await;
    let tenant = app.tenant("storm").await;
    let answers = Arc::new(AtomicBool::new(false));
    let hanging = Receiver::answering({
        let answers = answers.clone();
        move |_| if answers.load(Ordering::SeqCst) { Answer::Status(200) } else { Answer::Never }
    })
    .await;
    let mut endpoints = Vec::new();
    for seed in 0..4 {
        endpoints.push(flaky(seed).await);
    }
    for endpoint in endpoints.iter().chain([&hanging]) {
        subscribe(&app, &tenant, &endpoint.url).await?;
    }
    let events = usize::try_from(storm.events / 2 * 2).unwrap_or(usize::MAX);
    let most = Duration::from_secs(60) + EACH * storm.events;
    let begun = Instant::now();
    stream::iter(0..events / 2)
        .map(|n| app.ask(&tenant.public, ["Hello?", "What is this?", "Why?"][n % 3]))
        .buffer_unordered(8)
        .for_each(async |_| {})
        .await;
    until(most, || endpoints.iter().all(|one| has_all(one, events))).await;
    let took = begun.elapsed();
    let hung = hanging.count();
    // What waited for the one that hung arrives when it answers.
    answers.store(true, Ordering::SeqCst);
    until(most, || has_all(&hanging, events)).await;
    // Whatever is still on its way may come twice.
    let drained = app.platform.drain(most).await;
    drained.map_err(|error| crate::BenchError(error.to_string()))?;

    let mut came = Came {
        deliveries: events * 5,
        lost: 0,
        duplicates: 0,
        strange: 0,
        refused: 0,
        hung,
        killed: app.platform.killed(),
        dead: app.platform.dead_letters().await.map_err(crate::BenchError::of)?,
        took,
    };
    for endpoint in endpoints.iter().chain([&hanging]) {
        count(endpoint, events, &mut came);
    }
    app.platform.shutdown().await;
    Ok(came)
}

/// Looks closely only where there is enough to look at.
fn has_all(endpoint: &Receiver, events: usize) -> bool {
    endpoint.accepted() >= events && accepted(endpoint).len() >= events
}

fn count(endpoint: &Receiver, events: usize, came: &mut Came) {
    let mut bodies: HashMap<String, String> = HashMap::new();
    let mut seen: HashMap<String, usize> = HashMap::new();
    let mut about: HashMap<String, String> = HashMap::new();
    for one in endpoint.received() {
        let id = one.header("x-botplot-delivery").to_owned();
        let message = one.json()["data"]["message_id"].as_str().unwrap_or_default().to_owned();
        came.refused += usize::from(one.answered == Some(500));
        came.strange += usize::from(*about.entry(message).or_insert_with(|| id.clone()) != id);
        let body = bodies.entry(id.clone()).or_insert_with(|| one.body.clone());
        came.strange += usize::from(*body != one.body);
        if one.answered == Some(200) {
            *seen.entry(id).or_default() += 1;
        }
    }
    came.lost += events.saturating_sub(seen.len());
    came.duplicates += seen.values().map(|times| times - 1).sum::<usize>();
}
