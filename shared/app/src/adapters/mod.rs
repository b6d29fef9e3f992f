//! What lies outside of the process: SQS, files in S3 or a folder, randomness, and the sealing of
//! secrets under the master key. Only this room names AWS clients.

pub mod clock;
pub mod files;
pub mod key_ring;
pub mod random;
pub mod seal;
pub mod sqs;
