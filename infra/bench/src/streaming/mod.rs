//! Streamed answers of an AI backend: how long the first token and the whole answer take beside a
//! bare proxy of the same stream, alone and with many at once, and whether a long answer is held in
//! memory.

mod proxy;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use futures::{StreamExt, stream};
use serde_json::json;
use testkit::{
    App, Tenant,
    backend::{ScriptedBackend, openai_says},
};

use crate::{BenchError, Result, operations::report, resident};

/// What an ordinary answer says, in these pieces.
const TEXTS: [&str; 12] = [
    "We ", "are ", "open ", "from ", "nine ", "to ", "five, ", "on ", "every ", "day ", "but ",
    "Sunday.",
];
/// How often a client waits for an answer at most.
const LONGEST: Duration = Duration::from_secs(120);

/// The flags of `bench streaming`.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Answers, one after the other.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(10..=100_000))]
    pub answers: u32,
    /// Answers that stream at one time.
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(2..=1_000))]
    pub at_once: u32,
    /// Pieces of the long answer.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    pub pieces: u32,
    /// File whose generated part to write.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// When the first piece of an answer came and when it was whole, since it was requested.
#[derive(Debug, Clone, Copy)]
struct Times {
    first: Duration,
    whole: Duration,
}

/// What many answers took.
#[derive(Debug)]
struct Took {
    what: &'static str,
    at_once: u32,
    all: Vec<Times>,
}

/// Measures everything; the tables.
pub async fn run(options: Options) -> Result<String> {
    let app = App::start().await;
    let backend = ScriptedBackend::start(|_, _| openai_says(&TEXTS)).await;
    let tenant = app.tenant("ada").await;
    integrate(&app, &tenant, &backend.url).await?;
    let proxy = proxy::start(&backend.url).await?;
    let client = client()?;
    let direct = Door::proxy(&client, &proxy);
    let ours = Door::visitor(&client, &app, &tenant);
    let mut rows = Vec::new();
    for (count, at_once) in [(options.answers, 1), (options.at_once * 5, options.at_once)] {
        for (what, door) in [("bare proxy", &direct), ("streamed answer", &ours)] {
            eprintln!("{what}, {at_once} at once");
            rows.push(Took { what, at_once, all: many(door, count, at_once).await? });
        }
    }
    let growth = memory_of_a_long_answer(&app, &client, options.pieces).await?;
    let text = format!("{}\n\n{}\n\n{growth}", table(&rows), overheads(&rows));
    if let Some(out) = &options.out {
        report::write(out, "streaming", &text)?;
    }
    Ok(text)
}

fn client() -> Result<reqwest::Client> {
    reqwest::Client::builder().no_proxy().timeout(LONGEST).build().map_err(BenchError::of)
}

/// Makes the backend at `url` the one of the tenant's chatbot.
async fn integrate(app: &App, tenant: &Tenant, url: &str) -> Result<()> {
    let path = format!("/v1/bots/{}/integrations", tenant.chatbot);
    let body = json!({"name": "bench", "type": "openai_compatible", "url": format!("{url}/v1"),
        "model": "fake"});
    let made = app.post(&path).bearer(&tenant.chatbotplatform).json(&body).send().await;
    match made.status {
        201 => Ok(()),
        status => Err(BenchError(format!("the integration was answered {status}: {}", made.text))),
    }
}

/// Where an answer is requested.
struct Door {
    client: reqwest::Client,
    url: String,
    key: String,
}

impl Door {
    fn proxy(client: &reqwest::Client, url: &str) -> Self {
        let url = format!("{url}/v1/chat/completions");
        Self { client: client.clone(), url, key: String::new() }
    }

    fn visitor(client: &reqwest::Client, app: &App, tenant: &Tenant) -> Self {
        let url = format!("{}/api/v1/chat/stream", app.platform.base_url);
        Self { client: client.clone(), url, key: tenant.public.clone() }
    }

    /// Requests one answer and reads it; `seen` is told of each piece of it.
    async fn answer(&self, mut seen: impl FnMut(usize)) -> Result<Times> {
        let begun = Instant::now();
        let body = json!({"message": "What would you like to tell me about llamas?"});
        let request = self.client.post(&self.url).bearer_auth(&self.key).json(&body);
        let response = request.send().await.map_err(BenchError::of)?;
        let status = response.status();
        if !status.is_success() {
            return Err(BenchError(format!("an answer has status {status}")));
        }
        let mut pieces = response.bytes_stream();
        let (mut first, mut read) = (None, 0);
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(BenchError::of)?;
            // The head of a stream is no token of it.
            if first.is_none() && contains(&piece, b"content\":\"") {
                first = Some(begun.elapsed());
            }
            read += piece.len();
            seen(read);
        }
        let first = first.ok_or_else(|| BenchError("an answer without a token".to_owned()))?;
        Ok(Times { first, whole: begun.elapsed() })
    }
}

fn contains(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

async fn many(door: &Door, count: u32, at_once: u32) -> Result<Vec<Times>> {
    // The first answers open connections and load what is cached.
    for _ in 0..5 {
        door.answer(|_| ()).await?;
    }
    let at_once = at_once as usize;
    let answers = stream::iter(0..count).map(|_| door.answer(|_| ())).buffer_unordered(at_once);
    answers.collect::<Vec<_>>().await.into_iter().collect()
}

/// Says how much memory came between the first tenth of an answer of `pieces` pieces and its end.
async fn memory_of_a_long_answer(
    app: &App,
    client: &reqwest::Client,
    pieces: u32,
) -> Result<String> {
    let texts = vec!["x"; pieces as usize];
    let backend = ScriptedBackend::start(move |_, _| openai_says(&texts)).await;
    let tenant = app.tenant("long").await;
    integrate(app, &tenant, &backend.url).await?;
    let door = Door::visitor(client, app, &tenant);
    let mut readings = Vec::new();
    let mut next = 0;
    let times = door
        .answer(|read| {
            // A reading for each 64 KiB.
            if read >= next {
                readings.extend(resident());
                next = read + 64 * 1024;
            }
        })
        .await?;
    let early = readings.get(readings.len() / 10).copied().unwrap_or_default();
    let most = readings.iter().copied().max().unwrap_or_default();
    Ok(format!(
        "An answer of {pieces} pieces took {:.1} s; memory rose by {:.1} MiB between its first tenth \
         and its end, the backend in the same process included.",
        times.whole.as_secs_f64(),
        most.saturating_sub(early) as f64 / 1024.0 / 1024.0
    ))
}

fn at(all: &[Times], share: f64, of: fn(&Times) -> Duration) -> f64 {
    let mut sorted: Vec<Duration> = all.iter().map(of).collect();
    sorted.sort_unstable();
    let place = ((sorted.len() - 1) as f64 * share).round() as usize;
    sorted[place].as_secs_f64() * 1000.0
}

/// What a turn takes more than the bare proxy, for each number at once. Rows come in pairs.
fn overheads(rows: &[Took]) -> String {
    let mut lines = Vec::new();
    for pair in rows.chunks_exact(2) {
        let more = |share, of| at(&pair[1].all, share, of) - at(&pair[0].all, share, of);
        lines.push(format!(
            "With {} at once a turn adds {:.2} ms to the first token at p50 and {:.2} ms at p99, and {:.2} ms and \
             {:.2} ms to the whole answer.",
            pair[1].at_once,
            more(0.5, |times| times.first),
            more(0.99, |times| times.first),
            more(0.5, |times| times.whole),
            more(0.99, |times| times.whole),
        ));
    }
    lines.join("\n")
}

fn table(rows: &[Took]) -> String {
    let mut table = "| what | at once | answers | first token, p50 ms | p99 ms | whole, p50 ms | \
                     p99 ms |\n|---|--:|--:|--:|--:|--:|--:|"
        .to_owned();
    for Took { what, at_once, all } in rows {
        let first = |share| at(all, share, |times| times.first);
        let whole = |share| at(all, share, |times| times.whole);
        table.push_str(&format!(
            "\n| {what} | {at_once} | {} | {:.2} | {:.2} | {:.2} | {:.2} |",
            all.len(),
            first(0.5),
            first(0.99),
            whole(0.5),
            whole(0.99)
        ));
    }
    table
}
