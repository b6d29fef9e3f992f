//! How many requests this process has under way to one endpoint, so that a slow one holds up
//! nobody but itself.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::WebhookId;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

/// Requests under way to one endpoint at a time.
pub const AT_ONCE: usize = 4;
/// A delivery that would have to wait for longer than this does not wait here.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a request takes at an endpoint that has answered none yet.
const UNKNOWN: Duration = Duration::from_millis(250);

/// The endpoints that requests are under way to. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Turns(Arc<Mutex<HashMap<WebhookId, Line>>>);

#[derive(Debug)]
struct Line {
    turns: Arc<Semaphore>,
    /// Those under way and those that wait for them.
    length: usize,
    /// How long requests take of late.
    usual: Duration,
    /// When one last began or ended.
    moved: Instant,
}

impl Line {
    fn new() -> Self {
        let turns = Arc::new(Semaphore::new(AT_ONCE));
        Self { turns, length: 0, usual: UNKNOWN, moved: Instant::now() }
    }

    /// How long one more would wait: what is before it at the usual speed, or at that of a line
    /// that has come to a stop.
    fn wait(&self) -> Duration {
        let before = u32::try_from((self.length + 1).saturating_sub(AT_ONCE)).unwrap_or(u32::MAX);
        let each = self.usual.max(self.moved.elapsed());
        each.saturating_mul(before) / u32::try_from(AT_ONCE).unwrap_or(1)
    }
}

/// A request may be made for as long as this is kept.
#[derive(Debug)]
pub struct Turn {
    id: WebhookId,
    turns: Turns,
    under_way: Option<(OwnedSemaphorePermit, Instant)>,
}

impl Turns {
    /// Waits for a turn at the endpoint of `id`, unless that would take too long.
    pub async fn take(&self, id: WebhookId) -> Option<Turn> {
        let line = self.line_up(id)?;
        // From here on whatever ends early, this future included, leaves the line.
        let mut turn = Turn { id, turns: self.clone(), under_way: None };
        let acquired = tokio::time::timeout(PATIENCE, line.acquire_owned()).await;
        let permit = acquired.ok()?.ok()?;
        let now = Instant::now();
        if let Some(line) = self.lines().get_mut(&id) {
            line.moved = now;
        }
        turn.under_way = Some((permit, now));
        Some(turn)
    }

    fn line_up(&self, id: WebhookId) -> Option<Arc<Semaphore>> {
        let mut lines = self.lines();
        let line = lines.entry(id).or_insert_with(Line::new);
        if line.wait() > PATIENCE {
            return None;
        }
        line.length += 1;
        Some(line.turns.clone())
    }

    /// Sends away all that wait at the endpoint of `id`, as it has stopped answering.
    pub fn close(&self, id: WebhookId) {
        if let Some(line) = self.lines().get_mut(&id) {
            // Those under way keep their turns of the old line.
            std::mem::replace(&mut line.turns, Arc::new(Semaphore::new(AT_ONCE))).close();
        }
    }

    fn lines(&self) -> MutexGuard<'_, HashMap<WebhookId, Line>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let took = self.under_way.take().map(|(_, begun)| begun.elapsed());
        let mut lines = self.turns.lines();
        let Some(line) = lines.get_mut(&self.id) else { return };
        if let Some(took) = took {
            line.moved = Instant::now();
            line.usual = (line.usual * 3 + took) / 4;
        }
        line.length = line.length.saturating_sub(1);
        if line.length == 0 {
            lines.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;

    use super::*;

    #[test]
    fn a_line_is_as_long_as_can_be_served_in_time() {
        let usual = Duration::from_millis(100);
        let wait = |length| Line { length, usual, ..Line::new() }.wait();
        // Four at a time: nobody is before the first four.
        assert_eq!((wait(0), wait(3)), (Duration::ZERO, Duration::ZERO));
        assert!(wait(4) >= usual / 4 && wait(43) >= PATIENCE && wait(42) < PATIENCE);
        // Nothing has moved for long, whatever was usual before.
        let Some(moved) = Instant::now().checked_sub(Duration::from_secs(60)) else { return };
        assert!(Line { length: 4, usual, moved, ..Line::new() }.wait() > PATIENCE);
    }

    #[tokio::test]
    async fn few_are_under_way_and_the_others_hear_at_once_that_they_can_t_wait() {
        let (turns, slow, fast) = (Turns::default(), WebhookId::new(), WebhookId::new());
        let held = join_all((0..AT_ONCE).map(|_| turns.take(slow))).await;
        assert!(held.iter().all(Option::is_some));
        let took = join_all((0..100).map(|_| turns.take(slow))).await;
        assert!(took.iter().all(Option::is_none), "those under way do not end");
        assert!(turns.take(fast).await.is_some(), "another endpoint has its own line");
        drop(held);
        assert!(turns.take(slow).await.is_some());
        assert!(turns.lines().is_empty(), "nothing is kept of idle ones");
    }

    #[tokio::test]
    async fn all_that_wait_are_sent_away_when_the_endpoint_stops_answering() {
        let (turns, id) = (Turns::default(), WebhookId::new());
        let held = join_all((0..AT_ONCE).map(|_| turns.take(id))).await;
        let waiting = join_all((0..3).map(|_| turns.take(id)));
        let closing = async {
            tokio::task::yield_now().await;
            turns.close(id);
        };
        let (waited, ()) = tokio::join!(waiting, closing);
        assert!(waited.iter().all(Option::is_none));
        drop((held, waited));
        assert!(turns.lines().is_empty());
    }

    #[tokio::test]
    async fn a_turn_that_nobody_waits_for_any_more_leaves_nothing_behind() {
        let (turns, id) = (Turns::default(), WebhookId::new());
        let held = join_all((0..AT_ONCE).map(|_| turns.take(id))).await;
        let waiting = turns.take(id);
        assert!(tokio::time::timeout(Duration::from_millis(10), waiting).await.is_err());
        drop(held);
        assert!(turns.lines().is_empty());
    }
}
