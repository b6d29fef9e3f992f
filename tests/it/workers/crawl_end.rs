//! The end of a crawl: its source counts the pages that are queued, in the transactions that queue
//! and end them, and whoever ends the last one settles the crawl.

use aws_sdk_dynamodb::types::{AttributeValue, Select};
use aws_sdk_sqs::types::QueueAttributeName;
use domain::Source;
use local::Code;
use serde_json::{Value, json};
use store::meter::Meter;
use testkit::{App, Gate, Kill, Site, Tenant};

use crate::util::{
    knowledge::{add, page, said, settled},
    table::table,
};

/// A platform whose workers wait, and a source whose first page leads to some others.
struct Begun {
    app: App,
    tenant: Tenant,
    site: Site,
    id: String,
}

impl Begun {
    async fn with_leaves(leaves: usize) -> Self {
        let app = App::with(|options| options.detached = true).await;
        let tenant = app.tenant("ada").await;
        let links: String = (0..leaves).map(|n| format!("<a href='/visit/{n}'>{n}</a> ")).collect();
        let site = Site::start(&[("/visit", &page("The museum opens at ten.", &links))]).await;
        for n in 0..leaves {
            site.set(&format!("/visit/{n}"), 200, &page(&format!("Room {n} shows fossils."), ""));
        }
        let id = add(&app, &tenant, &format!("{}/visit", site.url)).await;
        Self { app, tenant, site, id }
    }

    async fn source(&self) -> Source {
        let (chatbot, id) = (self.tenant.chatbot.parse().unwrap(), self.id.parse().unwrap());
        self.app.platform.app.source(chatbot, id).await.unwrap()
    }

    /// The message of the page at `path`.
    async fn message(&self, path: &str) -> Value {
        let message = json!({
            "v": 1, "workspaceId": self.tenant.workspace, "chatbotId": self.tenant.chatbot,
            "sourceId": self.id, "job": self.source().await.job.to_string(),
            "url": format!("{}{path}", self.site.url),
        });
        json!({ "Records": [{"messageId": "m-1", "body": message.to_string()}] })
    }

    /// Has the worker handle the message of the page at `path`.
    async fn work(&self, path: &str) {
        let Some(Code::Worker(work)) = self.app.platform.function("crawl-worker") else {
            panic!("the function")
        };
        let answer = work(self.message(path).await).await.expect("an answer");
        assert_eq!(answer["batchItemFailures"], json!([]));
    }

    /// Kills a worker that handles the page at `path` at its transaction `number`.
    async fn kill(&self, path: &str, number: usize, when: Kill) {
        let platform = &self.app.platform;
        let (dynamodb, queues) = (platform.dynamodb_endpoint(), platform.sqs_endpoint());
        let gate = Gate::start(dynamodb, "TransactWriteItems", number, when).await;
        let code = platform.function_at("crawl-worker", &gate.endpoint, queues).await.unwrap();
        gate.kill(&code, self.message(path).await).await;
    }

    fn key(&self) -> [(&'static str, AttributeValue); 2] {
        let chatbot = AttributeValue::S(format!("BOT#{}", self.tenant.chatbot));
        [("pk", chatbot), ("sk", AttributeValue::S(format!("SRC#{}", self.id)))]
    }

    /// How many pages are queued, as the source counts them.
    async fn queued(&self) -> u32 {
        let mut read = table(&self.app).get_item().table_name("colloquy").consistent_read(true);
        for (name, value) in self.key() {
            read = read.key(name, value);
        }
        let item = read.send().await.unwrap().item.expect("the source");
        item["queued"].as_n().expect("a number").parse().unwrap()
    }

    /// How many items of the crawl have keys that begin with `prefix`.
    async fn stored(&self, prefix: &str) -> i32 {
        let source = self.source().await;
        let partition = store::keys::page(source.id, source.job, "").pk;
        let query = table(&self.app)
            .query()
            .table_name("colloquy")
            .key_condition_expression("pk = :p AND begins_with(sk, :s)")
            .expression_attribute_values(":p", AttributeValue::S(partition))
            .expression_attribute_values(":s", AttributeValue::S(prefix.to_owned()));
        query.select(Select::Count).send().await.unwrap().count
    }

    async fn status(&self) -> &'static str {
        match self.source().await.is_crawling() {
            true => "crawling",
            false => "ended",
        }
    }

    /// The crawl has ended and all of its pages answer.
    async fn answers(self) {
        let ended = settled(&self.app, &self.tenant, &self.id).await;
        assert_eq!(ended["source"]["status"], "ready", "{ended}");
        assert!(said(&self.app, &self.tenant, "When does the museum open?").await.contains("ten"));
        self.app.platform.shutdown().await;
    }
}

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
    // 46 pages, ten a call.
    let gate = Gate::start(platform.sqs_endpoint(), "SendMessageBatch", 5, Kill::Before).await;
    let fan_out =
        platform.function_at("event-fanout", platform.dynamodb_endpoint(), &gate.endpoint);
    let Ok(Code::Worker(work)) = fan_out.await else { panic!("the function") };
    let answer = work(event).await.expect("an answer");
    assert_eq!(answer["batchItemFailures"], json!([]));
    assert!(!gate.has_tripped(), "five calls are enough");
    let url = platform.queue_url("CrawlQueue").expect("the queue");
    let number = QueueAttributeName::ApproximateNumberOfMessages;
    let asked =
        platform.sqs().get_queue_attributes().queue_url(url).attribute_names(number.clone());
    let attributes = asked.send().await.unwrap().attributes.unwrap_or_default();
    assert_eq!(attributes[&number], "46");
    begun.app.platform.shutdown().await;
}
