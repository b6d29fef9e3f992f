//! What becomes of the messages of messaging platforms: how many are lost, answered twice or out of
//! order while deliveries come again and out of order, workers are killed and the platform refuses; and
//! how long one takes until it is acknowledged and until its answer is sent.

pub mod acknowledgment;
pub mod line;
mod setup;
pub mod storm;

use std::path::PathBuf;

use self::{line::PLATFORMS, storm::ChannelStorm};
use crate::{BenchError, Result, operations::report};

/// The flags of `bench channels`.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Messages on each platform.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    pub messages: u32,
    /// Conversations that they belong to.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub conversations: u32,
    /// The platforms.
    #[arg(long, value_delimiter = ',', default_values = PLATFORMS)]
    pub platforms: Vec<String>,
    /// Deliveries that are timed, at one time and in all.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(2..=1_000))]
    pub at_once: u32,
    /// File whose generated part to write.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Measures everything; the tables, or an error where something was lost, said twice without need or
/// out of order.
pub async fn run(options: Options) -> Result<String> {
    let mut rows = Vec::new();
    for platform in &options.platforms {
        eprintln!("{platform}, {} messages", options.messages);
        let storm = ChannelStorm {
            messages: options.messages,
            conversations: options.conversations,
            deaths: 5,
            time_scale: 5,
        };
        rows.push((platform.clone(), storm::run(platform, storm).await?));
    }
    eprintln!("acknowledgments");
    let took = acknowledgment::run(options.at_once).await?;
    let text = format!("{}\n\n{}", storm::table(&rows), took.table());
    if let Some(out) = &options.out {
        report::write(out, "channels", &text)?;
    }
    let faults: Vec<String> = rows
        .iter()
        .flat_map(|(platform, came)| {
            came.faults().into_iter().map(move |f| format!("{platform}: {f}"))
        })
        .collect();
    match faults.is_empty() {
        true => Ok(text),
        false => Err(BenchError(format!("{text}\n{}", faults.join("\n")))),
    }
}
