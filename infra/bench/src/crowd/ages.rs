//! How long what is due has been so.

use std::{collections::BTreeMap, time::Duration};

use domain::Timestamp;
use store::{Store, keys};
use tokio::sync::watch;

/// Between two looks.
const EVERY: Duration = Duration::from_secs(5);
/// Between two ticks: what became due right after one waits for the next.
const TICK: Duration = Duration::from_secs(60);

/// The oldest of each kind that was seen.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ages {
    oldest: BTreeMap<&'static str, Duration>,
    /// Looks that failed.
    pub failed: u64,
}

impl Ages {
    /// How long the oldest of a kind had been due.
    pub fn oldest(&self, kind: &str) -> Duration {
        self.oldest.get(kind).copied().unwrap_or_default()
    }

    /// How much of that is beyond the minute between two ticks, of each kind that was due at all.
    pub fn late(&self) -> impl Iterator<Item = (&'static str, Duration)> + '_ {
        self.oldest.iter().map(|(kind, age)| (*kind, age.saturating_sub(TICK)))
    }

    async fn look(&mut self, store: &Store) {
        for (kind, partition) in keys::due_partitions() {
            let now = Timestamp::now();
            match store.due(&partition, now, 1).await {
                Ok(due) => {
                    let at = due.first().and_then(|due| Timestamp::parse(&due.due_at));
                    if let Some(at) = at {
                        let age = self.oldest.entry(kind).or_default();
                        *age = now.since(at).max(*age);
                    }
                }
                Err(_) => self.failed += 1,
            }
        }
    }
}

/// Looks again and again until it is `stopped`.
pub(crate) async fn watch(store: Store, mut stopped: watch::Receiver<bool>) -> Ages {
    let mut ages = Ages::default();
    loop {
        ages.look(&store).await;
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            _ = stopped.changed() => return ages,
        }
    }
}
