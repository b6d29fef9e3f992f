//! Batch runners: an event in, the records that failed out. What comes back in that list comes
//! again, whatever is not in it is done.

mod queue;
mod start;
mod stream;

pub use aws_lambda_events::sqs::SqsBatchResponse;
pub use queue::{bodies, jobs};
pub use start::run;
pub use stream::{Record, Shard, StreamResponse, Unreadable, records, shard_of};
