//! Queues and streams deliver at least once. A job or a record that comes again changes nothing.

use local::Code;
use serde_json::{Value, json};
use testkit::{App, Receiver, Site, eventually};

use crate::util::stream::begun;

async fn call(app: &App, function: &str, event: &Value) {
    let Some(Code::Worker(work)) = app.platform.function(function) else {
        panic!("{function} is no worker");
    };
    let answer = work(event.clone()).await.expect("an answer");
    assert_eq!(answer["batchItemFailures"], json!([]), "{function}");
}

fn message(body: &Value) -> Value {
    json!({"Records": [{"messageId": "m-1", "body": body.to_string(), "eventSource": "aws:sqs"}]})
}

const FIRST: &str = "0197a000-0000-7000-8000-00000000000a";
const SECOND: &str = "0197a000-0000-7000-8000-00000000000b";
const THIRD: &str = "0197a000-0000-7000-8000-00000000000c";

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_is_sent_again_is_not_read_again() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let site =
        Site::start(&[("/", "<main><h1>Tea</h1><p>Tea is served at four.</p></main>")]).await;
    let url = format!("{}/", site.url);
    let body = json!({ "url": url });
    let added =
        app.post("/api/v1/knowledge/url").bearer(&tenant.secret).json(&body).send().await.ok();
    let id = added["sourceId"].as_str().unwrap();
    let path = format!("/api/v1/knowledge/{id}");
    let before = eventually("the source is ready", async || {
        let found = app.get(&path).bearer(&tenant.secret).send().await.ok();
        (found["source"]["status"] == "ready").then_some(found)
    })
    .await;
    app.drain().await;

    let chatbot = tenant.chatbot.parse().unwrap();
    let source = app.platform.app.source(chatbot, id.parse().unwrap()).await.unwrap();
    let job = message(&json!({
        "v": 1, "workspaceId": tenant.workspace, "chatbotId": tenant.chatbot, "sourceId": id,
        "job": source.job.to_string(), "url": url,
    }));
    for _ in 0..3 {
        call(&app, "crawl-worker", &job).await;
    }
    assert_eq!(site.hits("/"), 1);
    assert_eq!(app.get(&path).bearer(&tenant.secret).send().await.ok(), before);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_comes_again_is_counted_once_however_it_is_batched() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    for batch in [
        &[(1, FIRST), (2, SECOND)][..],
        &[(1, FIRST), (2, SECOND)][..],
        &[(2, SECOND), (3, THIRD)][..],
        &[(1, FIRST)][..],
        &[(1, FIRST), (2, SECOND), (3, THIRD)][..],
    ] {
        call(&app, "stats-worker", &begun(&tenant, 1_751_360_400_000, batch)).await;
    }
    let list = app.get("/api/v1/conversations").bearer(&tenant.secret).send().await.ok();
    assert_eq!(list["total"], 3);
    let active = app.get("/api/v1/conversations?status=active").bearer(&tenant.secret).send().await;
    assert_eq!(active.ok()["total"], 3);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_comes_again_is_announced_once() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let receiver = Receiver::start().await;
    let hooks = format!("/api/v1/projects/{}/webhooks", tenant.chatbot);
    let hook = json!({"url": receiver.url, "events": ["conversation.started"]});
    app.post(&hooks).bearer(&tenant.secret).json(&hook).send().await.ok();

    // In a while: a subscription hears of what happens after it was made.
    let soon = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let at = i64::try_from(soon.as_millis()).unwrap() + 60_000;
    for batch in [&[(1, FIRST)][..], &[(1, FIRST), (2, SECOND)][..], &[(2, SECOND)][..]] {
        call(&app, "event-fanout", &begun(&tenant, at, batch)).await;
        app.drain().await;
    }
    let received = receiver.received();
    let mut ids: Vec<_> = received.iter().map(|r| r.header("x-botplot-delivery")).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((received.len(), ids.len()), (2, 2));
    app.finish().await;
}
