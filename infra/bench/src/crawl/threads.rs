//! The CPU time of the embedded engines, by the names of their threads, where the system says it.

use std::{collections::HashMap, fs, path::Path, time::Duration};

use local::engine::ENGINE_THREAD;

/// Ticks of the scheduler's clock in a second, as Linux counts them for programs.
const TICKS: u64 = 100;

/// What the threads of engines have taken.
pub(super) struct EngineTime {
    /// Ticks of each, as last seen: one that has ended is not seen any more.
    seen: HashMap<String, u64>,
    before: u64,
}

impl EngineTime {
    /// Counts from now on.
    pub(super) fn begin() -> Self {
        let mut time = Self { seen: HashMap::new(), before: 0 };
        time.read();
        time.before = time.seen.values().sum();
        time
    }

    /// What they have taken since the beginning. Looked at seldom, it misses those that have ended.
    pub(super) fn look(&mut self) -> Duration {
        self.read();
        let ticks = self.seen.values().sum::<u64>().saturating_sub(self.before);
        Duration::from_millis(ticks * 1_000 / TICKS)
    }

    fn read(&mut self) {
        let Ok(threads) = fs::read_dir("/proc/self/task") else { return };
        for thread in threads.flatten() {
            if let Some(ticks) = ticks(&thread.path()) {
                self.seen.insert(thread.file_name().to_string_lossy().into_owned(), ticks);
            }
        }
    }
}

/// Ticks of the thread at this place of `/proc`, if it is one of an engine.
fn ticks(thread: &Path) -> Option<u64> {
    let text = fs::read_to_string(thread.join("stat")).ok()?;
    let (head, rest) = text.rsplit_once(')')?;
    let (_, name) = head.split_once('(')?;
    // Behind the name: state, then ten more, then what it took itself and in the kernel.
    let mut fields = rest.split_whitespace().skip(11);
    let mut number = || fields.next()?.parse::<u64>().ok();
    (name == ENGINE_THREAD).then(|| Some(number()? + number()?))?
}
