//! A chatbot that hardly anyone talks to: how promptly its webhook and its statistics follow a turn, among
//! those of a crowd.

use std::time::{Duration, Instant};

use serde_json::json;
use tokio::sync::watch;

use super::{Quantiles, setup::Quiet};

/// Between two turns.
const EVERY: Duration = Duration::from_secs(5);
/// What takes longer than this is late.
const MOST: Duration = Duration::from_secs(60);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(50);

/// What was seen of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Probe {
    pub turns: u64,
    /// Turns that were not answered, or whose webhook or statistics did not follow in time.
    pub late: u64,
    arrived: Vec<i64>,
    counted: Vec<i64>,
}

impl Probe {
    /// Milliseconds from an answer to its webhook.
    pub fn arrived(&self) -> Quantiles {
        Quantiles::of(self.arrived.clone())
    }

    /// Milliseconds from an answer to its statistics.
    pub fn counted(&self) -> Quantiles {
        Quantiles::of(self.counted.clone())
    }

    async fn turn(&mut self, quiet: &Quiet) {
        let wanted = 2 * (self.turns + 1);
        let body = json!({"message": "Do you have parking?", "visitorId": "quiet"});
        if quiet.chat.ask(&body).await.is_none() {
            self.late += 1;
            return;
        }
        self.turns += 1;
        let begun = Instant::now();
        let (mut arrived, mut counted) = (None, None);
        while begun.elapsed() < MOST && (arrived.is_none() || counted.is_none()) {
            let millis = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
            if arrived.is_none() && (quiet.arrived)() >= wanted {
                arrived = Some(millis);
            }
            if counted.is_none() {
                let counters = quiet.store.counters(quiet.chatbot).await;
                counted = counters.ok().filter(|c| c.messages >= wanted).map(|_| millis);
            }
            tokio::time::sleep(LOOK).await;
        }
        self.late += u64::from(arrived.is_none() || counted.is_none());
        self.arrived.extend(arrived);
        self.counted.extend(counted);
    }
}

/// Turns until it is `stopped`.
pub(crate) async fn run(quiet: Quiet, mut stopped: watch::Receiver<bool>) -> Probe {
    let mut probe = Probe::default();
    loop {
        probe.turn(&quiet).await;
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stopped.changed() => return probe,
        }
    }
}
