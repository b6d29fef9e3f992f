//! How long calls of AWS may take. Without these a connection that hangs, as after a freeze of the
//! function, takes all of the visitor's time.

use std::time::Duration;

use aws_sdk_dynamodb::config::timeout::TimeoutConfig;

/// Opening a connection.
pub(crate) const CONNECT: Duration = Duration::from_secs(1);
/// How many times as long embedded services may take, which share their machine with the rest.
const EMBEDDED: u32 = 15;

/// How long calls of one service may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CallTimes {
    /// One try.
    pub attempt: Duration,
    /// All tries of a call.
    pub operation: Duration,
}

/// Of the table.
pub(crate) const TABLE: CallTimes =
    CallTimes { attempt: Duration::from_secs(1), operation: Duration::from_secs(4) };
/// Of queues and the master key.
pub(crate) const QUEUES: CallTimes =
    CallTimes { attempt: Duration::from_secs(3), operation: Duration::from_secs(10) };
/// Of files, which have up to 10 MiB.
#[cfg(feature = "s3")]
pub(crate) const FILES: CallTimes =
    CallTimes { attempt: Duration::from_secs(20), operation: Duration::from_secs(45) };

impl CallTimes {
    /// As clients of AWS take it.
    pub fn config(self, is_embedded: bool) -> TimeoutConfig {
        let times = if is_embedded { EMBEDDED } else { 1 };
        TimeoutConfig::builder()
            .connect_timeout(CONNECT * times)
            .operation_attempt_timeout(self.attempt * times)
            .operation_timeout(self.operation * times)
            .build()
    }
}
