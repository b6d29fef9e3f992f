//! What the platform costs, measured: a module for each subcommand.

pub mod channels;
pub mod confidence;
pub mod crawl;
pub mod crowd;
pub mod extract;
pub mod loops;
pub mod operations;
pub mod retrieve;
mod semantic;
pub mod streaming;
pub mod unanswerable;
pub mod webhooks;

use clap::{Parser, Subcommand};

/// What the platform costs, measured on one machine.
#[derive(Debug, Parser)]
#[command(name = "bench", version)]
pub struct Options {
    /// What to measure.
    #[command(subcommand)]
    pub command: Command,
}

/// What there is to measure.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// What is lost, said twice or out of order on messaging platforms; how fast messages are taken.
    Channels(channels::Options),
    /// What was seen of the best entries for questions over small collections, to fit the confidence.
    Confidence(confidence::Options),
    /// CPU time and memory of a crawl of a large site, beside a plain loop over its pages.
    Crawl(crawl::Options),
    /// Whether anything starves with conversations over a thousand chatbots; how far one chatbot heats its keys.
    Crowd(crowd::Options),
    /// How well main text is found in pages, and how fast.
    Extract(extract::Options),
    /// Agent loops that are due in the same minute, of one tenant and of another.
    Loops(loops::Options),
    /// Units, round trips and latency of every documented operation that is built.
    Operations(operations::Options),
    /// What the index finds, as a TREC run, and what that takes.
    Retrieve(retrieve::Options),
    /// Time to the first token of a streamed answer and to its end, beside a bare proxy.
    Streaming(streaming::Options),
    /// Whether the confidence tells questions with an answer from those without.
    Unanswerable(unanswerable::Options),
    /// What is lost and what comes twice where endpoints fail and workers die; how fast it goes.
    Webhooks(webhooks::Options),
}

/// Why something was not measured, or what came out too dear; for the person at the terminal.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct BenchError(pub String);

impl BenchError {
    fn of(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// The resident memory of this process, in bytes, where the system says it.
pub(crate) fn resident() -> Option<usize> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    Some(text.split(' ').nth(1)?.parse::<usize>().ok()? * 4096)
}

/// What everything here answers.
pub type Result<T> = std::result::Result<T, BenchError>;

/// Measures it; what is to be printed.
pub async fn run(options: Options) -> Result<String> {
    match options.command {
        Command::Channels(options) => channels::run(options).await,
        Command::Confidence(options) => confidence::run(&options),
        Command::Crawl(options) => crawl::run(options).await,
        Command::Crowd(options) => crowd::run(options).await,
        Command::Extract(options) => extract::run(&options),
        Command::Loops(options) => loops::run(options).await,
        Command::Operations(options) => operations::run(options).await,
        Command::Retrieve(options) => retrieve::run(&options),
        Command::Streaming(options) => streaming::run(options).await,
        Command::Unanswerable(options) => unanswerable::run(&options),
        Command::Webhooks(options) => webhooks::run(options).await,
    }
}
