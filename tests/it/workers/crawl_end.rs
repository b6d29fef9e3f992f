//! The end of a crawl: its source counts the pages that are queued, in the transactions that queue
//! and end them, and whoever ends the last one settles the crawl.

use local::Code;
use serde_json::{Value, json};
use store::meter::Meter;
use testkit::{Gate, Kill};

use crate::util::{crawl::Begun, knowledge::page, table::table};

#[tokio::test(flavor = "multi_thread")]
async fn queued_pages_are_counted_once_whatever_is_repeated_or_dies() {
    let begun = Begun::with_leaves(3).await;
    assert_eq!(begun.queued().await, 1, "its own page");
    // It dies with its links queued and not ended: the page is read again, and queues none twice.
    begun.kill("/visit", 0, Kill::After).await;
    assert_eq!(begun.queued().await, 4);
    begun.work("/visit").await;
    begun.work("/visit").await;
    assert_eq!(begun.queued().await, 3, "its links, and no longer itself");

    begun.kill("/visit/0", 0, Kill::Before).await;
    assert_eq!(begun.queued().await, 3, "the page has not ended");
    begun.kill("/visit/0", 0, Kill::After).await;
    assert_eq!(begun.queued().await, 2, "the page has ended");
    begun.work("/visit/0").await;
    begun.work("/visit/1").await;
    assert_eq!((begun.queued().await, begun.status().await), (1, "crawling"));
    begun.work("/visit/2").await;
    assert_eq!((begun.queued().await, begun.status().await), (0, "ended"));
    begun.work("/visit/2").await;
    assert_eq!(begun.queued().await, 0);
    assert_eq!(begun.site.hits("/visit/2"), 1);
    begun.answers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn links_are_queued_by_batches_and_each_once_if_a_batch_is_lost() {
    let begun = Begun::with_leaves(45).await;
    begun.kill("/visit", 1, Kill::Before).await;
    assert_eq!(begun.queued().await, 21, "one batch, and the page itself");
    begun.kill("/visit", 1, Kill::After).await;
    assert_eq!(begun.queued().await, 46, "two batches more, of which one was small");
    begun.work("/visit").await;
    assert_eq!(begun.queued().await, 45);
    begun.app.platform.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settlement_that_was_lost_is_made_when_the_message_comes_again() {
    for (number, when) in [(0, Kill::After), (1, Kill::Before)] {
        let begun = Begun::with_leaves(1).await;
        begun.work("/visit").await;
        begun.kill("/visit/0", number, when).await;
        assert_eq!((begun.queued().await, begun.status().await), (0, "crawling"));
        begun.work("/visit/0").await;
        assert_eq!(begun.site.hits("/visit/0"), 1, "no page is read again");
        begun.answers().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crawl_from_before_pages_were_counted_ends_too() {
    let begun = Begun::with_leaves(2).await;
    begun.work("/visit").await;
    let mut write = table(&begun.app).update_item().table_name("colloquy");
    for (name, value) in begun.key() {
        write = write.key(name, value);
    }
    write.update_expression("REMOVE queued").send().await.unwrap();
    begun.work("/visit/0").await;
    assert_eq!(begun.status().await, "crawling");
    begun.work("/visit/1").await;
    begun.answers().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_costs_the_same_whatever_the_number_of_pages() {
    let mut reads = Vec::new();
    for leaves in [2, 40] {
        let begun = Begun::with_leaves(leaves).await;
        begun.work("/visit").await;
        let meter = Meter::default();
        meter.scope(begun.work("/visit/0")).await;
        reads.push(meter.units().read);
        begun.app.platform.shutdown().await;
    }
    assert!(reads[0] > 0.0);
    assert_eq!(reads[0], reads[1]);
}

/// What a page takes: a slot at its host and back, the page itself as its reading begins, its passages (25 a
/// call), its end, and a look at the source before and after; one more where a slow machine looks again. Its
/// links, if they are new, come on top.
const MAX_CALLS: u32 = 8;

#[tokio::test(flavor = "multi_thread")]
async fn a_page_takes_few_calls_of_the_table_however_much_it_says() {
    let begun = Begun::with_leaves(3).await;
    let room = |n: usize| format!("<h2>Case {n}</h2><p>{}</p>", format!("Fossil {n}. ").repeat(60));
    let rooms: String = (0..15).map(room).collect();
    let links = "<a href='/visit/0'>Room 0</a>";
    begun.site.set("/visit/1", 200, &page("Room 1 shows fossils.", &format!("{rooms}{links}")));
    begun.work("/visit").await;
    begun.work("/visit/0").await;
    let before = begun.stored("CHUNK#").await;
    let meter = Meter::default();
    meter.scope(begun.work("/visit/1")).await;
    let passages = begun.stored("CHUNK#").await - before;
    assert!((10..=25).contains(&passages), "{passages} passages");
    let calls = meter.units().calls;
    assert!((1..=MAX_CALLS).contains(&calls), "{calls} calls");
    assert_eq!(begun.queued().await, 1);
    begun.app.platform.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_messages_of_many_pages_are_sent_together() {
    let begun = Begun::with_leaves(45).await;
    begun.work("/visit").await;
    let platform = &begun.app.platform;
    let event = json!({ "Records": platform.changes(1_000).unwrap() });
    // 45 pages in five messages, ten of which are a call, and the first page in one more.
    let gate = Gate::start(platform.sqs_endpoint(), "SendMessageBatch", 2, Kill::Before).await;
    let fan_out =
        platform.function_at("event-fanout", platform.dynamodb_endpoint(), &gate.endpoint);
    let Ok(Code::Worker(work)) = fan_out.await else { panic!("the function") };
    let answer = work(event).await.expect("an answer");
    assert_eq!(answer["batchItemFailures"], json!([]));
    assert!(!gate.has_tripped(), "two calls are enough");
    let sent = begun.sent().await;
    let message = |body: &String| serde_json::from_str::<Value>(body).unwrap();
    let pages = |body: &String| message(body)["urls"].as_array().map_or(1, Vec::len);
    assert_eq!((sent.len(), sent.iter().map(pages).sum::<usize>()), (6, 46));
    begun.app.platform.shutdown().await;
}
