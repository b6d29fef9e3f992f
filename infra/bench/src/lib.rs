//! What the platform costs, measured: a module for each subcommand.

pub mod operations;
pub mod semantic;

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
    /// Units, round trips and latency of every documented operation that is built.
    Operations(operations::Options),
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

/// What everything here answers.
pub type Result<T> = std::result::Result<T, BenchError>;

/// Measures it; what is to be printed.
pub async fn run(options: Options) -> Result<String> {
    match options.command {
        Command::Operations(options) => operations::run(options).await,
    }
}
