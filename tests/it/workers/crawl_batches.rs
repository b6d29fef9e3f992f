//! Several pages of a host as one message: they are read one after another and end in one transaction, and
//! what is wrong with one of them is no harm to another.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use axum::{Router, response::Html, routing::get};
use local::{Code, Options, TestClock};
use serde_json::{Value, json};
use store::meter::Meter;
use testkit::Kill;
use tokio::sync::watch;

use crate::util::{
    botplot::text,
    crawl::{Begun, event},
    knowledge::{page, pages},
    table::table,
};

const LEAVES: [&str; 4] = ["/visit/0", "/visit/1", "/visit/2", "/visit/3"];

/// Has the worker handle what was sent to the crawl queue; how many pages and how many batches there were.
async fn work_off(begun: &Begun) -> (usize, usize) {
    let (mut pages, mut batches) = (0, 0);
    for body in begun.sent().await {
        let message: Value = serde_json::from_str(&body).unwrap();
        match message.get("urls") {
            Some(_) => batches += 1,
            None => pages += 1,
        }
        begun.handle(event(&message)).await;
    }
    (pages, batches)
}

/// What became of the page at `path`, and why.
async fn state(begun: &Begun, path: &str) -> (String, String) {
    let url = format!("{}{path}", begun.site.url);
    let listed = pages(&begun.app, &begun.tenant, &begun.id).await;
    let page = listed.iter().find(|page| page["url"] == url.as_str()).expect("the page");
    (text(&page["status"]).to_owned(), page["reason"].as_str().unwrap_or_default().to_owned())
}

/// A page that answers no one until it is opened, and how often it was requested.
fn waits() -> (Router, watch::Sender<bool>, watch::Receiver<usize>) {
    let (open, is_open) = watch::channel(false);
    let (count, requested) = watch::channel(0);
    let answer = move || {
        count.send_modify(|count| *count += 1);
        let mut is_open = is_open.clone();
        async move {
            is_open.wait_for(|is_open| *is_open).await.expect("the test is there");
            Html(page("Room 1 shows fossils.", ""))
        }
    };
    (Router::new().route("/visit/1", get(answer)), open, requested)
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_are_read_together_are_counted_once_whatever_is_repeated_or_dies() {
    let begun = Begun::with_leaves(4).await;
    begun.work("/visit").await;
    let batch = begun.batch(&LEAVES[..3]).await;
    begun.kill_at("TransactWriteItems", (0, Kill::Before), batch.clone()).await;
    assert_eq!(begun.queued().await, 4, "none has ended");
    // It comes again: the pages are handed out, and one of them ends otherwise.
    begun.handle(batch.clone()).await;
    assert_eq!(begun.site.hits("/visit/0"), 1, "not as a batch again");
    begun.work("/visit/0").await;
    assert_eq!(work_off(&begun).await, (3, 0));
    assert_eq!((begun.queued().await, begun.status().await), (1, "crawling"));
    begun.handle(batch).await;
    assert_eq!(begun.sent().await.len(), 0, "they have ended");

    let batch = begun.batch(&LEAVES).await;
    begun.handle(batch.clone()).await;
    assert_eq!(begun.queued().await, 1, "its first page has ended, so it had begun");
    assert_eq!(work_off(&begun).await, (1, 0));
    assert_eq!((begun.queued().await, begun.status().await), (0, "ended"));
    assert_eq!(begun.site.hits("/visit/3"), 1);
    begun.answers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_crawl_that_was_lost_is_seen_when_the_batch_comes_again() {
    for (number, when) in [(0, Kill::After), (1, Kill::Before)] {
        let begun = Begun::with_leaves(4).await;
        begun.work("/visit").await;
        let batch = begun.batch(&LEAVES).await;
        begun.kill_at("TransactWriteItems", (number, when), batch.clone()).await;
        assert_eq!((begun.queued().await, begun.status().await), (0, "crawling"));
        begun.handle(batch).await;
        assert_eq!(begun.site.hits("/visit/0"), 1, "no page is read again");
        begun.answers().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_ended_meanwhile_is_not_counted_again_with_the_others() {
    let (routes, open, mut requested) = waits();
    let begun = Begun::with(3, routes, |_| ()).await;
    begun.work("/visit").await;
    let reading = tokio::spawn(begun.worker()(begun.batch(&LEAVES[..3]).await));
    requested.wait_for(|count| *count == 1).await.unwrap();
    // It has read the first page when another message ends that.
    begun.work("/visit/0").await;
    assert_eq!(begun.queued().await, 2);
    open.send_replace(true);
    assert_eq!(reading.await.unwrap().unwrap()["batchItemFailures"], json!([]));
    assert_eq!((begun.queued().await, begun.status().await), (0, "ended"));
    begun.answers().await;
}

/// How many slots of the site's host are taken.
async fn taken(begun: &Begun) -> usize {
    let mut taken = 0;
    for number in 0..2 {
        let key = store::keys::host_place(&begun.site.url, number);
        let read = table(&begun.app).get_item().table_name("colloquy").consistent_read(true);
        let read = read.key("pk", AttributeValue::S(key.pk)).key("sk", AttributeValue::S(key.sk));
        taken += usize::from(read.send().await.unwrap().item.is_some());
    }
    taken
}

/// As when its retry comes while the others are being read.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_page_by_itself_leaves_the_batch_its_slot() {
    let (routes, open, mut requested) = waits();
    let begun = Begun::with(2, routes, |_| ()).await;
    begun.work("/visit").await;
    let reading = tokio::spawn(begun.worker()(begun.batch(&LEAVES[..2]).await));
    requested.wait_for(|count| *count == 1).await.unwrap();
    assert_eq!(taken(&begun).await, 1);
    begun.work("/visit/0").await;
    assert_eq!(taken(&begun).await, 1);
    open.send_replace(true);
    assert_eq!(reading.await.unwrap().unwrap()["batchItemFailures"], json!([]));
    assert_eq!(taken(&begun).await, 0);
    begun.answers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_kills_its_readers_fails_alone() {
    let (routes, _closed, mut reached) = waits();
    let begun = Begun::with(4, routes, |_| ()).await;
    begun.work("/visit").await;
    let batch = begun.batch(&LEAVES).await;
    let killer = begun.message("/visit/1").await;
    for (killed, event) in [(1, &batch), (2, &killer), (3, &killer)] {
        let reading = tokio::spawn(begun.worker()(event.clone()));
        reached.wait_for(|count| *count == killed).await.unwrap();
        reading.abort();
        assert!(reading.await.unwrap_err().is_cancelled());
    }
    begun.handle(batch).await;
    assert_eq!(work_off(&begun).await, (4, 0));
    assert_eq!(*reached.borrow(), 3, "it was read once with the others and twice by itself");
    let (status, reason) = state(&begun, "/visit/1").await;
    assert_eq!(status, "failed");
    assert!(reason.contains("reading it failed twice"), "{reason}");
    for path in ["/visit/0", "/visit/2", "/visit/3"] {
        assert_eq!(state(&begun, path).await.0, "read", "{path}");
    }
    begun.answers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_fails_for_a_moment_is_retried_and_the_others_have_ended() {
    let impatient = |options: &mut Options| options.clock = Some(TestClock::new(1_000));
    let begun = Begun::with(4, Router::new(), impatient).await;
    begun.site.fails("/visit/1", 1, 503, None);
    begun.site.set("/visit/2", 404, "no");
    begun.work("/visit").await;
    begun.handle(begun.batch(&LEAVES).await).await;
    assert_eq!(begun.queued().await, 1);
    assert_eq!(state(&begun, "/visit/1").await.0, "queued");
    assert_eq!(state(&begun, "/visit/2").await.0, "gone");
    let source = begun.source().await;
    assert_eq!((source.pages_read, source.pages_failed), (3, 1));
    begun.work("/visit/1").await;
    begun.answers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_worker_has_no_time_for_goes_back_to_the_queue() {
    let clock = TestClock::new(1_000);
    let ahead = clock.clone();
    let slow = move || {
        ahead.advance(Duration::from_secs(40));
        async { Html(page("Room 1 shows fossils.", "")) }
    };
    let routes = Router::new().route("/visit/1", get(slow));
    let begun = Begun::with(4, routes, |options| options.clock = Some(clock)).await;
    begun.work("/visit").await;
    begun.handle(begun.batch(&LEAVES).await).await;
    assert_eq!(begun.queued().await, 2);
    assert_eq!((begun.site.hits("/visit/0"), begun.site.hits("/visit/2")), (1, 0));
    assert_eq!(work_off(&begun).await, (0, 1));
    begun.answers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_wants_time_between_pages_gets_them_one_by_one() {
    let begun = Begun::with_leaves(4).await;
    begun.work("/visit").await;
    let robots = b"User-agent: *\nCrawl-delay: 1\n";
    begun.site.file("/robots.txt", "text/plain", robots);
    // One that has not read the host's robots.txt yet.
    let platform = &begun.app.platform;
    let (dynamodb, queues) = (platform.dynamodb_endpoint(), platform.sqs_endpoint());
    let code = platform.function_at("crawl-worker", dynamodb, queues).await.unwrap();
    let Code::Worker(work) = code else { panic!("a worker") };
    let answer = work(begun.batch(&LEAVES).await).await.expect("an answer");
    assert_eq!(answer["batchItemFailures"], json!([]));
    assert_eq!(begun.site.hits("/visit/0"), 0);
    let sent = begun.sent().await;
    assert_eq!(sent.len(), 4);
    assert!(sent.iter().all(|body| body.contains("\"url\":")), "{sent:?}");
    begun.app.platform.shutdown().await;
}

/// What a batch takes: a slot at its host and back, its beginning, its pages, its end, a look at the source
/// before and after; one more where a slow machine looks again. Passages come on top, and links, if they are new.
const MAX_CALLS: u32 = 8;

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_are_read_together_take_few_calls_of_the_table() {
    let begun = Begun::with_leaves(7).await;
    begun.work("/visit").await;
    begun.work("/visit/4").await;
    let meter = Meter::default();
    meter.scope(begun.work("/visit/5")).await;
    let one = meter.units();
    let meter = Meter::default();
    meter.scope(begun.handle(begun.batch(&LEAVES).await)).await;
    let all = meter.units();
    let passages = u32::try_from(LEAVES.len()).unwrap();
    assert!(all.calls <= MAX_CALLS + passages, "{all:?}");
    // Four together write less than four one by one; a page that is read costs a fifth of one that is written.
    assert!(all.write < 4.0 * one.write, "{all:?} and {one:?}");
    assert!(all.write + all.read / 5.0 < 4.0 * (one.write + one.read / 5.0), "{all:?} and {one:?}");
    begun.app.platform.shutdown().await;
}
