//! A crowd: conversations over a thousand chatbots at a share of what the machine carries, with webhooks, the
//! ticker and statistics on. Nothing may fail or get lost, nothing that is due may wait for more than a minute
//! beyond the ticker's own, and a chatbot that hardly anyone talks to is served as promptly as ever. And a
//! chatbot that everyone talks to at once: which partition keys that heats, and how far.

mod ages;
pub mod hot;
mod load;
mod probe;
mod setup;
mod sink;

use std::{path::PathBuf, time::Duration};

use testkit::App;

use crate::{BenchError, Result, operations::report};
use ages::Ages;
use load::Load;
use probe::Probe;
use setup::Crowd;

/// Limits that a crowd doesn't run into; the calls are counted all the same.
const PLANS: &str = r#"{"enterprise": {"botplot_calls": 100000000}}"#;
/// A conversation has ended after this long without a message, so that the ticker has to close them during
/// the run.
const IDLE_SECONDS: u64 = 240;
/// What is under way at the end has to arrive in this time.
const REST: Duration = Duration::from_secs(5 * 60);
/// What is due may wait for this long, beyond the minute between two ticks.
const MAX_LATE: Duration = Duration::from_secs(60);

/// The flags of `bench crowd`.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// How many chatbots there are.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(2..=10_000))]
    pub chatbots: u32,
    /// Minutes of the run, which may be a fraction.
    #[arg(long, default_value_t = 10.0)]
    pub minutes: f64,
    /// Share of what the machine carries, which is measured first.
    #[arg(long, default_value_t = 0.7)]
    pub share: f64,
    /// Turns a second; then nothing is measured first.
    #[arg(long)]
    pub rate: Option<f64>,
    /// Seconds for which is measured what the machine carries.
    #[arg(long, default_value_t = 30)]
    pub calibrate: u32,
    /// Seconds of a hundred turns each, of the chatbot that everyone talks to.
    #[arg(long, default_value_t = 10)]
    pub hot: u32,
    /// File whose generated part to write.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// What came of a crowd.
#[derive(Debug, Clone, Default)]
pub struct CrowdOutcome {
    chatbots: u32,
    /// Turns a second that the machine carries, if that was measured.
    carries: Option<f64>,
    rate: f64,
    took: Duration,
    /// Turns that were answered, those of the probe among them.
    pub turns: u64,
    /// Turns that were not.
    pub failed: u64,
    /// Deliveries that had to arrive, and did.
    pub deliveries: u64,
    /// Deliveries that never arrived.
    pub lost: u64,
    /// Jobs that failed for good.
    pub dead: u64,
    /// Messages that statistics lack, or have too many, at the end.
    pub miscounted: u64,
    latencies: Quantiles,
    arrivals: Quantiles,
    ages: Ages,
    probe: Probe,
}

/// Milliseconds: the middle, the slowest but one in a hundred, the slowest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Quantiles {
    p50: i64,
    p99: i64,
    max: i64,
}

impl Quantiles {
    pub(crate) fn of(mut all: Vec<i64>) -> Self {
        all.sort_unstable();
        let at = |share: f64| {
            let place = (all.len().saturating_sub(1) as f64 * share).round() as usize;
            all.get(place).copied().unwrap_or(0)
        };
        Self { p50: at(0.5), p99: at(0.99), max: at(1.0) }
    }
}

impl CrowdOutcome {
    /// What must not be.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let counted = [
            ("turns failed", self.failed),
            ("deliveries were lost", self.lost),
            ("jobs failed for good", self.dead),
            ("messages are counted wrongly", self.miscounted),
            ("looks at what is due failed", self.ages.failed),
            ("turns of the quiet chatbot were not served in time", self.probe.late),
        ];
        for (what, number) in counted {
            if number > 0 {
                faults.push(format!("{number} {what}"));
            }
        }
        for (kind, age) in self.ages.late() {
            if age > MAX_LATE {
                faults.push(format!("{kind} waited for {:.0} s beyond a tick", age.as_secs_f64()));
            }
        }
        faults
    }

    /// As tables.
    pub fn table(&self) -> String {
        let Self { chatbots, carries, rate, turns, deliveries, failed, lost, .. } = self;
        let carries = carries.map_or_else(|| "–".to_owned(), |n| format!("{n:.0}"));
        let (turn, event) = (self.latencies, self.arrivals);
        let mut text = format!(
            "| chatbots | the machine carries, turns a second | rate | minutes | turns | failed | \
             deliveries | lost | turn, p50 / p99 ms | event to arrival, p50 / p99 / most ms |\n\
             |--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n\
             | {chatbots} | {carries} | {rate:.1} | {:.1} | {turns} | {failed} | {deliveries} | \
             {lost} | {} / {} | {} / {} / {} |\n",
            self.took.as_secs_f64() / 60.0,
            turn.p50,
            turn.p99,
            event.p50,
            event.p99,
            event.max,
        );
        let (webhook, counted) = (self.probe.arrived(), self.probe.counted());
        text.push_str(&format!(
            "\n| a quiet chatbot among them | p50 ms | p99 ms | most ms |\n|---|--:|--:|--:|\n\
             | its webhook arrives after | {} | {} | {} |\n\
             | its statistics follow after | {} | {} | {} |\n",
            webhook.p50, webhook.p99, webhook.max, counted.p50, counted.p99, counted.max,
        ));
        text.push_str(
            "\n| what is due | oldest, s | beyond the minute between two ticks, s |\n|---|--:|--:|\n",
        );
        for (kind, age) in self.ages.late() {
            let oldest = self.ages.oldest(kind).as_secs_f64();
            text.push_str(&format!("| {kind} | {oldest:.0} | {:.0} |\n", age.as_secs_f64()));
        }
        text
    }
}

/// Measures both; the tables, or an error where something failed, got lost or starved.
pub async fn run(options: Options) -> Result<String> {
    let came = crowd(&options).await?;
    let hot = hot::run(options.hot).await?;
    let text = format!("{}\n{}", came.table(), hot.table());
    if let Some(out) = &options.out {
        report::write(out, "crowd", text.trim_end())?;
    }
    let faults: Vec<String> = came.faults().into_iter().chain(hot.faults()).collect();
    match faults.is_empty() {
        true => Ok(text),
        false => Err(BenchError(format!("{text}\n{}", faults.join("\n")))),
    }
}

/// Carries the crowd out.
pub async fn crowd(options: &Options) -> Result<CrowdOutcome> {
    let app = App::with(|local| {
        local.plans = Some(PLANS.to_owned());
        local.idle_seconds = IDLE_SECONDS;
    })
    .await;
    eprintln!("{} chatbots", options.chatbots);
    let crowd = Crowd::of(&app, options.chatbots).await?;
    let carries = match options.rate {
        Some(_) => None,
        None => Some(load::carried(&crowd, options.calibrate).await?),
    };
    let rate = options.rate.or_else(|| carries.map(|n| n * options.share)).unwrap_or(1.0);
    let lasts = Duration::from_secs_f64(options.minutes * 60.0);
    eprintln!("{rate:.1} turns a second for {:.1} minutes", options.minutes);
    app.platform.drain(REST).await.map_err(BenchError::of)?;
    crowd.sink.reset();
    let before = crowd.counted().await?;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let watching = tokio::spawn(ages::watch(app.platform.app.store.clone(), stopped.clone()));
    let probing = tokio::spawn(probe::run(crowd.quiet.clone(), stopped));
    let Load { turns, failed, latencies, took } = load::open(&crowd, rate, lasts).await;
    // There is no receiver only where both have ended by themselves.
    let _ = stop.send(true);
    let ages = watching.await.map_err(BenchError::of)?;
    let probe = probing.await.map_err(BenchError::of)?;
    let turns = turns + probe.turns;
    let wanted = 2 * turns;
    crowd.sink.until(wanted, REST).await;
    app.platform.drain(REST).await.map_err(BenchError::of)?;
    let counted = crowd.counted().await? - before;
    let (arrived, waits) = crowd.sink.arrived();
    let came = CrowdOutcome {
        chatbots: options.chatbots,
        carries,
        rate,
        took,
        turns,
        failed,
        deliveries: wanted,
        lost: wanted.saturating_sub(arrived),
        dead: app.platform.dead_letters().await.map_err(BenchError::of)?,
        miscounted: counted.abs_diff(wanted),
        latencies: Quantiles::of(latencies),
        arrivals: Quantiles::of(waits),
        ages,
        probe,
    };
    app.platform.shutdown().await;
    Ok(came)
}
