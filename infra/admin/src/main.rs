//! `admin`: the operator's command line.

use std::process::ExitCode;

use admin::Options;
use clap::Parser;

#[tokio::main]
async fn main() -> ExitCode {
    runtime::init_logs("error");
    match admin::run(Options::parse()).await {
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
