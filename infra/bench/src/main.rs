//! `bench`: what the platform costs, measured.

use std::process::ExitCode;

use bench::Options;
use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    runtime::init_logs("error");
    match bench::run(Options::parse()).await {
        Ok(said) => {
            print!("{said}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
