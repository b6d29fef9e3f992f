//! The scripted AI backends as a process of their own, for the vendors' own clients: prints its
//! address once it is up, and runs until it is killed.

use std::io::Write;

use testkit::backend::{
    BackendRequest, ScriptedBackend, Step, anthropic_says, bedrock_says, openai_says, whole,
};

/// What every answer says, in these pieces.
const TEXTS: [&str; 3] = ["We are open ", "at nine, caf\u{e9} too ", "\u{1f600}."];

fn answer(request: &BackendRequest) -> Vec<Step> {
    if request.target.ends_with("/chat/completions") {
        openai_says(&TEXTS)
    } else if request.target.ends_with("/messages") {
        anthropic_says(&TEXTS)
    } else if request.target.ends_with("/converse-stream") {
        bedrock_says(&TEXTS)
    } else {
        whole(404, "application/json", r#"{"error":{"message":"no such route"}}"#)
    }
}

#[tokio::main]
async fn main() {
    let backend = ScriptedBackend::start(|_, request| answer(request)).await;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", backend.url).and_then(|()| out.flush()).expect("stdout is read");
    drop(out);
    std::future::pending::<()>().await;
}
