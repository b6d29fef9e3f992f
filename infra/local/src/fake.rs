//! `cargo run -p local -- fake telegram`: a person on a stand-in of a messaging platform, in the terminal.

use std::{error::Error, io::BufRead, time::Duration};

use clap::{Parser, ValueEnum};
use fakes::platforms::{FakeDiscord, FakeGraph, FakeSlack, FakeTelegram};
use serde_json::{Value, json};
use tokio::sync::mpsc;

/// Chats with a chatbot as on a messaging platform: what you type is what a person writes.
#[derive(Debug, Clone, Parser)]
#[command(name = "fake")]
pub struct FakeOptions {
    /// The platform to imitate.
    platform: FakePlatform,

    /// Its port; 0 takes any free one.
    #[arg(long, default_value_t = 4100, value_name = "N")]
    port: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FakePlatform {
    Telegram,
    Slack,
    Discord,
    Whatsapp,
    Messenger,
}

/// A stand-in, and the person who uses it.
enum Chat {
    Telegram(FakeTelegram),
    Slack(FakeSlack),
    Discord(FakeDiscord),
    Whatsapp(FakeGraph),
    Messenger(FakeGraph),
}

/// The person's id: a number on Telegram and Discord, a phone number on WhatsApp.
const PERSON: i64 = 4_915_112_345_678;
/// Of channels on Meta's platforms.
const VERIFY_TOKEN: &str = "verify";
/// A delivery is repeated after real seconds.
const SECOND: Duration = Duration::from_secs(1);
/// How often replies are looked for.
const LOOK: Duration = Duration::from_millis(100);

/// Serves the stand-in until the input ends.
pub async fn run(options: FakeOptions) -> Result<(), Box<dyn Error>> {
    let chat = Chat::start(&options).await?;
    println!("{}", chat.introduction());
    let (lines, mut typed) = mpsc::unbounded_channel();
    // A read of the terminal can't be cancelled, so it has a thread that the process does not wait for.
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if lines.send(line).is_err() {
                return;
            }
        }
    });
    let mut shown = 0;
    let mut look = tokio::time::interval(LOOK);
    loop {
        tokio::select! {
            line = typed.recv() => match line {
                Some(line) => chat.enter(line.trim()).await,
                None => return Ok(()),
            },
            _ = look.tick() => {
                let replies = chat.replies();
                replies.iter().skip(shown).for_each(|reply| println!("bot> {reply}\n"));
                shown = replies.len().max(shown);
            }
            pressed = tokio::signal::ctrl_c() => return Ok(pressed?),
        }
    }
}

impl Chat {
    async fn start(options: &FakeOptions) -> std::io::Result<Self> {
        let port = options.port;
        Ok(match options.platform {
            FakePlatform::Telegram => Self::Telegram(FakeTelegram::start_at(port, SECOND).await?),
            FakePlatform::Slack => Self::Slack(FakeSlack::start_at(port, SECOND).await?),
            FakePlatform::Discord => Self::Discord(FakeDiscord::start_at(port).await?),
            FakePlatform::Whatsapp => Self::Whatsapp(FakeGraph::start_at(port, SECOND).await?),
            FakePlatform::Messenger => Self::Messenger(FakeGraph::start_at(port, SECOND).await?),
        })
    }

    /// The name that `--platform` has for it, its URL, the channel's type and its credentials.
    fn parts(&self) -> (&'static str, String, &'static str, Value) {
        match self {
            Self::Telegram(fake) => {
                let credentials = json!({ "bot_token": FakeTelegram::TOKEN });
                ("telegram", fake.url(), "telegram", credentials)
            }
            Self::Slack(fake) => {
                let secret = FakeSlack::SECRET;
                let credentials =
                    json!({ "bot_token": FakeSlack::TOKEN, "signing_secret": secret });
                ("slack", fake.url(), "slack", credentials)
            }
            Self::Discord(fake) => {
                ("discord", fake.url(), "discord", json!({ "bot_token": FakeDiscord::TOKEN }))
            }
            Self::Whatsapp(fake) => {
                let credentials = json!({
                    "access_token": FakeGraph::TOKEN,
                    "phone_number_id": FakeGraph::PHONE_NUMBER,
                    "app_secret": FakeGraph::SECRET,
                    "verify_token": VERIFY_TOKEN,
                });
                ("graph", fake.url(), "whatsapp", credentials)
            }
            Self::Messenger(fake) => {
                let credentials = json!({
                    "page_access_token": FakeGraph::TOKEN,
                    "app_secret": FakeGraph::SECRET,
                    "verify_token": VERIFY_TOKEN,
                });
                ("graph", fake.url(), "messenger", credentials)
            }
        }
    }

    /// What to do in the other terminal, and here.
    fn introduction(&self) -> String {
        let (name, url, kind, credentials) = self.parts();
        let then = match self {
            Self::Telegram(_) => "Then write.",
            Self::Discord(_) => "Then write; each line is an /ask.",
            _ => "Then enter here what an app's owner enters: /subscribe WEBHOOK_URL",
        };
        format!(
            r#"A stand-in for {kind} is up on {url}. Start the platform with it, and connect a channel:

  cargo dev -- --platform {name}={url}

  curl -X POST BASE_URL/v1/bots/CHATBOT_ID/channels -H 'Authorization: Bearer CHATBOTPLATFORM_KEY' \
    -H 'Content-Type: application/json' \
    -d '{{"name":"{kind}","type":"{kind}","credentials":{credentials}}}'

{then}
"#
        )
    }

    /// A line of the person's, or a step of the owner's.
    async fn enter(&self, line: &str) {
        if let Some(url) = line.strip_prefix("/subscribe ") {
            let is_taken = match self {
                Self::Slack(fake) => fake.subscribe(url.trim(), FakeSlack::SECRET).await,
                Self::Whatsapp(fake) | Self::Messenger(fake) => {
                    fake.subscribe(url.trim(), FakeGraph::SECRET, VERIFY_TOKEN).await
                }
                Self::Telegram(_) | Self::Discord(_) => false,
            };
            println!(
                "{}",
                if is_taken { "The URL answered its check." } else { "The URL failed its check." }
            );
            return;
        }
        if line.is_empty() {
            return;
        }
        match self {
            Self::Telegram(fake) => drop(fake.write(FakeTelegram::TOKEN, PERSON, line)),
            Self::Slack(fake) => drop(fake.write("U0PERSON", line)),
            Self::Discord(fake) => drop(fake.write(&PERSON.to_string(), "700", line)),
            Self::Whatsapp(fake) => drop(fake.whatsapp_write(&PERSON.to_string(), line)),
            Self::Messenger(fake) => drop(fake.messenger_write(&PERSON.to_string(), line)),
        }
    }

    /// Everything that the bot said.
    fn replies(&self) -> Vec<String> {
        match self {
            Self::Telegram(fake) => fake.sent().into_iter().map(|sent| sent.plain).collect(),
            Self::Slack(fake) => fake.posted().into_iter().map(|sent| sent.text).collect(),
            Self::Discord(fake) => fake.sent().into_iter().map(|sent| sent.content).collect(),
            Self::Whatsapp(fake) | Self::Messenger(fake) => {
                fake.sent().into_iter().map(|sent| sent.text).collect()
            }
        }
    }
}
