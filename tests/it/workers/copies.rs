//! Copies of chatbots: a request makes the copy, and workers fill it, however often they die.

use std::time::Duration;

use domain::SourceStatus;
use local::{Code, TestClock};
use serde_json::{Value, json};
use testkit::{App, Gate, Kill, Site, Tenant, eventually};

use crate::util::{
    access::key_for,
    chatbots::{CONFERBOT, teach},
    knowledge::{page, ready, said},
    table::partitions,
};

const OPENING: &str = "When does the museum open?";

/// A copy of the tenant's chatbot, as a tenant with keys for it; the write units of its request.
async fn copy(app: &App, ada: &Tenant) -> (Tenant, f64) {
    let path = format!("{CONFERBOT}/{}/duplicate", ada.chatbot);
    let made = app.post(&path).api_key(&ada.conferbot).send().await;
    assert_eq!(made.status, 201, "{}", made.text);
    let id = made.json()["data"]["id"].as_str().unwrap().to_owned();
    let public = key_for(app, &ada.session, "public", &id).await;
    let secret = key_for(app, &ada.session, "secret", &id).await;
    (Tenant { chatbot: id, public, secret, ..ada.clone() }, made.units().1)
}

/// The sources of a chatbot: names, whether they are ready, passages.
async fn sources(app: &App, tenant: &Tenant) -> Vec<(String, bool, u32)> {
    let found = app.platform.app.sources(tenant.chatbot.parse().unwrap()).await.unwrap();
    let mut rows: Vec<_> = found
        .into_iter()
        .map(|source| (source.name, source.status == SourceStatus::Ready, source.chunk_count))
        .collect();
    rows.sort();
    rows
}

/// A chatbot with a page and some pairs, and how many there are in all.
async fn taught(app: &App, pairs: usize) -> (Tenant, Site) {
    let ada = app.tenant("ada").await;
    let site = Site::start(&[("/visit", &page("The museum opens at ten.", ""))]).await;
    ready(app, &ada, &format!("{}/visit", site.url)).await;
    for n in 0..pairs {
        teach(app, &ada.secret, &format!("Where is room {n}?"), &format!("On floor {n}.")).await;
    }
    (ada, site)
}

async fn work(app: &App, event: Value) {
    let Some(Code::Worker(work)) = app.platform.function("crawl-worker") else {
        panic!("the function")
    };
    let answer = work(event).await.expect("an answer");
    assert_eq!(answer["batchItemFailures"], json!([]));
}

fn message(copy: &Tenant, task: Value) -> Value {
    let body = json!({
        "v": 1, "workspaceId": copy.workspace, "chatbotId": copy.chatbot, "copy": task,
    });
    json!({ "Records": [{"messageId": "m-1", "body": body.to_string()}] })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_costs_the_same_however_much_there_is_to_copy() {
    let app = App::start().await;
    let (ada, site) = taught(&app, 60).await;
    app.drain().await;
    let hits = site.hits("/visit");
    let (full, units) = copy(&app, &ada).await;
    assert!(units < 20.0, "{units} write units in the request");
    app.drain().await;
    let originals = sources(&app, &ada).await;
    assert_eq!(originals.len(), 61);
    assert_eq!(sources(&app, &full).await, originals);
    assert!(said(&app, &full, OPENING).await.contains("ten"));
    assert!(said(&app, &full, "Where is room 7?").await.contains("floor 7"));
    assert_eq!(site.hits("/visit"), hits, "what was read is copied");
    app.finish().await;
}

/// Workers that wait, a copy that was requested, and the id of the copied page's source.
async fn hanging(clock: Option<std::sync::Arc<TestClock>>) -> (App, Tenant, Tenant, Site) {
    let app = App::with(|options| {
        options.detached = true;
        options.clock = clock;
    })
    .await;
    let ada = app.tenant("ada").await;
    let site = Site::start(&[("/visit", &page("The museum opens at ten.", ""))]).await;
    let url = format!("{}/visit", site.url);
    let id = crate::util::knowledge::add(&app, &ada, &url).await;
    let source = app.platform.app.source(ada.chatbot.parse().unwrap(), id.parse().unwrap()).await;
    let body = json!({
        "v": 1, "workspaceId": ada.workspace, "chatbotId": ada.chatbot, "sourceId": id,
        "job": source.unwrap().job.to_string(), "url": url,
    });
    work(&app, json!({ "Records": [{"messageId": "m-1", "body": body.to_string()}] })).await;
    for n in 0..30 {
        teach(&app, &ada.secret, &format!("Where is room {n}?"), "On floor one.").await;
    }
    let (full, _) = copy(&app, &ada).await;
    (app, ada, full, site)
}

async fn page_source(app: &App, tenant: &Tenant) -> String {
    let found = app.platform.app.read_sources(tenant.chatbot.parse().unwrap()).await.unwrap();
    found[0].id.to_string()
}

async fn killed(app: &App, event: Value, operation: &str, number: usize, when: Kill) {
    let (dynamodb, queues) = (app.platform.dynamodb_endpoint(), app.platform.sqs_endpoint());
    let gate = Gate::start(dynamodb, operation, number, when).await;
    let code = app.platform.function_at("crawl-worker", &gate.endpoint, queues).await.unwrap();
    gate.kill(&code, event).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_dies_at_any_write_leaves_no_half_copy() {
    let (app, ada, full, _site) = hanging(None).await;
    let add = message(&full, json!("sources"));
    killed(&app, add.clone(), "TransactWriteItems", 0, Kill::After).await;
    assert_eq!(app.platform.app.sources(full.chatbot.parse().unwrap()).await.unwrap().len(), 25);
    killed(&app, add.clone(), "TransactWriteItems", 0, Kill::After).await;
    killed(&app, add.clone(), "DeleteItem", 0, Kill::Before).await;
    work(&app, add.clone()).await;
    work(&app, add).await;
    assert_eq!(app.platform.app.sources(full.chatbot.parse().unwrap()).await.unwrap().len(), 31);

    let fill = json!({"source": {"sourceId": page_source(&app, &full).await}});
    let fill = message(&full, fill);
    assert!(said(&app, &full, OPENING).await.is_empty());
    for (operation, when) in [
        ("BatchWriteItem", Kill::Before),
        ("BatchWriteItem", Kill::After),
        ("TransactWriteItems", Kill::Before),
        ("TransactWriteItems", Kill::After),
    ] {
        killed(&app, fill.clone(), operation, 0, when).await;
    }
    assert!(said(&app, &full, OPENING).await.contains("ten"));
    work(&app, fill).await;
    assert_eq!(sources(&app, &full).await, sources(&app, &ada).await);
    app.platform.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ticker_resumes_a_copy_whose_messages_were_lost() {
    let clock = TestClock::new(1);
    let (mut app, ada, full, _site) = hanging(Some(clock.clone())).await;
    app.platform.forget_changes().await.expect("an empty stream");
    app.platform.attach().expect("workers");
    app.drain().await;
    assert_eq!(sources(&app, &full).await, []);
    let Some(Code::Worker(tick)) = app.platform.function("ticker").cloned() else {
        panic!("the function")
    };
    clock.advance(Duration::from_secs(6 * 60));
    eventually("the copy is filled", async || {
        tick(json!({})).await.expect("a tick");
        app.drain().await;
        let all = sources(&app, &full).await;
        (all == sources(&app, &ada).await).then_some(())
    })
    .await;
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_is_deleted_while_it_hangs_leaves_nothing() {
    let (mut app, ada, full, _site) = hanging(None).await;
    work(&app, message(&full, json!("sources"))).await;
    let id = page_source(&app, &full).await;
    let fill = message(&full, json!({"source": {"sourceId": &id}}));
    killed(&app, fill.clone(), "TransactWriteItems", 0, Kill::Before).await;
    let of_copy = async |app: &App| -> Vec<String> {
        let mut left = partitions(app).await;
        left.retain(|pk| {
            !pk.starts_with("PURGE#") && (pk.contains(&full.chatbot) || pk.contains(&id))
        });
        left
    };
    assert!(of_copy(&app).await.iter().any(|pk| pk.starts_with("SRC#")));
    let path = format!("/api/v1/chatbots/{}", full.chatbot);
    app.delete(&path).bearer(&ada.session).send().await.ok();
    work(&app, fill).await;
    app.platform.attach().expect("workers");
    eventually("nothing is left of it", async || {
        app.drain().await;
        of_copy(&app).await.is_empty().then_some(())
    })
    .await;
    assert!(said(&app, &ada, OPENING).await.contains("ten"), "the original is as it was");
    app.finish().await;
}
