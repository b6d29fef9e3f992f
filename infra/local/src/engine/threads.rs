//! Threads of their own for the engines: what they take of the processor can be told apart from what the
//! platform takes, which has them as services elsewhere.

use std::{future::Future, time::Duration};

use tokio::{
    runtime::{Builder, Runtime},
    task::JoinHandle,
};

use super::{Result, failed};

/// The name of each thread of an engine.
pub const ENGINE_THREAD: &str = "engine";
/// Threads that answer requests of one engine.
const COUNT: usize = 2;
/// How long a thread that waited for the disk is kept.
const KEPT: Duration = Duration::from_secs(60);

/// The threads of one engine. Dropping it ends what runs on them.
#[derive(Debug)]
pub(super) struct EngineThreads(Option<Runtime>);

impl EngineThreads {
    pub(super) fn start() -> Result<Self> {
        let mut threads = Builder::new_multi_thread();
        threads.worker_threads(COUNT).thread_name(ENGINE_THREAD).thread_keep_alive(KEPT);
        let threads = threads.enable_all().build().map_err(failed("starting threads"))?;
        Ok(Self(Some(threads)))
    }

    /// Runs `task` on them.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
        match &self.0 {
            Some(threads) => threads.spawn(task),
            None => tokio::spawn(task),
        }
    }
}

impl Drop for EngineThreads {
    fn drop(&mut self) {
        // Within a task nothing may wait for them.
        if let Some(threads) = self.0.take() {
            threads.shutdown_background();
        }
    }
}
