//! botplot POST /api/v1/knowledge/url

use aws_sdk_dynamodb::types::AttributeValue;
use local::{Code, TestClock};
use serde_json::{Value, json};
use testkit::{App, Gate, Kill, Site, Tenant};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::util::{
    botplot::text,
    knowledge::{add, impatient, page, pages, ready, said, settled},
    table::table,
};

const OPEN: &str = "When does the museum open?";

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_fails_for_a_moment_is_read_by_the_same_crawl() {
    let app = impatient().await;
    let tenant = app.tenant("ada").await;
    let link = "<a href='/visit/garden'>garden</a>";
    let site = Site::start(&[
        ("/visit", &page("The museum opens at ten.", link)),
        ("/visit/garden", &page("The garden closes at dusk.", "")),
    ])
    .await;
    site.fails("/visit", 1, 500, None);
    site.fails("/visit/garden", 2, 503, Some("1"));
    let id = ready(&app, &tenant, &format!("{}/visit", site.url)).await;
    assert_eq!((site.hits("/visit"), site.hits("/visit/garden")), (2, 3));
    for page in pages(&app, &tenant, &id).await {
        assert_eq!((&page["status"], &page["reason"]), (&json!("read"), &Value::Null));
    }
    assert!(said(&app, &tenant, OPEN).await.contains("at ten"));
    assert!(said(&app, &tenant, "When does the garden close?").await.contains("at dusk"));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_asked_for_three_times_and_one_that_answers_for_good_once() {
    let app = impatient().await;
    let tenant = app.tenant("ada").await;
    let cases = [
        ("/busy", 429, 3),
        ("/broken", 500, 3),
        ("/later", 503, 3),
        ("/secret", 403, 1),
        ("/nowhere", 404, 1),
        ("/gone", 410, 1),
    ];
    let links: String = cases.iter().map(|(path, ..)| format!("<a href='{path}'>x</a> ")).collect();
    let site = Site::start(&[("/", &page("The museum opens at ten.", &links))]).await;
    site.file("/image", "image/png", b"PNG");
    for (path, status, _) in cases {
        site.set(path, status, "no");
    }
    let id = ready(&app, &tenant, &format!("{}/", site.url)).await;
    let listed = pages(&app, &tenant, &id).await;
    for (path, status, times) in cases {
        let url = format!("{}{path}", site.url);
        let page = listed.iter().find(|page| page["url"] == url.as_str()).expect(path);
        let gone = matches!(status, 404 | 410);
        assert_eq!(page["status"], if gone { "gone" } else { "failed" }, "{path}");
        assert!(text(&page["reason"]).contains(&status.to_string()), "{page}");
        assert_eq!(site.hits(path), times, "{path}");
    }
    // A source's own page alike: it fails with the reason.
    for (path, reason, times) in [("/image", "image/png", 1), ("/later", "503", 6)] {
        let id = add(&app, &tenant, &format!("{}{path}", site.url)).await;
        let source = settled(&app, &tenant, &id).await;
        assert_eq!(source["source"]["status"], "failed", "{source}");
        assert!(text(&source["source"]["error"]).contains(reason), "{source}");
        assert_eq!(site.hits(path), times, "{path}");
    }
    app.finish().await;
}

/// A server that hangs up on the first `times` that connect, and has one page.
async fn hangs_up(times: usize) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/visit", listener.local_addr().unwrap());
    tokio::spawn(async move {
        for number in 0.. {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = [0; 4_096];
            let length = stream.read(&mut asked).await.unwrap();
            if number < times {
                continue;
            }
            let is_page = asked[..length].starts_with(b"GET /visit ");
            let body = page("The museum opens at ten.", "");
            let (status, body) = if is_page { ("200 OK", &*body) } else { ("404 No", "") };
            let head = "content-type: text/html\r\nconnection: close";
            let length = body.len();
            let answer = format!("HTTP/1.1 {status}\r\n{head}\r\ncontent-length: {length}\r\n\r\n");
            stream.write_all(format!("{answer}{body}").as_bytes()).await.unwrap();
        }
    });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_hangs_up_is_asked_again() {
    let app = impatient().await;
    let tenant = app.tenant("ada").await;
    // Each time robots.txt is requested twice: for the turn, and for the page.
    ready(&app, &tenant, &hangs_up(3).await).await;
    assert!(said(&app, &tenant, OPEN).await.contains("at ten"));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_that_all_come_twice_are_not_twice_as_many_tries() {
    let app = App::with(|options| {
        options.clock = Some(TestClock::new(1_000));
        options.deliver_twice = true;
    })
    .await;
    let tenant = app.tenant("ada").await;
    let site = Site::start(&[]).await;
    site.set("/visit", 503, "later");
    let id = add(&app, &tenant, &format!("{}/visit", site.url)).await;
    assert_eq!(settled(&app, &tenant, &id).await["source"]["status"], "failed");
    app.drain().await;
    // The first two may be handled in the same moment; of those that follow one is.
    assert!((3..=4).contains(&site.hits("/visit")), "{}", site.hits("/visit"));
    app.finish().await;
}

/// A platform whose workers wait, a source that was added, and the message that its crawl begins
/// with, as the worker gets it.
async fn begun(site: &str, time_scale: u32) -> (App, Tenant, String, Value) {
    let app = App::with(|options| {
        options.detached = true;
        options.clock = Some(TestClock::new(time_scale));
    })
    .await;
    let tenant = app.tenant("ada").await;
    let url = format!("{site}/visit");
    let id = add(&app, &tenant, &url).await;
    let chatbot = tenant.chatbot.parse().unwrap();
    let source = app.platform.app.source(chatbot, id.parse().unwrap()).await.unwrap();
    let message = json!({
        "v": 1, "workspaceId": tenant.workspace, "chatbotId": tenant.chatbot, "sourceId": id,
        "job": source.job.to_string(), "url": url,
    });
    let record = json!({"messageId": "m-1", "body": message.to_string()});
    (app, tenant, id, json!({ "Records": [record] }))
}

async fn work(app: &App, event: &Value) {
    let Some(Code::Worker(work)) = app.platform.function("crawl-worker") else {
        panic!("the function")
    };
    let answer = work(event.clone()).await.expect("an answer");
    assert_eq!(answer["batchItemFailures"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_waits_as_long_as_its_server_asks_and_a_message_that_comes_again_waits_too() {
    let site = Site::start(&[("/visit", &page("The museum opens at ten.", ""))]).await;
    site.fails("/visit", 1, 429, Some("90"));
    let (app, tenant, id, event) = begun(&site.url, 1).await;
    let now = || domain::Timestamp::now().millis();
    let before = now();
    work(&app, &event).await;
    let after = now();
    for _ in 0..3 {
        work(&app, &event).await;
    }
    assert_eq!(site.hits("/visit"), 1);
    let listed = pages(&app, &tenant, &id).await;
    assert_eq!((listed.len(), &listed[0]["status"]), (1, &json!("queued")));
    assert!(text(&listed[0]["reason"]).contains("429"), "{listed:?}");

    let chatbot = tenant.chatbot.parse().unwrap();
    let source = app.platform.app.source(chatbot, id.parse().unwrap()).await.unwrap();
    let crawl = AttributeValue::S(format!("SRC#{id}#{}", source.job));
    let rows = table(&app).query().table_name("colloquy").key_condition_expression("pk = :crawl");
    let rows = rows.expression_attribute_values(":crawl", crawl).send().await.unwrap();
    let retry = rows.items()[0]["retry"].as_m().expect("the page waits");
    assert_eq!(retry["tries"].as_n().unwrap(), "1");
    let at: i64 = retry["at"].as_n().unwrap().parse().unwrap();
    assert!((before + 90_000..=after + 90_000).contains(&at));
    app.platform.shutdown().await;
}

/// The row says that the page is tried again and no message is: the one that was being handled
/// comes again and does it.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_dies_before_it_has_sent_the_message_loses_no_page() {
    let site = Site::start(&[("/visit", &page("The museum opens at ten.", ""))]).await;
    site.fails("/visit", 1, 503, None);
    let (app, tenant, id, event) = begun(&site.url, 1_000).await;
    let (dynamodb, queues) = (app.platform.dynamodb_endpoint(), app.platform.sqs_endpoint());
    let gate = Gate::start(queues, "SendMessage", 0, Kill::Before).await;
    let code = app.platform.function_at("crawl-worker", dynamodb, &gate.endpoint).await.unwrap();
    gate.kill(&code, event.clone()).await;
    assert_eq!(pages(&app, &tenant, &id).await[0]["status"], "queued");

    work(&app, &event).await;
    assert_eq!(settled(&app, &tenant, &id).await["source"]["status"], "ready");
    assert_eq!(site.hits("/visit"), 2);
    app.platform.shutdown().await;
}

/// A server that says nothing when a page is requested, and how often one was.
async fn is_silent() -> (String, tokio::sync::watch::Receiver<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (count, counted) = tokio::sync::watch::channel(0);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let count = count.clone();
            tokio::spawn(async move {
                let mut asked = [0; 4_096];
                let length = stream.read(&mut asked).await.unwrap();
                if asked[..length].starts_with(b"GET /robots.txt ") {
                    let answer =
                        "HTTP/1.1 404 No\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
                    return stream.write_all(answer.as_bytes()).await.unwrap();
                }
                count.send_modify(|count| *count += 1);
                // Until the worker is killed.
                let _ = stream.read(&mut asked).await;
            });
        }
    });
    (url, counted)
}

/// What is on a page may kill who reads it, and nothing can be written afterwards: the readings are
/// counted before they begin, and the third fails the page. Its crawl comes to an end.
#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_kills_its_readers_fails_after_two() {
    let (url, mut reached) = is_silent().await;
    let (app, tenant, id, event) = begun(&url, 1_000).await;
    let Some(Code::Worker(code)) = app.platform.function("crawl-worker").cloned() else {
        panic!("the function")
    };
    for killed in 1..=2 {
        let reading = tokio::spawn(code(event.clone()));
        reached.wait_for(|count| *count == killed).await.unwrap();
        reading.abort();
        assert!(reading.await.unwrap_err().is_cancelled());
        assert_eq!(pages(&app, &tenant, &id).await[0]["status"], "queued");
    }
    work(&app, &event).await;
    let source = settled(&app, &tenant, &id).await;
    assert_eq!(source["source"]["status"], "failed", "{source}");
    assert!(text(&source["source"]["error"]).contains("reading it failed twice"), "{source}");
    assert_eq!(*reached.borrow(), 2, "it was not read a third time");
    app.platform.shutdown().await;
}
