//! What a request or a job consumes, added up as the table reports it (`ReturnConsumedCapacity`).

use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};

/// What was consumed so far.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Units {
    /// Read capacity units.
    pub read: f64,
    /// Write capacity units, those of indexes included.
    pub write: f64,
    /// Calls made.
    pub calls: u32,
    /// Calls one after the other: those that overlap count once.
    pub round_trips: u32,
}

#[derive(Debug, Default)]
struct State {
    units: Units,
    in_flight: u32,
}

/// Adds up the units of everything that runs in its [`Meter::scope`].
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<Mutex<State>>);

/// Measures work that runs concurrently with what another meter measures: see [`Meter::fork`].
#[derive(Debug, Clone)]
pub struct MeterHandle {
    /// The meter of the concurrent work.
    pub concurrent: Meter,
    from: u32,
}

tokio::task_local! {
    static CURRENT: Meter;
}

impl Meter {
    /// Runs `work`; every call to the table in it counts here.
    pub async fn scope<F: Future>(&self, work: F) -> F::Output {
        CURRENT.scope(self.clone(), work).await
    }

    /// The meter in whose scope this runs; a fresh one, never read, where there is none.
    /// Hand it to a spawned task, which does not inherit it.
    pub fn current() -> Self {
        CURRENT.try_with(Clone::clone).unwrap_or_default()
    }

    /// A meter for work that runs concurrently with what this one measures.
    pub fn fork(&self) -> MeterHandle {
        MeterHandle { concurrent: Self::default(), from: self.units().round_trips }
    }

    /// Adds what was consumed concurrently: of calls one after the other, the longer row counts.
    pub fn join(&self, MeterHandle { concurrent, from }: &MeterHandle) {
        let concurrent = concurrent.units();
        let mut state = self.lock();
        state.units.read += concurrent.read;
        state.units.write += concurrent.write;
        state.units.calls += concurrent.calls;
        state.units.round_trips = state.units.round_trips.max(from + concurrent.round_trips);
    }

    /// What was consumed so far.
    pub fn units(&self) -> Units {
        self.lock().units
    }

    pub(crate) fn begin(&self) {
        let mut state = self.lock();
        state.units.calls += 1;
        if state.in_flight == 0 {
            state.units.round_trips += 1;
        }
        state.in_flight += 1;
    }

    pub(crate) fn end(&self, read: f64, write: f64) {
        let mut state = self.lock();
        state.units.read += read;
        state.units.write += write;
        state.in_flight = state.in_flight.saturating_sub(1);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        // A panic elsewhere can't leave half a sum behind, so a poisoned lock is still right.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_concurrent_work_the_longer_row_counts() {
        for (beside, after, expected) in [(1, 0, 2), (1, 1, 2), (1, 3, 4), (4, 1, 5)] {
            let meter = Meter::default();
            let calls = |meter: &Meter, count: u32| {
                for _ in 0..count {
                    meter.begin();
                    meter.end(1.0, 0.0);
                }
            };
            calls(&meter, 1);
            let handle = meter.fork();
            calls(&handle.concurrent, beside);
            calls(&meter, after);
            meter.join(&handle);
            let Units { read, calls, round_trips, .. } = meter.units();
            assert_eq!((read, calls), (f64::from(1 + beside + after), 1 + beside + after));
            assert_eq!(round_trips, expected, "{beside} {after}");
        }
    }

    #[tokio::test]
    async fn overlapping_calls_are_one_round_trip() {
        let meter = Meter::default();
        meter
            .scope(async {
                let inner = Meter::current();
                inner.begin();
                inner.begin();
                inner.end(1.0, 0.0);
                inner.end(0.5, 0.0);
                inner.begin();
                inner.end(0.0, 4.0);
            })
            .await;
        let expected = Units { read: 1.5, write: 4.0, calls: 3, round_trips: 2 };
        assert_eq!(meter.units(), expected);
        assert_eq!(Meter::current().units(), Units::default());
    }
}
