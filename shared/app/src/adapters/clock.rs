//! The time. Use cases ask the clock of [`App`](crate::App) wherever a time decides something, so
//! that a test can set it.

use std::{fmt::Debug, sync::Arc, time::Duration};

use domain::Timestamp;
use futures::{FutureExt, future::BoxFuture};

/// The time, as use cases see it.
pub trait Clock: Debug + Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;

    /// Ends after `time`.
    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()>;

    /// How many times as fast as planned something is retried: a delay is divided by it before it
    /// is written to a row or a message. More than once under a test's clock alone.
    fn retry_time_scale(&self) -> u32 {
        1
    }
}

/// A clock that many use cases share.
pub type SharedClock = Arc<dyn Clock>;

/// This machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        tokio::time::sleep(time).boxed()
    }
}
