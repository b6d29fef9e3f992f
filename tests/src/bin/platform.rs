//! The platform as a process of its own: prints its address once it is up, and runs until it is
//! killed.

use std::io::Write;

use clap::Parser;
use local::{LocalPlatform, Options};

#[tokio::main]
async fn main() {
    runtime::init_logs("warn");
    let platform = LocalPlatform::start(Options::parse()).await.expect("the platform starts");
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", platform.base_url).and_then(|()| out.flush()).expect("stdout is read");
    drop(out);
    std::future::pending::<()>().await;
}
