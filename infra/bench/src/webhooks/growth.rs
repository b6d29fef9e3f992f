//! How the number of endpoints tells: deliveries a second out of a backlog, and the time from an
//! event to its arrival while there is none.

use std::time::{Duration, Instant};

use domain::Timestamp;
use futures::{StreamExt, stream};
use testkit::{App, Receiver, Tenant};

use super::{accepted, subscribe, until};
use crate::{BenchError, Result};

/// Webhooks that a chatbot has, up to the most that a botplot chatbot may have.
const EACH: u32 = 20;
/// Events of a question.
const EVENTS: u32 = 2;
/// Questions asked one after the other, and the pause between them.
const PACED: u32 = 50;
const PAUSE: Duration = Duration::from_millis(200);
/// All of a run has to arrive in this time.
const MOST: Duration = Duration::from_secs(10 * 60);

/// What was measured.
#[derive(Debug, Clone, Copy)]
pub struct Grown {
    endpoints: u32,
    deliveries: usize,
    /// Deliveries a second, the backlog's fan-out included.
    rate: f64,
    /// Milliseconds from event to arrival, the middle and the slowest but one in a hundred.
    p50: i64,
    p99: i64,
}

/// As a table.
pub fn table(grown: &[Grown]) -> String {
    let mut table = "| endpoints | deliveries of the backlog | deliveries a second | event to \
                     arrival, p50 ms | p99 ms |\n|--:|--:|--:|--:|--:|"
        .to_owned();
    for Grown { endpoints, deliveries, rate, p50, p99 } in grown {
        table.push_str(&format!("\n| {endpoints} | {deliveries} | {rate:.0} | {p50} | {p99} |"));
    }
    table
}

/// Measures with this many endpoints, each at an address of its own.
pub async fn run(endpoints: u32, deliveries: u32) -> Result<Grown> {
    let mut app = App::with(|options| options.detached = true).await;
    let (mut tenants, mut receivers): (Vec<Tenant>, Vec<Vec<Receiver>>) = Default::default();
    for at in 0..endpoints.div_ceil(EACH) {
        let tenant = app.tenant(&format!("tenant{at}")).await;
        let mut its = Vec::new();
        for _ in 0..EACH.min(endpoints - at * EACH) {
            let receiver = Receiver::start().await;
            subscribe(&app, &tenant, &receiver.url).await?;
            its.push(receiver);
        }
        tenants.push(tenant);
        receivers.push(its);
    }
    // Each question leads to that many deliveries, on average.
    let of_question = EVENTS * EACH.min(endpoints);
    let questions = deliveries.div_ceil(of_question).max(u32::try_from(tenants.len()).unwrap_or(1));
    let places: Vec<usize> = (0..tenants.len()).cycle().take(questions as usize).collect();
    stream::iter(&places)
        .map(|at| app.ask(&tenants[*at].public, "Hello?"))
        .buffer_unordered(8)
        .for_each(async |_| {})
        .await;
    let wanted = |places: &[usize]| -> usize {
        places.iter().map(|at| receivers[*at].len() * EVENTS as usize).sum()
    };
    let came = || receivers.iter().flatten().map(Receiver::count).sum::<usize>();
    let backlog = wanted(&places);
    let begun = Instant::now();
    app.platform.attach().map_err(BenchError::of)?;
    if !until(MOST, || came() >= backlog).await {
        return Err(BenchError(format!("{} of {backlog} deliveries came", came())));
    }
    let rate = backlog as f64 / begun.elapsed().as_secs_f64();
    app.platform.drain(MOST).await.map_err(BenchError::of)?;

    let before: Vec<Vec<usize>> =
        receivers.iter().map(|its| its.iter().map(Receiver::count).collect()).collect();
    let paced: Vec<usize> = (0..tenants.len()).cycle().take(PACED as usize).collect();
    let goal = came() + wanted(&paced);
    for at in &paced {
        app.ask(&tenants[*at].public, "Hello?").await;
        tokio::time::sleep(PAUSE).await;
    }
    if !until(MOST, || came() >= goal).await {
        return Err(BenchError(format!("{} of {goal} deliveries came", came())));
    }
    let (now, then) = (Timestamp::now().millis(), Instant::now());
    let mut waits = Vec::new();
    for (receiver, before) in receivers.iter().flatten().zip(before.into_iter().flatten()) {
        for one in receiver.received().split_off(before) {
            let ago = i64::try_from(then.duration_since(one.at).as_millis()).unwrap_or(0);
            let event = one.json()["timestamp"].as_str().and_then(Timestamp::parse);
            let event = event.ok_or_else(|| BenchError("an event without a time".to_owned()))?;
            waits.push(now - ago - event.millis());
        }
    }
    waits.sort_unstable();
    let at = |share: f64| waits[((waits.len() - 1) as f64 * share).round() as usize];
    let all = receivers.iter().flatten().map(|one| accepted(one).len()).sum::<usize>();
    if all < goal {
        return Err(BenchError(format!("{all} of {goal} deliveries were accepted")));
    }
    let grown = Grown { endpoints, deliveries: backlog, rate, p50: at(0.5), p99: at(0.99) };
    app.platform.shutdown().await;
    Ok(grown)
}
