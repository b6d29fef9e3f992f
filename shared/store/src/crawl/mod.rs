//! Crawls: a source's crawl from its first page to its result, and the concurrency and delay of
//! the hosts that are crawled. Pages themselves are in `knowledge`.

pub(crate) mod batches;
pub(crate) mod frontier;
pub(crate) mod hosts;
pub(crate) mod lifecycle;
