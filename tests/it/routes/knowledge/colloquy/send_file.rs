//! ours PUT /api/v1/sources/file/{id}

use aws_sdk_dynamodb::types::AttributeValue;
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{App, Reply, Tenant, TestRequest, eventually};

use crate::util::{
    botplot::{UNKNOWN_SEGMENTS, is_time, keys, text},
    helpbot::{SiteRoute, refused},
    knowledge::{said, settled},
    table::table,
    uploads::{PATH, listed, upload, uploaded},
};

const GARDEN: &str = "The garden closes at dusk.";

async fn announce(app: &App, tenant: &Tenant, name: &str, size: usize) -> Value {
    let body = json!({"name": name, "size": size});
    app.post(PATH).bearer(&tenant.helpbot).json(&body).send().await.ok()
}

/// The request that an announcement's answer asks for, as any client would make it.
fn sending(app: &App, announced: &Value, bytes: &[u8]) -> TestRequest {
    let upload = &announced["upload"];
    let path = text(&upload["url"]).strip_prefix(&app.platform.base_url).expect("an address here");
    let method: Method = text(&upload["method"]).parse().unwrap();
    let headers = upload["headers"].as_object().unwrap().iter();
    let request = app.request(method, path).bytes(bytes.to_vec());
    headers.fold(request, |request, (name, value)| request.header(name, text(value)))
}

async fn send(app: &App, announced: &Value, bytes: &str) -> Reply {
    sending(app, announced, bytes.as_bytes()).send().await
}

fn id(announced: &Value) -> &str {
    text(&announced["source"]["id"])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_announced_is_read_once_it_is_there() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let announced = announce(&app, &tenant, "garden.txt", GARDEN.len()).await;
    assert_eq!(keys(&announced), ["message", "source", "upload"]);
    let (source, upload) = (&announced["source"], &announced["upload"]);
    assert_eq!((text(&source["url"]), text(&source["status"])), ("garden.txt", "pending"));
    assert_eq!(keys(upload), ["expiresAt", "headers", "method", "url"]);
    assert!(
        is_time(&upload["expiresAt"]) && text(&upload["expiresAt"]) > text(&source["createdAt"])
    );
    app.drain().await;
    assert_eq!(listed(&app, &tenant).await[0]["status"], "pending");

    let sent = send(&app, &announced, GARDEN).await;
    assert_eq!((sent.status, sent.text.as_str()), (204, ""));
    let read = settled(&app, &tenant, id(&announced)).await;
    assert_eq!(read["source"]["status"], "ready", "{read}");
    assert!(said(&app, &tenant, "When does the garden close?").await.contains("at dusk"));
    refused(&send(&app, &announced, GARDEN).await, 409, "The source is not awaiting an upload");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_announced_has_a_name_a_type_and_a_size() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let route = SiteRoute::new(&app, Method::POST, PATH);
    let unknown = "must be HTML, plain text, Markdown, PDF";
    for (body, message) in [
        (json!({"size": 1}), "name is required"),
        (json!({"name": "", "size": 1}), "name must not be empty"),
        (json!({"name": "a.doc", "size": 1}), &format!("name {unknown}")),
        (json!({"name": "a", "type": "image/png", "size": 1}), &format!("type {unknown}")),
        (json!({"name": "a.txt"}), "size is required"),
        (json!({"name": "a.txt", "size": 0}), "size must be at least 1"),
        (json!({"name": "a.txt", "size": -1}), "size: invalid value"),
        (json!({"name": 7, "size": 1}), "name: invalid type"),
    ] {
        route.refuses(&tenant.helpbot, body, message).await;
    }
    let large = json!({"name": "a.txt", "size": 10 * 1024 * 1024 + 1});
    let large = app.post(PATH).bearer(&tenant.helpbot).json(&large).send().await;
    refused(&large, 413, "The file must have at most 10485760 bytes");
    assert_eq!(listed(&app, &tenant).await, Vec::<Value>::new());
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_file_that_is_waited_for_is_taken() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let there = uploaded(&app, &tenant, "there.txt", b"The cellar holds wine.").await;
    let pair = json!({"question": "Really?", "answer": "Yes."});
    let pair = app.post("/api/v1/knowledge/qa").bearer(&tenant.secret).json(&pair).send().await;
    let put = |id: &str| {
        let path = format!("{PATH}/{id}");
        app.put(&path).bearer(&tenant.helpbot).body(GARDEN)
    };
    refused(&put(&there).send().await, 409, "The source is not awaiting an upload");
    refused(&put(text(&pair.ok()["sourceId"])).send().await, 404, "Source not found");
    for id in UNKNOWN_SEGMENTS {
        refused(&put(id).send().await, 404, "Source not found");
    }
    let announced = announce(&app, &tenant, "garden.txt", GARDEN.len()).await;
    let long = format!("{GARDEN}.");
    for bytes in ["", &GARDEN[1..], &long] {
        let message = "file must have exactly 26 bytes, as was announced";
        refused(&send(&app, &announced, bytes).await, 400, message);
    }
    let large = vec![b'a'; 11 * 1024 * 1024];
    refused(
        &sending(&app, &announced, &large).send().await,
        413,
        "The body must have at most 10551296 bytes",
    );
    assert_eq!(send(&app, &announced, GARDEN).await.status, 204);

    // What does not look like what it was said to be fails the source.
    let pdf = announce(&app, &tenant, "garden.pdf", GARDEN.len()).await;
    assert_eq!(send(&app, &pdf, GARDEN).await.status, 204);
    settled(&app, &tenant, id(&pdf)).await;
    let failed = &listed(&app, &tenant).await[0];
    assert_eq!(text(&failed["error"]), "the file is no PDF file, though it is called one");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_does_not_arrive_fails_its_source() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let announced = announce(&app, &tenant, "garden.txt", GARDEN.len()).await;
    // As if all that time were over.
    let over = table(&app)
        .update_item()
        .table_name("colloquy")
        .key("pk", AttributeValue::S(format!("BOT#{}", tenant.chatbot)))
        .key("sk", AttributeValue::S(format!("SRC#{}", id(&announced))))
        .update_expression("SET #file.awaited_until = :past")
        .condition_expression("attribute_exists(#file.awaited_until)")
        .expression_attribute_names("#file", "file")
        .expression_attribute_values(":past", AttributeValue::N("0".to_owned()));
    over.send().await.expect("the table takes it");
    let failed = eventually("it fails for good", async || {
        let source = listed(&app, &tenant).await[0].clone();
        (source["status"] == "failed").then_some(source)
    })
    .await;
    assert_eq!(text(&failed["error"]), "the file did not arrive");
    refused(&send(&app, &announced, GARDEN).await, 409, "The source is not awaiting an upload");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_needs_the_site_s_key_and_a_plan_with_sources() {
    let app = App::start().await;
    let (ada, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let announced = announce(&app, &ada, "garden.txt", GARDEN.len()).await;
    let path = format!("{PATH}/{}", id(&announced));
    let foreign = app.put(&path).bearer(&bob.helpbot).body(GARDEN).send().await;
    refused(&foreign, 404, "Source not found");
    let route = SiteRoute::new(&app, Method::PUT, &path).with(json!({}));
    route.refuses_strangers(&ada).await;
    route.allows_only(&ada.helpbot, &[Method::POST, Method::PUT]).await;
    let workspace = ada.workspace.parse().unwrap();
    let (store, now) = (&app.platform.app.store, app.platform.app.now());
    store.set_plan(workspace, "pro".parse().unwrap(), now).await.unwrap();
    route.needs_sources(&ada.helpbot).await;
    assert!(!app.platform.files_dir().exists(), "nothing came");
    // What waits is no hindrance to those that don't, and goes when it is deleted.
    store.set_plan(workspace, "business".parse().unwrap(), now).await.unwrap();
    upload(&app, &ada, "cellar.txt", b"The cellar holds wine.").await.ok();
    let gone = format!("/api/v1/sources?id={}", id(&announced));
    app.delete(&gone).bearer(&ada.helpbot).send().await.ok();
    refused(&send(&app, &announced, GARDEN).await, 404, "Source not found");
    app.finish().await;
}
