//! The command: `cargo run --profile measure -p fuzz -- --minutes 60`, or a target or two by name.

use std::{process::ExitCode, time::Duration};

use clap::Parser;
use fuzz::{Until, keep, run, targets};
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Feeds readers of strangers' bytes with mutations of their corpora.
#[derive(Debug, Parser)]
struct Options {
    /// Targets; all of them without one.
    targets: Vec<String>,
    /// How long each is fed, in minutes of CPU time.
    #[arg(long, default_value_t = 1)]
    minutes: u64,
    /// What all inputs follow from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let until = Until::Spent(Duration::from_secs(options.minutes * 60));
    let is_wanted =
        |name: &str| options.targets.is_empty() || options.targets.iter().any(|t| t == name);
    let mut code = ExitCode::SUCCESS;
    for target in targets::ALL.iter().filter(|target| is_wanted(target.name)) {
        let outcome = run(target, options.seed, until, &MEMORY);
        println!(
            "{:10} {:9} inputs, at most {:4.0} MiB and {:5.2} s",
            target.name,
            outcome.inputs,
            outcome.peak_mib,
            outcome.slowest.as_secs_f64()
        );
        if let Some((input, why)) = outcome.failure {
            let kept = keep(target.name, &input);
            println!("{:10} failed: {why}; kept: {kept:?}", target.name);
            code = ExitCode::FAILURE;
        }
    }
    code
}
