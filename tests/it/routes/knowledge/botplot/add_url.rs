//! botplot POST /api/v1/knowledge/url

use futures::future::join_all;
use reqwest::Method;
use serde_json::json;
use testkit::{App, Site};

use crate::util::{
    botplot::{Route, is_id, keys, text},
    knowledge::{add, page, ready, said, settled},
};

const PATH: &str = "/api/v1/knowledge/url";

#[tokio::test(flavor = "multi_thread")]
async fn a_url_is_crawled_and_then_answers() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let site = Site::start(&[("/visit", &page("The museum opens at ten.", ""))]).await;
    assert_eq!(said(&app, &tenant, "When does the museum open?").await, "");
    for (key, sync) in [(&tenant.secret, "weekly"), (&tenant.openbat, "manual")] {
        let url = format!("{}/visit?sync={sync}", site.url);
        let body = json!({"url": url, "syncFrequency": sync, "unknown": true});
        let added = app.post(PATH).bearer(key).json(&body).send().await.ok();
        assert_eq!(keys(&added), ["sourceId", "status"]);
        assert_eq!(added["status"], "processing");
        assert!(is_id(&added["sourceId"]), "{added}");
        let source = settled(&app, &tenant, text(&added["sourceId"])).await;
        assert_eq!(source["source"]["status"], "ready", "{source}");
        assert_eq!(source["source"]["syncFrequency"], sync);
    }
    assert!(said(&app, &tenant, "When does the museum open?").await.contains("opens at ten"));
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_url_many_times_at_once_is_one_source_fetched_once() {
    let app = App::start().await;
    let (tenant, bob) = (app.tenant("ada").await, app.tenant("bob").await);
    let site = Site::start(&[("/visit", &page("The museum opens at ten.", ""))]).await;
    let url = format!("{}/visit", site.url);
    let ids = join_all((0..8).map(async |n| {
        // A fragment never reaches a server: it is the same page.
        let url = if n % 2 == 0 { url.clone() } else { format!("{url}#part-{n}") };
        add(&app, &tenant, &url).await
    }))
    .await;
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    settled(&app, &tenant, &ids[0]).await;
    assert_eq!(add(&app, &tenant, &url).await, ids[0], "later on too");
    app.drain().await;
    assert_eq!(site.hits("/visit"), 1);
    let list = app.get("/api/v1/knowledge").bearer(&tenant.secret).send().await.ok();
    assert_eq!(list["sources"].as_array().unwrap().len(), 1);
    assert_ne!(ready(&app, &bob, &url).await, ids[0], "another tenant's is another one");
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_not_a_plain_public_web_page_is_refused_by_name() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let route = Route::new(&app, Method::POST, PATH);
    let long = format!("http://127.0.0.1/{}", "a".repeat(2_048 - 16));
    assert_eq!(long.len(), 2_049);
    for url in [
        "",
        " ",
        "/docs",
        "example.com/docs",
        "//example.com/docs",
        "http://",
        "file:///etc/passwd",
        "ftp://example.com/docs",
        "javascript:alert(1)",
        "data:text/html,hello",
        "http://ada:secret@127.0.0.1/docs",
        "http://ada@127.0.0.1/docs",
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://172.16.0.1/",
        "http://0.0.0.0/",
        "http://169.254.169.254/latest",
        "http://0xa9fea9fe/latest",
        "http://2852039166/",
        "http://[fd00:ec2::254]/latest",
        "http://[::ffff:10.0.0.1]/",
        "http://metadata.google.internal/",
        &long,
    ] {
        route.refuses(&tenant.secret, "url", json!({ "url": url })).await;
    }
    for url in [json!(null), json!(5), json!(["http://127.0.0.1/"]), json!({})] {
        route.refuses(&tenant.secret, "url", json!({ "url": url })).await;
    }
    route.refuses(&tenant.secret, "url", json!({})).await;
    for sync in [json!("hourly"), json!(""), json!("Daily"), json!(1)] {
        let body = json!({"url": "http://127.0.0.1/", "syncFrequency": sync});
        route.refuses(&tenant.secret, "syncFrequency", body).await;
    }
    let empty = json!({"sources": []});
    app.get("/api/v1/knowledge").bearer(&tenant.secret).send().await.is(200, &empty);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_takes_a_json_object_only() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let body = json!({"url": "http://127.0.0.1/", "syncFrequency": "manual"});
    let route = Route::new(&app, Method::POST, PATH).with(body);
    route.wants_json(&tenant.secret).await;
    route.allows_only(&tenant.secret, &[Method::POST]).await;
    let empty = json!({"sources": []});
    app.get("/api/v1/knowledge").bearer(&tenant.secret).send().await.is(200, &empty);
    app.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_values_is_no_object() {
    let app = App::start().await;
    let tenant = app.tenant("ada").await;
    let route = Route::new(&app, Method::POST, PATH);
    route.takes_no_list(&tenant.secret, json!(["http://127.0.0.1/", "manual"])).await;
    app.finish().await;
}
