//! Crawls whose workers are called by the test, one message after another.

use aws_sdk_dynamodb::types::{AttributeValue, Select};
use axum::Router;
use domain::Source;
use local::{Code, Options, Work};
use serde_json::{Value, json};
use testkit::{App, Gate, Kill, Site, Tenant};

use crate::util::{
    knowledge::{add, page, said, settled},
    table::table,
};

/// A platform whose workers wait, and a source whose first page leads to some others.
pub struct Begun {
    pub app: App,
    pub tenant: Tenant,
    pub site: Site,
    pub id: String,
}

impl Begun {
    pub async fn with_leaves(leaves: usize) -> Self {
        Self::with(leaves, Router::new(), |_| ()).await
    }

    /// The same where the site has `routes`, and the platform other options.
    pub async fn with(leaves: usize, routes: Router, change: impl FnOnce(&mut Options)) -> Self {
        let app = App::with(|options| {
            options.detached = true;
            change(options);
        });
        let app = app.await;
        let tenant = app.tenant("ada").await;
        let links: String = (0..leaves).map(|n| format!("<a href='/visit/{n}'>{n}</a> ")).collect();
        let first = page("The museum opens at ten.", &links);
        let site = Site::with(&[("/visit", &first)], routes).await;
        for n in 0..leaves {
            site.set(&format!("/visit/{n}"), 200, &page(&format!("Room {n} shows fossils."), ""));
        }
        let id = add(&app, &tenant, &format!("{}/visit", site.url)).await;
        Self { app, tenant, site, id }
    }

    pub async fn source(&self) -> Source {
        let (chatbot, id) = (self.tenant.chatbot.parse().unwrap(), self.id.parse().unwrap());
        self.app.platform.app.source(chatbot, id).await.unwrap()
    }

    /// The message of the page at `path`.
    pub async fn message(&self, path: &str) -> Value {
        let mut message = self.crawl(1).await;
        message["url"] = json!(format!("{}{path}", self.site.url));
        event(&message)
    }

    /// The message of the pages at `paths`.
    pub async fn batch(&self, paths: &[&str]) -> Value {
        let mut message = self.crawl(2).await;
        message["urls"] = paths.iter().map(|path| format!("{}{path}", self.site.url)).collect();
        event(&message)
    }

    async fn crawl(&self, version: u8) -> Value {
        json!({
            "v": version, "workspaceId": self.tenant.workspace, "chatbotId": self.tenant.chatbot,
            "sourceId": self.id, "job": self.source().await.job.to_string(),
        })
    }

    /// The worker.
    pub fn worker(&self) -> Work {
        match self.app.platform.function("crawl-worker") {
            Some(Code::Worker(work)) => work.clone(),
            _ => panic!("the function"),
        }
    }

    /// Has the worker handle the message of the page at `path`.
    pub async fn work(&self, path: &str) {
        self.handle(self.message(path).await).await;
    }

    /// Has the worker handle `event`.
    pub async fn handle(&self, event: Value) {
        let answer = self.worker()(event).await.expect("an answer");
        assert_eq!(answer["batchItemFailures"], json!([]));
    }

    /// Kills a worker that handles the page at `path` at its transaction `number`.
    pub async fn kill(&self, path: &str, number: usize, when: Kill) {
        self.kill_at("TransactWriteItems", (number, when), self.message(path).await).await;
    }

    /// Kills a worker that handles `event` at its call `number` of `operation`.
    pub async fn kill_at(&self, operation: &str, (number, when): (usize, Kill), event: Value) {
        let platform = &self.app.platform;
        let (dynamodb, queues) = (platform.dynamodb_endpoint(), platform.sqs_endpoint());
        let gate = Gate::start(dynamodb, operation, number, when).await;
        let code = platform.function_at("crawl-worker", &gate.endpoint, queues).await.unwrap();
        gate.kill(&code, event).await;
    }

    /// The bodies of up to ten messages on the crawl queue, which are taken from it.
    pub async fn sent(&self) -> Vec<String> {
        let (sqs, url) = (self.app.platform.sqs(), self.app.platform.queue_url("CrawlQueue"));
        let url = url.expect("the queue");
        let received = sqs.receive_message().queue_url(url).max_number_of_messages(10).send().await;
        let messages = received.unwrap().messages.unwrap_or_default();
        for message in &messages {
            let handle = message.receipt_handle.as_deref().unwrap();
            sqs.delete_message().queue_url(url).receipt_handle(handle).send().await.unwrap();
        }
        messages.into_iter().filter_map(|message| message.body).collect()
    }

    pub fn key(&self) -> [(&'static str, AttributeValue); 2] {
        let chatbot = AttributeValue::S(format!("BOT#{}", self.tenant.chatbot));
        [("pk", chatbot), ("sk", AttributeValue::S(format!("SRC#{}", self.id)))]
    }

    /// How many pages are queued, as the source counts them.
    pub async fn queued(&self) -> u32 {
        let mut read = table(&self.app).get_item().table_name("colloquy").consistent_read(true);
        for (name, value) in self.key() {
            read = read.key(name, value);
        }
        let item = read.send().await.unwrap().item.expect("the source");
        item["queued"].as_n().expect("a number").parse().unwrap()
    }

    /// How many items of the crawl have keys that begin with `prefix`.
    pub async fn stored(&self, prefix: &str) -> i32 {
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

    pub async fn status(&self) -> &'static str {
        match self.source().await.is_crawling() {
            true => "crawling",
            false => "ended",
        }
    }

    /// The crawl has ended and all of its pages answer.
    pub async fn answers(self) {
        let ended = settled(&self.app, &self.tenant, &self.id).await;
        assert_eq!(ended["source"]["status"], "ready", "{ended}");
        assert!(said(&self.app, &self.tenant, "When does the museum open?").await.contains("ten"));
        self.app.platform.shutdown().await;
    }
}

/// `message` as a worker gets it.
pub fn event(message: &Value) -> Value {
    json!({ "Records": [{"messageId": "m-1", "body": message.to_string()}] })
}
