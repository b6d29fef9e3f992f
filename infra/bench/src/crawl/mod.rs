//! What a crawl of a large site costs: the CPU time of the whole platform on this machine beside a
//! plain loop that fetches and extracts the same pages, and how much memory comes with them.

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
use testkit::App;
use tokio::net::TcpListener;
use url::Url;

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

/// Crawls, then reads the same pages in a loop; a table.
pub async fn run(options: Options) -> Result<String> {
    let fair = Fair::open(options.pages).await?;
    let app = App::start().await;
    let crawled = crawl(&app, &fair, options.pages).await?;
    app.platform.shutdown().await;
    let plain = plain_loop(&fair, options.pages).await?;
    let ratio = crawled.cpu.as_secs_f64() / plain.as_secs_f64();
    let pages = f64::from(options.pages);
    let per_page = |time: Duration| time.as_secs_f64() * 1_000.0 / pages;
    let mb = |bytes: usize| bytes / (1024 * 1024);
    Ok(format!(
        "A site of {} pages with {LINKS} links each, on loopback.\n\n\
         | | CPU ms a page |\n|---|--:|\n| fetch, extract and cut, in a loop | {:.2} |\n\
         | crawl, with the embedded table, queues and stream | {:.2} |\n\n\
         The crawl takes {ratio:.1} times the CPU time of the loop. Read {}, failed {}, left out {}. \
         Resident memory was {} MB with a tenth of the pages read, {} MB with nine tenths, {} MB when \
         the index was there.\n",
        options.pages,
        per_page(plain),
        per_page(crawled.cpu),
        crawled.read,
        crawled.failed,
        crawled.left_out,
        mb(crawled.early),
        mb(crawled.late),
        mb(crawled.end),
    ))
}

struct Crawled {
    cpu: Duration,
    read: u64,
    failed: u64,
    left_out: u64,
    /// Resident memory, in bytes, with a tenth of the pages read, with nine tenths, at the end.
    early: usize,
    late: usize,
    end: usize,
}

async fn crawl(app: &App, fair: &Fair, pages: u32) -> Result<Crawled> {
    let tenant = app.tenant("fair").await;
    let begun = ProcessTime::try_now().map_err(BenchError::of)?;
    let body = json!({ "url": format!("{}/n/", fair.url) });
    let url = "/api/v1/knowledge/url";
    let added = app.post(url).bearer(&tenant.secret).json(&body).send().await.ok();
    let id = added["sourceId"].as_str().unwrap_or_default().to_owned();
    let mut found =
        Crawled { cpu: Duration::ZERO, read: 0, failed: 0, left_out: 0, early: 0, late: 0, end: 0 };
    let until = tokio::time::Instant::now() + LONGEST;
    loop {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let asked = fair.asked.load(Ordering::Relaxed);
        if found.early == 0 && asked * 10 >= pages {
            found.early = resident().unwrap_or(1);
        }
        if found.late == 0 && asked * 10 >= pages * 9 {
            found.late = resident().unwrap_or(1);
        }
        let url = format!("/api/v1/knowledge/{id}");
        let answer = app.get(&url).bearer(&tenant.secret).send().await.ok();
        let source = &answer["source"];
        match source["status"].as_str() {
            Some("ready") => {
                let count = |of: &str| source["progress"][of].as_u64().unwrap_or_default();
                (found.read, found.failed) = (count("read"), count("failed"));
                found.left_out = count("leftOut");
                found.end = resident().unwrap_or(1);
                found.cpu = begun.try_elapsed().map_err(BenchError::of)?;
                return Ok(found);
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
