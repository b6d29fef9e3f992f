//! The clock of a platform under test.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use app::adapters::clock::{Clock, SystemClock};
use domain::Timestamp;
use futures::future::BoxFuture;

/// The machine's clock, ahead of it by what a test advanced it, and with faster retries.
#[derive(Debug)]
pub struct TestClock {
    ahead_millis: AtomicU64,
    retry_time_scale: u32,
}

impl TestClock {
    /// As late as the machine's clock; retries come `retry_time_scale` times as fast as planned.
    pub fn new(retry_time_scale: u32) -> Arc<Self> {
        Arc::new(Self { ahead_millis: AtomicU64::new(0), retry_time_scale })
    }

    /// Makes it later by `time`. What waits for SQS or sleeps is not woken by it.
    pub fn advance(&self, time: Duration) {
        let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        self.ahead_millis.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        SystemClock.now().plus(Duration::from_millis(self.ahead_millis.load(Ordering::SeqCst)))
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        SystemClock.sleep(time)
    }

    fn retry_time_scale(&self) -> u32 {
        self.retry_time_scale.max(1)
    }
}
