//! What operations cost, by how many conversations their chatbot has.

mod background;
pub mod budget;
mod conversations;
mod measure;
pub(crate) mod report;
mod seed;

pub use background::Background;
pub use measure::{Effort, Measured, Row, measure};

use std::path::{Path, PathBuf};

use crate::{BenchError, Result};

const OPERATIONS: &str = include_str!("../../../../tests/operations.csv");
const UNBUILT: &str = include_str!("../../../../tests/unbuilt.txt");

/// The flags of `bench operations`.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// How many conversations the chatbot has, once for each.
    #[arg(long, value_delimiter = ',', default_value = "1,1000,100000")]
    pub sizes: Vec<u32>,
    /// How often every operation is carried out at each size.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub rounds: u32,
    /// How often a read is made in each round.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub reads: u32,
    /// Folder to keep the data in, a folder in it for each size, or to find it in from the last
    /// time; without it all is in memory.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// File whose generated part to write, together with that of docs/costs.md.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Every documented operation that is built, as `dialect METHOD path`.
pub fn built() -> Vec<String> {
    let operations = OPERATIONS.lines().skip(1);
    let names = operations.map(|line| line.split(',').take(3).collect::<Vec<_>>().join(" "));
    names.filter(|operation| UNBUILT.lines().all(|line| line != operation)).collect()
}

/// Measures at every size; the tables, or an error where a budget is broken that nothing explains.
pub async fn run(options: Options) -> Result<String> {
    let effort = Effort {
        rounds: usize::try_from(options.rounds).map_err(BenchError::of)?,
        reads: usize::try_from(options.reads).map_err(BenchError::of)?,
    };
    let mut all = Vec::new();
    for size in &options.sizes {
        eprintln!("{size} conversations");
        let folder = options.data.as_ref().map(|data| data.join(size.to_string()));
        all.push(measure(*size, effort, folder.as_deref()).await?);
    }
    let report = report::Report { all: &all, effort };
    let text = report.benchmarks();
    if let Some(out) = &options.out {
        report::write(out, "operations", &text)?;
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        report::write(&root.join("docs/costs.md"), "sizes", &report.summary())?;
    }
    let over: Vec<String> = all.iter().flat_map(budget::broken).collect();
    match over.is_empty() {
        true => Ok(text),
        false => Err(BenchError(format!("{text}\nover budget:\n{}", over.join("\n")))),
    }
}
