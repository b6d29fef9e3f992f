//! Looking at queues: whether anything is left to do.

use std::sync::Arc;

use app::jobs;

use crate::engine::Queues;

/// Whether messages that are put here wait for a person and not for a worker.
pub fn is_dead_letters(queue: &str) -> bool {
    jobs::ALL.iter().any(|job| job.queue.dead_letters() == queue) || queue == "StreamFailures"
}

/// The queues of `names`, to be counted.
pub struct QueueStats {
    pub queues: Arc<Queues>,
    pub names: Vec<String>,
}

impl QueueStats {
    /// Messages in sight or being worked on. Those that are held back for later are not counted.
    pub async fn waiting(&self) -> usize {
        let mut waiting = 0;
        for name in &self.names {
            let counts = self.queues.counts(name).await;
            waiting += counts.visible + counts.in_flight;
        }
        waiting
    }

    /// Messages that are held back for later.
    pub async fn held_back(&self) -> usize {
        let mut held_back = 0;
        for name in &self.names {
            held_back += self.queues.counts(name).await.delayed;
        }
        held_back
    }
}
