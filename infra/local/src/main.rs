//! `cargo dev`: Colloquy on this machine.

mod fake;

use std::process::ExitCode;

use clap::Parser;
use local::{Credentials, LocalPlatform, Options};
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> ExitCode {
    runtime::init_logs("error");
    let mut arguments = std::env::args_os().peekable();
    let program = arguments.next();
    let done = if arguments.next_if(|first| first == "fake").is_some() {
        fake::run(fake::FakeOptions::parse_from(program.into_iter().chain(arguments))).await
    } else {
        run(Options::parse()).await
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Box<dyn std::error::Error>> {
    let mut terminated = signal(SignalKind::terminate())?;
    let services_only = options.services_only;
    let platform = LocalPlatform::start(options).await?;
    if services_only {
        println!(
            "Table, queues and secrets are up. In another terminal:\n\n  \
             cargo lambda watch --ignore-changes --env-file {} -P {}\n",
            platform.lambda_env().display(),
            platform.base_url.rsplit(':').next().unwrap_or_default(),
        );
    }
    match &platform.credentials {
        Some(credentials) => {
            let token = platform.app.sign_in_link(&credentials.session.email).await?;
            print!("{}", banner(credentials, &token));
        }
        None => println!("Colloquy is up on {}", platform.base_url),
    }
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => pressed?,
        _ = terminated.recv() => {}
    }
    println!("stopping");
    platform.shutdown().await;
    Ok(())
}

fn banner(credentials: &Credentials, token: &str) -> String {
    let Credentials { base_url, chatbot_id, keys, session, .. } = credentials;
    let (public, secret) = (&keys.botplot_public, &keys.botplot_secret);
    format!(
        r#"Colloquy is up on {base_url}

  console            {base_url}/console#token={token}
                     (signs you in, once and within an hour)
  widget             {base_url}/demo#{public}

  chatbot            {chatbot_id}
  botplot public     {public}
  botplot secret     {secret}
  conferbot          {conferbot}
  chatbotplatform    {chatbotplatform}
  helpbot            {helpbot}
  openbat            {openbat}
  sign in            {email} / {password}

Ask it something:

  curl {base_url}/api/v1/chat -H 'Authorization: Bearer {public}' \
    -H 'Content-Type: application/json' -d '{{"message":"When is a failed webhook delivery retried?"}}'

Watch an answer stream:

  curl -N {base_url}/api/v1/chat/stream -H 'Authorization: Bearer {public}' \
    -H 'Content-Type: application/json' -d '{{"message":"How do I add a web page to the knowledge?"}}'

Teach it something:

  curl {base_url}/api/v1/knowledge/qa -H 'Authorization: Bearer {secret}' \
    -H 'Content-Type: application/json' -d '{{"question":"What are your hours?","answer":"Nine to five."}}'

"#,
        conferbot = keys.conferbot,
        chatbotplatform = keys.chatbotplatform,
        helpbot = keys.helpbot,
        openbat = keys.openbat,
        email = session.email,
        password = session.password,
    )
}
