//! What a crawl of a large site costs: the CPU time of the platform on this machine beside a plain loop
//! that fetches and extracts the same pages, and how much memory comes with them. The embedded table and
//! queues, which are services elsewhere, have threads of their own and are counted apart.

mod threads;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{Html, IntoResponse, Response},
    routing::get,
};
use cpu_time::ProcessTime;
use knowledge::{FetchOutcome, Fetcher, chunk};
use outbound::Policy;
use serde_json::json;
use tempfile::TempDir;
use testkit::App;
use tokio::net::TcpListener;
use url::Url;

use self::threads::EngineTime;
use crate::{BenchError, Result, resident};

/// Links of each page to others.
const LINKS: u32 = 30;
/// A crawl that takes longer is not measured.
const LONGEST: Duration = Duration::from_secs(3 * 60 * 60);

/// The flags of `bench crawl`.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Pages of the site.
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(10..=5_000))]
    pub pages: u32,
}

/// How many pages there are, and how many were requested.
type Site = (u32, Arc<AtomicU32>);

/// A site on loopback, page `/n/` and what it leads to.
struct Fair {
    url: String,
    asked: Arc<AtomicU32>,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for Fair {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Fair {
    async fn open(pages: u32) -> Result<Self> {
        let asked = Arc::new(AtomicU32::new(0));
        let routes = Router::new()
            .route("/n/", get(async |state: State<Site>| answer(state, Path(0)).await))
            .route("/n/{page}", get(answer))
            .with_state((pages, asked.clone()));
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(BenchError::of)?;
        let url = format!("http://{}", listener.local_addr().map_err(BenchError::of)?);
        let serve = async move { drop(axum::serve(listener, routes).await) };
        Ok(Self { url, asked, server: tokio::spawn(serve) })
    }
}

async fn answer(State((pages, asked)): State<Site>, Path(page): Path<u32>) -> Response {
    if page >= pages {
        return StatusCode::NOT_FOUND.into_response();
    }
    asked.fetch_add(1, Ordering::Relaxed);
    Html(text(page, pages)).into_response()
}

/// What a page is called in its address: the first one is the folder.
fn named(page: u32) -> String {
    if page == 0 { String::new() } else { page.to_string() }
}

/// A page of some 10 KB: navigation, text under headings, links ahead and anywhere.
fn text(page: u32, pages: u32) -> String {
    let link = |n: u32| {
        // Half of them lead on, as a list does; the others are spread over the site.
        let to = match n % 2 {
            0 => page * LINKS / 2 + n / 2 + 1,
            _ => page.wrapping_mul(2_654_435_761).wrapping_add(n * 97),
        };
        let to = to % pages;
        format!("<li><a href='/n/{}'>Stand {to} of the fair</a></li>", named(to))
    };
    let links: String = (0..LINKS).map(link).collect();
    let part = |n: u32| {
        let sentence = format!(
            "Stand {page} shows piece {n} from {} to {} o'clock, and whoever wants to see it asks \
             the keeper of hall {} for the key of case {}, which is lent for an hour. ",
            n + 7,
            n + 9,
            page % 17,
            page * 7 + n
        );
        format!("<h2>Piece {n} of stand {page}</h2><p>{}</p>", sentence.repeat(4))
    };
    let parts: String = (0..12).map(part).collect();
    format!(
        "<!doctype html><html lang=en><head><title>Stand {page}</title></head><body><nav><ul>{links}\
         </ul></nav><main><h1>Stand {page}</h1>{parts}</main><footer>The fair</footer></body></html>"
    )
}

/// Crawls, then reads the same pages in a loop; two tables.
pub async fn run(options: Options) -> Result<String> {
    let fair = Fair::open(options.pages).await?;
    let folder = TempDir::new().map_err(BenchError::of)?;
    // In memory, the table itself would grow with each page.
    let app = App::with(|options| {
        options.memory = false;
        options.data = folder.path().join("data");
    });
    let app = app.await;
    let crawled = crawl(&app, &fair, options.pages).await?;
    app.platform.shutdown().await;
    let plain = plain_loop(&fair, options.pages).await?;
    Ok(report(options.pages, &crawled, plain))
}

fn report(pages: u32, crawled: &Crawled, plain: Duration) -> String {
    let per_page = |time: Duration| time.as_secs_f64() * 1_000.0 / f64::from(pages);
    let times = |time: Duration| time.as_secs_f64() / plain.as_secs_f64();
    let own = crawled.cpu.saturating_sub(crawled.engines);
    let row = |name: &str, time: Duration| {
        format!("| {name} | {:.2} | {:.2} |\n", per_page(time), times(time))
    };
    let memory = crawled.memory.iter().enumerate().map(|(tenth, bytes)| {
        let name = match tenth {
            10 => "with the index".to_owned(),
            tenth => format!("{} %", (tenth + 1) * 10),
        };
        format!("| {name} | {} |\n", bytes / (1024 * 1024))
    });
    let memory: String = memory.collect();
    format!(
        "A site of {pages} pages with {LINKS} links each, on loopback. Read {}, failed {}, left out \
         {}, requested {} times.\n\n| | CPU ms a page | times the loop |\n|---|--:|--:|\n{}{}{}\n\
         | pages requested | resident MB |\n|---|--:|\n{memory}",
        crawled.read,
        crawled.failed,
        crawled.left_out,
        crawled.requested,
        row("fetch, extract and cut, in a loop", plain),
        row("crawl: workers, fan-out, router", own),
        row("the embedded table and queues under it", crawled.engines),
    )
}

struct Crawled {
    /// Of the whole process, and of the engines among that.
    cpu: Duration,
    engines: Duration,
    read: u64,
    failed: u64,
    left_out: u64,
    /// Requests for pages.
    requested: u64,
    /// Resident memory, in bytes, with each tenth of the pages requested, and when the index was there.
    memory: Vec<usize>,
}

async fn crawl(app: &App, fair: &Fair, pages: u32) -> Result<Crawled> {
    let tenant = app.tenant("fair").await;
    let mut engines = EngineTime::begin();
    let begun = ProcessTime::try_now().map_err(BenchError::of)?;
    let body = json!({ "url": format!("{}/n/", fair.url) });
    let url = "/api/v1/knowledge/url";
    let added = app.post(url).bearer(&tenant.secret).json(&body).send().await.ok();
    let id = added["sourceId"].as_str().unwrap_or_default().to_owned();
    let mut memory = Vec::new();
    let until = tokio::time::Instant::now() + LONGEST;
    loop {
        tokio::time::sleep(Duration::from_millis(200)).await;
        engines.look();
        let asked = u64::from(fair.asked.load(Ordering::Relaxed));
        while memory.len() < 10 && asked * 10 >= u64::from(pages) * (memory.len() as u64 + 1) {
            memory.push(resident().unwrap_or(1));
        }
        let url = format!("/api/v1/knowledge/{id}");
        let answer = app.get(&url).bearer(&tenant.secret).send().await.ok();
        let source = &answer["source"];
        match source["status"].as_str() {
            Some("ready") => {
                let count = |of: &str| source["progress"][of].as_u64().unwrap_or_default();
                let (read, failed, left_out) = (count("read"), count("failed"), count("leftOut"));
                memory.resize(10, 0);
                memory.push(resident().unwrap_or(1));
                let cpu = begun.try_elapsed().map_err(BenchError::of)?;
                let engines = engines.look();
                let requested = u64::from(fair.asked.load(Ordering::Relaxed));
                return Ok(Crawled { cpu, engines, read, failed, left_out, requested, memory });
            }
            Some("processing") if tokio::time::Instant::now() < until => {}
            _ => return Err(BenchError(format!("the crawl did not end well: {source}"))),
        }
    }
}

async fn plain_loop(fair: &Fair, pages: u32) -> Result<Duration> {
    let fetcher = Fetcher::new(Policy::Local).map_err(BenchError::of)?;
    let begun = ProcessTime::try_now().map_err(BenchError::of)?;
    let mut passages = 0;
    for page in 0..pages {
        let url = Url::parse(&format!("{}/n/{}", fair.url, named(page))).map_err(BenchError::of)?;
        match fetcher.page(&url, "loop", None, &|_| true).await.map_err(BenchError::of)? {
            FetchOutcome::Page(read) => passages += chunk::chunks(&read.document, &read.url).len(),
            FetchOutcome::Unchanged => {}
        }
    }
    match passages {
        0 => Err(BenchError("nothing was read".to_owned())),
        _ => begun.try_elapsed().map_err(BenchError::of),
    }
}
