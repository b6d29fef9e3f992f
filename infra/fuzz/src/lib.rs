//! Feeds each reader of strangers' bytes with mutations of a corpus: no input panics, hangs or takes
//! more memory than the function has that reads it. It runs on stable Rust, bounded by a number of
//! inputs or by time, and every input follows from a seed.

mod corpus;
mod mutate;
pub mod targets;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

pub use corpus::{Corpus, keep};
use cpu_time::ProcessTime;
use mutate::Mutator;
use peak_alloc::PeakAlloc;
use targets::Target;

/// When a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// After this many inputs.
    Inputs(u64),
    /// After this much CPU time: a busy machine does not shorten a run.
    Spent(Duration),
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Inputs read.
    pub inputs: u64,
    /// The most memory that one took, in MiB.
    pub peak_mib: f32,
    /// The most CPU time that one took.
    pub slowest: Duration,
    /// The first input that panicked or took too much memory or time, with what it did.
    pub failure: Option<(Vec<u8>, String)>,
}

/// CPU time that one input may take in an optimized build; others take many times as long.
const MAX_TIME: Duration =
    if cfg!(debug_assertions) { Duration::MAX } else { Duration::from_secs(10) };

/// Feeds `target` from `seed` on; `memory` counts what it takes.
pub fn run(target: &Target, seed: u64, until: Until, memory: &PeakAlloc) -> Outcome {
    let corpus = Corpus::of(target);
    let mut mutator = Mutator::new(seed, &corpus, target.words);
    let begun = ProcessTime::now();
    let mut outcome = Outcome { inputs: 0, peak_mib: 0.0, slowest: Duration::ZERO, failure: None };
    let goes_on = |inputs: u64| match until {
        Until::Inputs(most) => inputs < most,
        Until::Spent(time) => begun.elapsed() < time,
    };
    while goes_on(outcome.inputs) {
        // Each seed as it is first, then mutations.
        let input = match usize::try_from(outcome.inputs) {
            Ok(n) if n < corpus.seeds.len() => corpus.seeds[n].clone(),
            _ => mutator.next(target.max_bytes),
        };
        memory.reset_peak_usage();
        let before = memory.current_usage_as_mb();
        let started = ProcessTime::now();
        let read = catch_unwind(AssertUnwindSafe(|| (target.read)(&input)));
        let time = started.elapsed();
        outcome.slowest = outcome.slowest.max(time);
        let took = memory.peak_usage_as_mb() - before;
        outcome.peak_mib = outcome.peak_mib.max(took);
        outcome.inputs += 1;
        let why = match read {
            Err(panic) => Some(said(&*panic)),
            Ok(Err(why)) => Some(why),
            Ok(Ok(())) if took > target.max_mib => {
                Some(format!("took {took:.0} MiB, more than {:.0}", target.max_mib))
            }
            Ok(Ok(())) if time > MAX_TIME => {
                Some(format!("took {:.0} s, more than {}", time.as_secs_f64(), MAX_TIME.as_secs()))
            }
            Ok(Ok(())) => None,
        };
        if let Some(why) = why {
            outcome.failure = Some((input, why));
            return outcome;
        }
    }
    outcome
}

fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic").to_owned()
}
